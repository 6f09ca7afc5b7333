package pullrequest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-github/v62/github"
)

// An issue's life on a GitHub that others wrote: opened, brought up to date,
// commented on, closed and opened again; it stays one.
func TestAnIssueOnAnIndependentGitHub(t *testing.T) {
	s := emulated(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c := newClient(s, func(string) {})
	for i, step := range []struct {
		holding, ended string
		want           How
		state          string
		comments       int
	}{
		{"pass_rate", "", Created, "open", 0},
		{"pass_rate", "", Updated, "open", 0},
		{"pass_rate cost", "", Updated, "open", 1},
		{"", "pass_rate cost", Closed, "closed", 2},
		{"", "pass_rate cost", Unchanged, "closed", 2},
		{"cost", "pass_rate", Reopened, "open", 3},
	} {
		post := IssuePost{Server: s, Suite: "coding-10", Build: Build{int64(i + 1), 1}, Notice: func(string) {}}
		posted, err := NewIssues(post).Drift(ctx, nightly(step.holding, step.ended))
		if err != nil || posted.How != step.want {
			t.Fatalf("run %d: %+v, %v; want it %s", i+1, posted, err, step.want)
		}
		issues, _, err := c.api.Issues.ListByRepo(ctx, s.Owner, s.Repo, &github.IssueListByRepoOptions{State: "all"})
		if err != nil || len(issues) != 1 || issues[0].GetState() != step.state || len(issues[0].Labels) != 1 || issues[0].Labels[0].GetName() != issueLabel {
			t.Fatalf("run %d: %d issues, %v, %v", i+1, len(issues), issues, err)
		}
		comments, _, err := c.api.Issues.ListComments(ctx, s.Owner, s.Repo, issues[0].GetNumber(), nil)
		if err != nil || len(comments) != step.comments {
			t.Errorf("run %d: %d comments, %v; want %d", i+1, len(comments), err, step.comments)
		}
	}
}
