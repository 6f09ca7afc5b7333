package pullrequest

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
)

const promoting = "benchgate/promote-r1"

// proposes wants one open pull request for r1, and gives it.
func (r *rig) proposes(p Proposal, how How) githubtest.Proposal {
	r.t.Helper()
	posted, err := r.baselines().Propose(context.Background(), p)
	if err != nil || posted.How != how {
		r.t.Fatalf("it is %+v, %v; want %s", posted, err, how)
	}
	opened := r.Proposals()
	if len(opened) != 1 || opened[0].Head != promoting || opened[0].Base != branchName {
		r.t.Fatalf("pull requests: %+v", opened)
	}
	return opened[0]
}

// The first baseline of a repository, as one pull request with the verdict's
// report: nothing is a baseline before somebody merges it.
func TestARunIsProposed(t *testing.T) {
	r := newRig(t)
	v := verdict(t, "informed-regression")
	opened := r.proposes(Proposal{Run: run("r1"), Ledger: ledger(), Verdict: &v}, Created)
	if opened.Title != "Accept run r1 as a baseline" || !strings.Contains(opened.Body, "### ❌ Regression: ") || !strings.Contains(opened.Body, "`r1`") {
		t.Errorf("it says %q\n%s", opened.Title, opened.Body)
	}
	if got := r.stored(); got != nil {
		t.Errorf("before it is merged, %q is stored", got)
	}
	r.proposes(Proposal{Run: run("r1"), Ledger: ledger(), Verdict: &v}, Kept)
	if err := r.Merge(opened.Number); err != nil {
		t.Fatal(err)
	}
	stored, err := r.baselines().Load(t.Context(), "r1")
	if err != nil || stored.Header.Arm != baselines.Baseline {
		t.Errorf("merged, it is %+v, %v", stored, err)
	}
	if posted, err := r.baselines().Propose(t.Context(), Proposal{Run: run("r1"), Stored: true}); err != nil || posted.How != Unchanged {
		t.Errorf("again it is %+v, %v", posted, err)
	}
}

// A run that is stored and not accepted, with the report of that run alone.
func TestAStoredRunIsProposed(t *testing.T) {
	r := newRig(t)
	if err := r.baselines().Save(t.Context(), run("r1"), ledger()); err != nil {
		t.Fatal(err)
	}
	opened := r.proposes(Proposal{Run: run("r1"), Stored: true}, Created)
	if !strings.Contains(opened.Body, "|") {
		t.Errorf("it says\n%s", opened.Body)
	}
	if err := errors.Join(r.baselines().Save(t.Context(), run("r2"), nil), r.baselines().Promote(t.Context(), "r2")); err != nil {
		t.Fatal(err)
	}
	stored, err := r.baselines().Load(t.Context(), "r1")
	if err != nil || stored.Header.Arm != baselines.Candidate {
		t.Errorf("before it is merged, it is %+v, %v", stored, err)
	}
}

// Names on a run and in its verdict are harmless in the pull request's text.
func TestWhatOthersWroteIsHarmlessInAProposal(t *testing.T) {
	for _, name := range []string{"@octocat", "</details><script>", "[x](https://evil.example)", "::error::x", "a|b\n\n# c", "-->\n<!-- x"} {
		v := hostile(t, name)
		r := run("r1")
		r.Header.Variant.Name, r.Header.Suite.Name, r.Header.Suite.Tasks[0].ID, r.Trials[0].Task = name, name, name, name
		for _, p := range []Proposal{{Run: r, Verdict: &v}, {Run: r}} {
			body, err := proposalBody(p)
			if err != nil {
				t.Fatal(err)
			}
			seen := parse(body)
			for _, prose := range seen.prose {
				if mention.MatchString(prose) {
					t.Errorf("%q mentions somebody: %q", name, prose)
				}
			}
			for _, html := range seen.html {
				if !ourHTML.MatchString(html) {
					t.Errorf("%q makes HTML: %q", name, html)
				}
			}
			if len(seen.links) > 0 || command.MatchString(body) || len(body) > maxBody {
				t.Errorf("%q makes links %q, or a command:\n%s", name, seen.links, body)
			}
		}
	}
}

func TestAWorkflowThatMayOpenNoPullRequests(t *testing.T) {
	r := newRig(t)
	forbidden := githubtest.Actions
	forbidden.Pulls = false
	r.SetToken(secret, forbidden)
	_, err := r.baselines().Propose(t.Context(), Proposal{Run: run("r1")})
	if err == nil || !strings.Contains(err.Error(), "Allow GitHub Actions to create and approve pull requests") {
		t.Errorf("it says %v, want the setting", err)
	}
	if !slices.Contains(r.Branches(), promoting) {
		t.Errorf("the branches are %q: the next time goes on from what is there", r.Branches())
	}
	r.SetToken(secret, githubtest.Actions)
	r.proposes(Proposal{Run: run("r1")}, Created)
}

// What is on the branch may be anybody's.
func TestAHostileBranch(t *testing.T) {
	good := run("r1")
	for name, test := range map[string]struct {
		mode  string
		files map[string]string
		want  string // in List's error; empty: it is no run, and passed over
	}{
		"other files":              {"100644", map[string]string{"README.md": "x", "notes/a/b": "x", "src/run.jsonl/x": "x"}, ""},
		"names that are no ids":    {"100644", map[string]string{".git/run.jsonl": "x", "-f/run.jsonl": "x", "a b/run.jsonl": "x", "\x1b[2J/run.jsonl": "x"}, ""},
		"a link":                   {"120000", map[string]string{"r2/run.jsonl": "../../../../etc/passwd"}, "r2/run.jsonl on branch benchgate-baselines of octocat/Hello-World is no regular file"},
		"no run file":              {"100644", map[string]string{"r2/run.jsonl": "::error::\x1b[2J\n"}, "r2/run.jsonl:1:1"},
		"another run's name":       {"100644", map[string]string{"r2/run.jsonl": encoded(t, good)}, `holds run "r1"; rename its directory to that`},
		"a fingerprint that is no": {"100644", map[string]string{"r2/fingerprint-v1-0": "", "notes": "x"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			if err := r.baselines().Save(t.Context(), good, nil); err != nil {
				t.Fatal(err)
			}
			r.Put(branchName, test.mode, test.files)
			entries, err := r.baselines().List(t.Context(), baselines.Query{})
			switch {
			case test.want == "" && (err != nil || len(entries) != 1):
				t.Errorf("%d runs, %v; want the one", len(entries), err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("it says %v, want %q", err, test.want)
			}
			if _, err := r.baselines().Load(t.Context(), "r1"); err != nil {
				t.Errorf("the good run: %v", err)
			}
		})
	}
	r := newRig(t)
	if err := r.baselines().Save(t.Context(), good, nil); err != nil {
		t.Fatal(err)
	}
	r.Truncate()
	if _, err := r.baselines().Load(t.Context(), "r1"); err == nil || !strings.Contains(err.Error(), "baseline prune") {
		t.Errorf("of an incomplete list it says %v", err)
	}
}

func encoded(t *testing.T, r *baselines.Run) string {
	t.Helper()
	var b strings.Builder
	if err := baselines.Encode(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A limit that lasts longer than the time for it ends with what to do.
func TestALimitOnTheBranchEndsInTime(t *testing.T) {
	r := newRig(t)
	r.Fail(githubtest.Fault{On: regexp.MustCompile(`/git/ref/`), Status: 429, Header: map[string]string{"Retry-After": "3600"}})
	begun := time.Now()
	if _, err := r.baselines().Load(t.Context(), "r1"); err == nil || !strings.Contains(err.Error(), "run it again in some minutes") || time.Since(begun) > branchTime {
		t.Errorf("it says %v", err)
	}
}
