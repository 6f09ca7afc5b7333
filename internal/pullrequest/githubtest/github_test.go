package githubtest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/gitprogram"
	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
)

// The fake is worth what it does not let pass.
func TestRequestsThatGitHubDoesNotKnowAreFound(t *testing.T) {
	const repo = "/repos/" + githubtest.Repository
	head := strings.Repeat("1a", 20)
	for name, request := range map[string]struct {
		method, path, body string
		violates           bool
	}{
		"a comment":                {"POST", repo + "/issues/7/comments", `{"body":"text"}`, false},
		"without a body":           {"POST", repo + "/issues/7/comments", `{}`, true},
		"a body that is no text":   {"POST", repo + "/issues/7/comments", `{"body":7}`, true},
		"a number that is a word":  {"GET", repo + "/issues/seven/comments", "", true},
		"a path that is not there": {"GET", repo + "/comments-of/7", "", true},
		"a check run":              {"POST", repo + "/check-runs", `{"name":"n","head_sha":"` + head + `","status":"completed","conclusion":"neutral"}`, false},
		"a conclusion of our own":  {"POST", repo + "/check-runs", `{"name":"n","head_sha":"` + head + `","status":"completed","conclusion":"regression"}`, true},
		"an output without title":  {"POST", repo + "/check-runs", `{"name":"n","head_sha":"` + head + `","output":{"summary":"s"}}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := githubtest.New()
			if err != nil {
				t.Fatal(err)
			}
			g.SetToken("t", githubtest.Actions)
			g.SetPull(7, head)
			r := httptest.NewRequest(request.method, githubtest.API("http://127.0.0.1")+request.path, strings.NewReader(request.body))
			r.Header.Set("Authorization", "Bearer t")
			r.Header.Set("Content-Type", "application/json")
			a := httptest.NewRecorder()
			g.ServeHTTP(a, r)
			if found := len(g.Violations()) > 0; found != request.violates || found != (a.Code == http.StatusBadRequest) {
				t.Errorf("answer %d, violations %v, want some: %v", a.Code, g.Violations(), request.violates)
			}
		})
	}
}

// The fake's git data are git's own: git reads them, finds nothing wrong with
// them, and writes the same objects for the same files.
func TestGitReadsTheFakesObjects(t *testing.T) {
	g, err := githubtest.New()
	if err != nil {
		t.Fatal(err)
	}
	g.Put("runs", "100644", map[string]string{"a.b": "1", "a/b": "2", "a/c/d": "3", "a-b": "4", "ab": ""})
	g.Put("runs", "120000", map[string]string{"link": "a/b"})
	dir := t.TempDir()
	if err := g.Export(dir); err != nil {
		t.Fatal(err)
	}
	git := func(args ...string) string {
		out, err := gitprogram.Run(t.Context(), gitprogram.Command{Dir: dir, Args: args})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	git("fsck", "--strict", "--no-dangling")
	if got := git("ls-tree", "-r", "--name-only", "runs"); got != "a-b\na.b\na/b\na/c/d\nab\nlink\n" {
		t.Errorf("git sees %q", got)
	}
	if got := git("log", "--format=%an %at %s", "runs"); got != "octocat 1793491203 by hand\noctocat 1793491202 by hand\n" {
		t.Errorf("git sees the commits %q", got)
	}
	git("worktree", "add", "--quiet", "w", "runs")
	git("-C", "w", "rm", "-r", "--quiet", "--cached", ".")
	git("-C", "w", "add", ".")
	if again, was := git("-C", "w", "write-tree"), git("rev-parse", "runs^{tree}"); again != was {
		t.Errorf("git makes the tree %s of these files, the fake made %s", again, was)
	}
}
