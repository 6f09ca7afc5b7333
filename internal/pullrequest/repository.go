package pullrequest

import (
	"context"

	"github.com/google/go-github/v62/github"
)

// Repository is a repository on GitHub, to read from. What it gives is data that
// others wrote.
type Repository struct{ *client }

// Open asks nothing of GitHub yet. Notice is told why something takes long.
func Open(s Server, notice func(string)) *Repository { return &Repository{newClient(s, notice)} }

// Pull is a pull request.
type Pull struct {
	Number           int
	Open, Draft      bool
	Author           string // login
	HeadSHA, BaseSHA string // in full; the base's is that of its branch when the pull request was last updated
	HeadRef, BaseRef string // names of branches
	HeadRepository   string // OWNER/NAME; empty: it is gone
	Fork             bool   // its head is in another repository, or in one that is gone
	Labels           []string
}

// Pull reads the pull request of a number.
func (r *Repository) Pull(ctx context.Context, number int) (Pull, error) {
	pull, _, err := r.api.PullRequests.Get(ctx, r.owner, r.repo, number)
	if err != nil {
		return Pull{}, r.refused(err, action{"reading the pull request", "pull-requests: read"})
	}
	return pullOf(pull), nil
}

// PullsOf are the open pull requests whose head is the commit, in the order of
// their numbers as GitHub gives them: a workflow_run event names none where the
// head is a fork's.
func (r *Repository) PullsOf(ctx context.Context, commit string) ([]Pull, error) {
	var pulls []Pull
	page := &github.ListOptions{PerPage: 100}
	for {
		found, response, err := r.api.PullRequests.ListPullRequestsWithCommit(ctx, r.owner, r.repo, commit, page)
		if err != nil {
			return nil, r.refused(err, action{"reading the commit's pull requests", "pull-requests: read"})
		}
		for _, pull := range found {
			if pull.GetState() == "open" && pull.GetHead().GetSHA() == commit {
				pulls = append(pulls, pullOf(pull))
			}
		}
		if response.NextPage == 0 {
			return pulls, nil
		}
		page.Page = response.NextPage
	}
}

func pullOf(from *github.PullRequest) Pull {
	head, base := from.GetHead(), from.GetBase()
	p := Pull{
		Number: from.GetNumber(), Open: from.GetState() == "open", Draft: from.GetDraft(), Author: from.GetUser().GetLogin(),
		HeadSHA: head.GetSHA(), BaseSHA: base.GetSHA(), HeadRef: head.GetRef(), BaseRef: base.GetRef(),
		HeadRepository: head.GetRepo().GetFullName(), Fork: isFork(head.GetRepo(), base.GetRepo()),
	}
	for _, label := range from.Labels {
		p.Labels = append(p.Labels, label.GetName())
	}
	return p
}

// isFork reports whether a commit's repository is another one than this. That of
// a fork which is gone is not known.
func isFork(of, this *github.Repository) bool {
	return of.GetID() == 0 || of.GetID() != this.GetID()
}

// ChangedFiles are the paths that a pull request changes, adds, removes or moves
// something to or from. GitHub lists the first 3,000 files: whole is false where
// that was not all.
func (r *Repository) ChangedFiles(ctx context.Context, number int) (paths []string, whole bool, err error) {
	const most = 3000
	page := &github.ListOptions{PerPage: 100}
	files := 0
	for {
		found, response, err := r.api.PullRequests.ListFiles(ctx, r.owner, r.repo, number, page)
		if err != nil {
			return nil, false, r.refused(err, action{"reading what the pull request changes", "pull-requests: read"})
		}
		files += len(found)
		for _, file := range found {
			paths = append(paths, file.GetFilename())
			if from := file.GetPreviousFilename(); from != "" {
				paths = append(paths, from)
			}
		}
		if response.NextPage == 0 {
			return paths, files < most, nil
		}
		page.Page = response.NextPage
	}
}
