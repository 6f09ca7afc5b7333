package pullrequest

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
)

// issueCalls are all that an issue asks of GitHub: when it opens, when it is
// brought up to date, when it closes.
var issueCalls = []struct {
	name     string
	from, to string // alarms that hold before and now, "" for none
	on       *regexp.Regexp
	missing  string // permission that a 403 means
}{
	{"ask whose the token is", "", "pass_rate", regexp.MustCompile(`^POST /api/graphql$`), ""},
	{"list the issues", "", "pass_rate", regexp.MustCompile(`^GET .*/issues$`), "issues: write"},
	{"open the issue", "", "pass_rate", regexp.MustCompile(`^POST .*/issues$`), "issues: write"},
	{"edit the issue", "pass_rate", "pass_rate", regexp.MustCompile(`^PATCH .*/issues/100$`), "issues: write"},
	{"list its comments", "pass_rate", "pass_rate cost", regexp.MustCompile(`^GET .*/issues/100/comments$`), "issues: write"},
	{"comment on it", "pass_rate", "pass_rate cost", regexp.MustCompile(`^POST .*/issues/100/comments$`), "issues: write"},
	{"comment on its end", "pass_rate", "", regexp.MustCompile(`^POST .*/issues/100/comments$`), "issues: write"},
	{"close it", "pass_rate", "", regexp.MustCompile(`^PATCH .*/issues/100$`), "issues: write"},
}

func eachIssueCall(t *testing.T, test func(t *testing.T, r *rig, i int)) {
	for i, call := range issueCalls {
		t.Run(call.name, func(t *testing.T) {
			r := newRig(t)
			if call.from != "" {
				r.told(1, nightly(call.from, ""), Created)
			}
			test(t, r, i)
		})
	}
}

// asWanted wants one issue as the call's end has it, with each change told once.
func (r *rig) asWanted(i int) {
	r.t.Helper()
	state, comments := "open", 0
	if issueCalls[i].to == "" {
		state = "closed"
	}
	if issueCalls[i].from != "" && issueCalls[i].from != issueCalls[i].to {
		comments = 1
	}
	r.state(state, comments)
	if m, marked := readIssueMark(r.onlyIssue().Body); !marked || m.build.Number != 2 {
		r.t.Errorf("the issue's mark is %+v", m)
	}
}

// What is refused is said with what to do, and the next run makes it good.
func TestAnIssueThatIsRefused(t *testing.T) {
	for _, refusal := range []struct {
		status  int
		message string
		want    string
	}{
		{401, "Bad credentials", "GITHUB_TOKEN is wrong or has expired"},
		{403, "Resource not accessible by integration", "the token may not do that"},
		{404, "Not Found", "does not exist, or the token may not see it"},
		{409, "Conflict", `GitHub answers 409 Conflict, "Conflict"`},
		{410, "Issues has been disabled in this repository.", "look at its settings"},
		{422, "Validation Failed", `GitHub answers 422 Unprocessable Entity, "Validation Failed"`},
		{429, "Too many requests", "run it again in some minutes"},
		{500, "Server Error", "www.githubstatus.com"},
	} {
		t.Run(strconv.Itoa(refusal.status), func(t *testing.T) {
			eachIssueCall(t, func(t *testing.T, r *rig, i int) {
				call := issueCalls[i]
				if call.missing == "" && refusal.status == 404 {
					return // a server without GraphQL
				}
				r.Fail(githubtest.Fault{On: call.on, Status: refusal.status, Message: refusal.message})
				_, err := r.drifts(2, nightly(call.to, ""))
				if err == nil || !strings.Contains(err.Error(), refusal.want) {
					t.Fatalf("it says %v, want %q", err, refusal.want)
				}
				if call.missing != "" && refusal.status == 403 && !strings.Contains(err.Error(), `add "`+call.missing+`"`) {
					t.Errorf("it says %v, want the permission %s", err, call.missing)
				}
				r.Heal()
				if _, err := r.drifts(2, nightly(call.to, "")); err != nil {
					t.Fatal(err)
				}
				r.asWanted(i)
			})
		})
	}
}

func TestATokenThatMayWriteNoIssues(t *testing.T) {
	r := newRig(t)
	token := githubtest.Actions
	token.Issues = false
	r.SetToken(secret, token)
	if _, err := r.drifts(1, nightly("cost", "")); err == nil || !strings.Contains(err.Error(), `add "issues: write" to the job's permissions`) {
		t.Errorf("it says %v", err)
	}
}
