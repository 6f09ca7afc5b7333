package pullrequest

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/google/go-github/v62/github"
)

var writingComment = action{"writing the comment", "pull-requests: write"}

// sticky is the one comment of a key that is kept up to date.
type sticky struct {
	*client
	number int
	login  string // of the token: comments of others are not ours, whatever they say
	mark   marker
	body   string
	said   said
	facts  Facts

	alsoEnd func(ctx context.Context, head string, upTo Build) error // what older builds left in progress on another commit
}

// own is a comment of this key that the token's account wrote.
type own struct {
	marker
	id        int64
	body, url string
}

// put writes the comment over the one that is there, or begins it if it may.
func (s sticky) put(ctx context.Context) (Posted, error) {
	found, err := s.find(ctx)
	if err != nil {
		return Posted{}, err
	}
	if len(found) > 0 {
		return s.update(ctx, found)
	}
	if !s.said.begins {
		return Posted{How: NotWanted}, nil
	}
	return s.begin(ctx)
}

// find has the comments of the key, those of the newest build first, of one
// build the oldest first. All pages are read: GitHub sorts a pull request's
// comments by time only, and ours may be anywhere.
func (s sticky) find(ctx context.Context) ([]own, error) {
	var found []own
	page := &github.IssueListCommentsOptions{ListOptions: github.ListOptions{PerPage: 100}}
	for {
		comments, response, err := s.api.Issues.ListComments(ctx, s.owner, s.repo, s.number, page)
		if err != nil {
			return nil, s.refused(err, action{"reading the comments", "pull-requests: write"})
		}
		for _, c := range comments {
			m, marked := readMarker(c.GetBody())
			if marked && m.key == s.mark.key && c.GetUser().GetLogin() == s.login {
				found = append(found, own{m, c.GetID(), c.GetBody(), c.GetHTMLURL()})
			}
		}
		if response.NextPage == 0 {
			break
		}
		page.Page = response.NextPage
	}
	slices.SortFunc(found, func(a, b own) int {
		return cmp.Or(b.build.compare(a.build), cmp.Compare(a.id, b.id))
	})
	return found, nil
}

// update leaves one comment, with this body unless it is of a newer build.
// Others of the key, which two builds made at the same moment, are removed; all
// builds keep the same one.
func (s sticky) update(ctx context.Context, found []own) (Posted, error) {
	keep := found[0]
	for _, extra := range found[1:] {
		response, err := s.api.Issues.DeleteComment(ctx, s.owner, s.repo, extra.id)
		if err != nil && (response == nil || response.StatusCode != http.StatusNotFound) {
			return Posted{}, s.refused(err, action{"removing a second comment", "pull-requests: write"})
		}
	}
	if keep.build.compare(s.mark.build) > 0 {
		return Posted{How: Kept, URL: keep.url}, nil
	}
	posted := Posted{How: Unchanged, URL: keep.url, OfThisBuild: keep.build == s.mark.build}
	if s.said.onlyRunning && keep.state != stateRunning {
		return posted, nil
	}
	left, unended := s.endOlder(ctx, keep)
	body := s.bodyOver(ctx, keep, left)
	if sameText(keep.body, body) {
		return posted, unended
	}
	_, _, err := s.api.Issues.EditComment(ctx, s.owner, s.repo, keep.id, &github.IssueComment{Body: &body})
	if err != nil {
		return Posted{}, errors.Join(unended, s.refused(err, writingComment))
	}
	posted.How = Updated
	return posted, unended
}

// begin posts the first comment. When the answer is lost, the comment may be
// there all the same: it is looked for before it is posted again.
func (s sticky) begin(ctx context.Context) (Posted, error) {
	for try := 1; ; try++ {
		comment, _, err := s.api.Issues.CreateComment(ctx, s.owner, s.repo, s.number, &github.IssueComment{Body: &s.body})
		if err == nil {
			return s.settle(ctx, own{s.mark, comment.GetID(), comment.GetBody(), comment.GetHTMLURL()})
		}
		if !mayHaveArrived(err) || s.pause(ctx, try) != nil {
			return Posted{}, s.refused(err, writingComment)
		}
		found, lost := s.find(ctx)
		switch {
		case lost != nil:
			return Posted{}, lost
		case len(found) > 0:
			return begun(s.update(ctx, found))
		case try == posts:
			return Posted{}, s.refused(err, writingComment)
		}
	}
}

// settle looks whether the comment that was made is the only one: another CI
// run may have begun at the same moment, or something on the way may have sent
// the request twice.
func (s sticky) settle(ctx context.Context, made own) (Posted, error) {
	found, err := s.find(ctx)
	if err != nil || len(found) == 0 {
		return Posted{How: Created, URL: made.url}, nil //nolint:nilerr // it is there; the next time tidies up
	}
	return begun(s.update(ctx, found))
}

func begun(p Posted, err error) (Posted, error) {
	if p.How == Unchanged {
		p.How = Created
	}
	p.OfThisBuild = false
	return p, err
}

// sameText compares as GitHub keeps bodies: line ends and space at the end may
// have changed.
func sameText(a, b string) bool {
	plain := func(s string) string { return strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), " \n") }
	return plain(a) == plain(b)
}
