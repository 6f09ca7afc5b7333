package pullrequest

import (
	"context"

	"github.com/google/go-github/v62/github"
)

// facts asks for what the texts need beside the options: the pull request's
// head, and how far it is from what was measured.
func (c *client) facts(ctx context.Context, o Options) (Facts, error) {
	reading := action{"reading the pull request", "pull-requests: write"}
	if o.Comment == Never {
		reading.permission = "pull-requests: read"
	}
	pull, _, err := c.api.PullRequests.Get(ctx, c.owner, c.repo, o.Number)
	if err != nil {
		return Facts{}, c.refused(err, reading)
	}
	f := Facts{Head: o.Head, BuildURL: o.BuildURL, ArtifactURL: o.ArtifactURL, Key: o.Key, Build: o.Build}
	switch now := pull.GetHead().GetSHA(); f.Head {
	case now:
	case "":
		f.Head = now
	default:
		f.Behind = c.behind(ctx, f.Head, now)
	}
	return f, nil
}

// behind counts the commits from what was measured to the head. Whatever keeps
// it from counting (the measured commit is gone after a forced push, the token
// may not read commits) keeps no verdict from being posted.
func (c *client) behind(ctx context.Context, measured, head string) Behind {
	way, _, err := c.api.Repositories.CompareCommits(ctx, c.owner, c.repo, measured, head, &github.ListOptions{PerPage: 1})
	switch {
	case err != nil:
		return Behind{Head: head}
	case way.GetStatus() != "ahead":
		return Behind{Head: head, Gone: true}
	}
	return Behind{Head: head, Commits: way.GetAheadBy()}
}
