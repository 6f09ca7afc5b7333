package pullrequest

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
	"github.com/benchgate/benchgate/internal/report"
)

// calls are all that publishing asks of GitHub: on a new pull request, and on
// one that has the comment and the check run of an earlier build.
var calls = []struct {
	name    string
	again   bool
	on      *regexp.Regexp
	needed  bool   // without it nothing can be posted; of the others one is enough to post
	missing string // permission that a 403 means
}{
	{"read the pull request", false, regexp.MustCompile(`^GET .*/pulls/7$`), true, "pull-requests: write"},
	{"ask whose the token is", false, regexp.MustCompile(`^POST /api/graphql$`), false, ""},
	{"list comments", false, regexp.MustCompile(`^GET .*/issues/7/comments$`), false, "pull-requests: write"},
	{"create the comment", false, regexp.MustCompile(`^POST .*/issues/7/comments$`), false, "pull-requests: write"},
	{"edit the comment", true, regexp.MustCompile(`^PATCH .*/issues/comments/`), false, "pull-requests: write"},
	{"list check runs", false, regexp.MustCompile(`^GET .*/check-runs$`), false, "checks: write"},
	{"create the check run", false, regexp.MustCompile(`^POST .*/check-runs$`), false, "checks: write"},
	{"update the check run", true, regexp.MustCompile(`^PATCH .*/check-runs/`), false, "checks: write"},
}

// eachCall runs a test for every call with a GitHub that is ready for it.
func eachCall(t *testing.T, test func(t *testing.T, r *rig, o Options, on *regexp.Regexp, i int)) {
	for i, call := range calls {
		t.Run(call.name, func(t *testing.T) {
			r := newRig(t)
			o := r.options(verdict(t, "informed-regression"))
			if call.again {
				earlier := o
				earlier.Build, earlier.Verdict = Build{4, 1}, verdict(t, "informed-pass")
				r.posts(earlier)
			}
			test(t, r, o, call.on, i)
		})
	}
}

// complete wants one comment and one check run, both of the regression.
func (r *rig) complete() {
	r.t.Helper()
	if body := r.only().Body; !strings.Contains(body, "run=5.1 state=regression") {
		r.t.Errorf("the comment ends with %q", body[max(0, len(body)-200):])
	}
	if checks := r.Checks(); len(checks) != 1 || checks[0].Conclusion != "failure" {
		r.t.Errorf("check runs: %+v", checks)
	}
}

// What GitHub refuses for good costs the other of comment and check run
// nothing.
func TestWhatIsRefusedIsSaid(t *testing.T) {
	for _, refusal := range []struct {
		status  int
		message string
		want    string
	}{
		{401, "Bad credentials", `GitHub answers 401 Unauthorized, "Bad credentials": GITHUB_TOKEN is wrong or has expired`},
		{403, "Resource not accessible by integration", "the token may not do that"},
		{404, "Not Found", "the repository octocat/Hello-World or what is asked of it does not exist, or the token may not see it"},
		{409, "Conflict", `GitHub answers 409 Conflict, "Conflict"`},
		{410, "Gone", "look at its settings"},
		{422, "Validation Failed", `GitHub answers 422 Unprocessable Entity, "Validation Failed"`},
		{429, "Too many requests", "run it again in some minutes"},
		{500, "Server Error", "www.githubstatus.com"},
	} {
		t.Run(strconv.Itoa(refusal.status), func(t *testing.T) {
			eachCall(t, func(t *testing.T, r *rig, o Options, on *regexp.Regexp, i int) {
				r.Fail(githubtest.Fault{On: on, Status: refusal.status, Message: refusal.message})
				result, err := r.publish(o)
				if calls[i].name == "ask whose the token is" && refusal.status == 404 {
					return // TestAServerWithoutGraphQL
				}
				if err == nil || !strings.Contains(err.Error(), refusal.want) {
					t.Fatalf("it says %v, want %q", err, refusal.want)
				}
				if calls[i].missing != "" && refusal.status == 403 && !strings.Contains(err.Error(), `add "`+calls[i].missing+`"`) {
					t.Errorf("it says %v, want the permission %s", err, calls[i].missing)
				}
				posted := result.Comment.How != "" || result.Check.How != ""
				if !posted && !calls[i].needed && !calls[i].again {
					t.Errorf("neither comment nor check run was posted: %+v", result)
				}
				if len(r.Comments()) > 1 || len(r.Checks()) > 1 {
					t.Errorf("%d comments, %d check runs", len(r.Comments()), len(r.Checks()))
				}
			})
		})
	}
}

func TestALimitThatLastsTooLongEndsInTime(t *testing.T) {
	r := newRig(t)
	r.Fail(githubtest.Fault{On: regexp.MustCompile(`/pulls/7$`), Status: 429, Header: map[string]string{"Retry-After": "3600"}})
	if _, err := r.publish(r.options(verdict(t, "informed-pass"))); err == nil || !strings.Contains(err.Error(), "429") {
		t.Errorf("it says %v", err)
	}
	if len(r.waited) > 0 {
		t.Errorf("it waited for %s where an hour was asked for and a minute is there", r.waited)
	}
}

func TestWaitsAreWhatGitHubAsksFor(t *testing.T) {
	r := newRig(t)
	pull := regexp.MustCompile(`/pulls/7$`)
	r.Fail(githubtest.Fault{On: pull, Times: 1, Status: 429, Header: map[string]string{"Retry-After": "7"}})
	r.Fail(githubtest.Fault{On: pull, Times: 4, Status: 503})
	var told []string
	o := r.options(verdict(t, "informed-pass"))
	o.Notice = func(text string) { told = append(told, text) }
	r.posts(o)
	if len(r.waited) != 5 || r.waited[0] != 7*time.Second || r.waited[1] < time.Second || r.waited[1] > 1250*time.Millisecond || r.waited[2] < 2*time.Second {
		t.Errorf("it waited for %s, want 7 s, then 1 s, 2 s, 4 s and 8 s with a little more", r.waited)
	}
	if len(told) != 2 || told[0] != "GitHub sets a limit: waiting for 7s" || !strings.HasPrefix(told[1], "GitHub fails or is not reached: waiting for ") {
		t.Errorf("it told %q", told)
	}
}

func TestTokensThatMayTooLittle(t *testing.T) {
	tests := map[string]struct {
		token  githubtest.Token
		lock   bool
		want   string
		posted [2]bool // comment, check run
	}{
		"no comments":           {githubtest.Token{Login: "github-actions[bot]", App: 15368, Checks: true}, false, `add "pull-requests: write" to the job's permissions`, [2]bool{false, true}},
		"no check runs":         {githubtest.Token{Login: "github-actions[bot]", App: 15368, Comments: true}, false, `add "checks: write" to the job's permissions`, [2]bool{true, false}},
		"a user's token":        {githubtest.Token{Login: "octocat", Comments: true}, false, "leave them out (--check=false)", [2]bool{true, false}},
		"a locked conversation": {githubtest.Actions, true, "unlock the conversation", [2]bool{false, true}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.SetToken(secret, test.token)
			if test.lock {
				r.Lock()
			}
			result, err := r.publish(r.options(verdict(t, "informed-regression")))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("it says %v, want %q", err, test.want)
			}
			if got := [2]bool{result.Comment.How == Created, result.Check.How == Created}; got != test.posted {
				t.Errorf("posted: %v, want %v", got, test.posted)
			}
		})
	}
}

func TestAServerWithoutGraphQL(t *testing.T) {
	r := newRig(t)
	r.WithoutGraphQL()
	r.SetToken(secret, githubtest.Token{Login: "octocat", Comments: true})
	o := r.options(verdict(t, "informed-regression"))
	o.NoCheck = true
	if result := r.posts(o); result.Comment.How != Created {
		t.Errorf("%+v", result)
	}
	if again := r.posts(o); again.Comment.How != Unchanged {
		t.Errorf("its own comment is not found again: %+v", again)
	}
	r.SetToken(secret, githubtest.Actions)
	if _, err := r.publish(o); err == nil || !strings.HasPrefix(err.Error(), "asking whose the token is: GitHub answers 403") {
		t.Errorf("an app's token, which only GraphQL knows: %v", err)
	}
}

func TestTheTokenStaysWithItsHost(t *testing.T) {
	other := newRig(t)
	r := newRig(t)
	r.Fail(githubtest.Fault{
		On: regexp.MustCompile(`/pulls/7$`), Status: 307,
		Header: map[string]string{"Location": other.server.API.String() + "/repos/octocat/Hello-World/pulls/7"},
	})
	_, err := r.publish(r.options(gate.Verdict{}))
	if err == nil || !strings.Contains(err.Error(), "401") || len(other.Calls()) != 1 {
		t.Errorf("it says %v after %q, want the other host to see no token", err, other.Calls())
	}
}

// In a job of the Action there are inputs, and no flags.
func TestARefusalNamesSettingsAsPeopleGiveThem(t *testing.T) {
	r := newRig(t)
	r.SetToken(secret, githubtest.Token{Login: "octocat", Comments: true})
	r.Lock()
	r.server.TokenFrom = "input github-token"
	r.server.Named = func(flag string) string { return "input " + strings.TrimPrefix(flag, "--") }
	_, err := r.publish(r.options(verdict(t, "informed-regression")))
	for _, want := range []string{"leave comments out (input comment: never)", "leave them out (input check: false)"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("it says %v, want %q", err, want)
		}
	}
	o := r.options(verdict(t, "informed-regression"))
	o.Server.Token = "ghs_expired"
	if _, err := r.publish(o); err == nil || !strings.Contains(err.Error(), "input github-token is wrong or has expired") {
		t.Errorf("it says %v", err)
	}
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	if _, err := r.poster(r.options(verdict(t, "informed-regression")).Post).Stop(ctx, report.Stopped{}); err == nil || strings.Contains(err.Error(), "--") {
		t.Errorf("it says %v", err)
	}
}
