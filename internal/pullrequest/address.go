package pullrequest

import (
	"context"

	"github.com/google/go-github/v62/github"
)

// factsOf asks for what the texts need beside the post: the pull request's head,
// and how far it is from what was measured. Without a pull request there is
// nothing to ask for.
func (p *Poster) factsOf(ctx context.Context) (Facts, *github.PullRequest, error) {
	f := Facts{
		Head: p.post.Head, BuildURL: p.post.BuildURL, ArtifactURL: p.post.ArtifactURL, Key: p.post.Key, Build: p.post.Build,
		Circumstances: p.post.Circumstances, Acceptable: p.post.Accept,
	}
	if p.post.Number == 0 {
		return f, nil, nil
	}
	reading := action{"reading the pull request", "pull-requests: write"}
	if p.post.Comment == Never {
		reading.permission = "pull-requests: read"
	}
	pull, _, err := p.api.PullRequests.Get(ctx, p.owner, p.repo, p.post.Number)
	if err != nil {
		return Facts{}, nil, p.refused(err, reading)
	}
	switch now := pull.GetHead().GetSHA(); {
	case f.Head == now || p.post.Queued:
	case f.Head == "":
		f.Head = now
	default:
		f.Behind = p.behind(ctx, f.Head, now)
	}
	return f, pull, nil
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
