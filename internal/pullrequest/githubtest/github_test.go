package githubtest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

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
