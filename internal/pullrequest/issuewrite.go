package pullrequest

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/google/go-github/v62/github"
)

// issueLabel is set on an issue that is opened.
const issueLabel = "benchgate"

const issuesWrite = "issues: write"

var writingIssue = action{"writing the issue", issuesWrite}

// issueWriter writes one issue.
type issueWriter struct {
	*Issues
	news
	body string
}

// ownIssue is an issue of this kind and key that the token's account opened.
type ownIssue struct {
	issueMark
	number    int
	closed    bool
	body, url string
}

// find has the issues of this kind and key: open ones before closed ones, of open
// ones the oldest first, of closed ones the newest. All pages are read.
func (w issueWriter) find(ctx context.Context) ([]ownIssue, error) {
	var found []ownIssue
	page := &github.IssueListByRepoOptions{State: "all", Creator: w.login, ListOptions: github.ListOptions{PerPage: 100}}
	for {
		issues, response, err := w.api.Issues.ListByRepo(ctx, w.owner, w.repo, page)
		if err != nil {
			return nil, w.refused(err, action{"reading the issues", issuesWrite})
		}
		for _, issue := range issues {
			m, marked := readIssueMark(issue.GetBody())
			if marked && m.kind == w.kind && m.key == w.mark(w.news).key && issue.GetUser().GetLogin() == w.login && !issue.IsPullRequest() {
				found = append(found, ownIssue{m, issue.GetNumber(), issue.GetState() == "closed", issue.GetBody(), issue.GetHTMLURL()})
			}
		}
		if response.NextPage == 0 {
			break
		}
		page.Page = response.NextPage
	}
	slices.SortFunc(found, func(a, b ownIssue) int {
		switch {
		case a.closed != b.closed && a.closed:
			return 1
		case a.closed != b.closed:
			return -1
		case a.closed:
			return cmp.Compare(b.number, a.number)
		}
		return cmp.Compare(a.number, b.number)
	})
	return found, nil
}

// update leaves one issue open, at most, that says what there is to say, unless it
// is of a newer build.
func (w issueWriter) update(ctx context.Context, found []ownIssue) (Posted, error) {
	keep := found[0]
	for _, extra := range found[1:] {
		if extra.closed {
			continue
		}
		if err := w.closeSecond(ctx, extra, keep); err != nil {
			return Posted{}, err
		}
	}
	posted := Posted{How: Unchanged, URL: keep.url}
	ended, same := w.state == stateEnded, keep.state != stateEnded && keep.alarm == w.alarm
	switch {
	case keep.build.compare(w.post.Build) > 0:
		posted.How = Kept
		return posted, nil
	case ended && keep.state == stateEnded:
		return posted, nil // also when a person has opened it again
	case ended && keep.closed: // by a person: the next alarm is another one
		posted.How = LeftClosed
		return posted, w.edit(ctx, keep, &github.IssueRequest{})
	case ended:
		posted.How = Closed
		return posted, w.change(ctx, keep, &github.IssueRequest{State: github.String("closed"), StateReason: github.String("completed")})
	case keep.closed && same:
		posted.How = LeftClosed
		return posted, nil
	case keep.closed:
		posted.How = Reopened
		return posted, w.change(ctx, keep, &github.IssueRequest{State: github.String("open"), Title: &w.title})
	case keep.state != w.state:
		posted.How = Updated
		return posted, w.change(ctx, keep, &github.IssueRequest{Title: &w.title})
	case sameText(keep.body, w.body):
		return posted, nil
	}
	posted.How = Updated
	return posted, w.edit(ctx, keep, &github.IssueRequest{})
}

// change tells of another state, and then writes it: when that fails, the comment
// is found the next time, and not written twice.
func (w issueWriter) change(ctx context.Context, keep ownIssue, to *github.IssueRequest) error {
	if err := w.tell(ctx, keep); err != nil {
		return err
	}
	return w.edit(ctx, keep, to)
}

// edit writes the issue's text with what else is asked for.
func (w issueWriter) edit(ctx context.Context, keep ownIssue, to *github.IssueRequest) error {
	to.Body = &w.body
	if _, _, err := w.api.Issues.Edit(ctx, w.owner, w.repo, keep.number, to); err != nil {
		return w.refused(err, writingIssue)
	}
	return nil
}

// closeSecond ends an issue that two writers opened at the same moment; its text
// loses its mark.
func (w issueWriter) closeSecond(ctx context.Context, extra, keep ownIssue) error {
	_, _, err := w.api.Issues.Edit(ctx, w.owner, w.repo, extra.number, &github.IssueRequest{
		State: github.String("closed"), StateReason: github.String("not_planned"),
		Body: github.String("Opened twice at the same moment: " + keep.url + " is kept up to date.\n"),
	})
	if err != nil {
		return w.refused(err, action{"closing a second issue", issuesWrite})
	}
	return nil
}

// open opens the issue. When the answer is lost, it may be there all the same: it
// is looked for before it is opened again.
func (w issueWriter) open(ctx context.Context) (Posted, error) {
	for try := 1; ; try++ {
		issue, _, err := w.api.Issues.Create(ctx, w.owner, w.repo, &github.IssueRequest{Title: &w.title, Body: &w.body, Labels: &[]string{issueLabel}})
		if err != nil && (!mayHaveArrived(err) || w.pause(ctx, try) != nil) {
			return Posted{}, w.refused(err, writingIssue)
		}
		found, lost := w.find(ctx)
		switch {
		case err == nil && (lost != nil || len(found) == 0):
			return Posted{How: Created, URL: issue.GetHTMLURL()}, nil //nolint:nilerr // it is there; the next time tidies up
		case lost != nil:
			return Posted{}, lost
		case len(found) > 0 && !found[0].closed:
			return begun(w.update(ctx, found))
		case try == posts:
			return Posted{}, w.refused(err, writingIssue)
		}
	}
}

// tell writes the comment on a change, once.
func (w issueWriter) tell(ctx context.Context, keep ownIssue) error {
	mark := changeMark(keep.build, w.state, cmp.Or(w.alarm, keep.alarm))
	text := w.line
	if w.post.BuildURL != "" {
		text += "\n\n<sub>" + link("Run", w.post.BuildURL) + "</sub>"
	}
	text += "\n\n" + mark + "\n"
	for try := 1; ; try++ {
		found, err := w.told(ctx, keep.number, mark)
		switch {
		case err != nil:
			return err
		case len(found) > 0:
			return w.tellOnce(ctx, found)
		case try > posts:
			return refusal{writingIssue.doing, "GitHub did not keep the comment", "run it again"}
		}
		_, _, err = w.api.Issues.CreateComment(ctx, w.owner, w.repo, keep.number, &github.IssueComment{Body: &text})
		if err != nil && (!mayHaveArrived(err) || try == posts || w.pause(ctx, try) != nil) {
			return w.refused(err, action{"commenting on the issue", issuesWrite})
		}
	}
}

// told are the comments that tell of a change.
func (w issueWriter) told(ctx context.Context, number int, mark string) (ids []int64, err error) {
	page := &github.IssueListCommentsOptions{ListOptions: github.ListOptions{PerPage: 100}}
	for {
		comments, response, err := w.api.Issues.ListComments(ctx, w.owner, w.repo, number, page)
		if err != nil {
			return nil, w.refused(err, action{"reading the issue's comments", issuesWrite})
		}
		for _, c := range comments {
			if _, last := cutLast(c.GetBody()); last == mark && c.GetUser().GetLogin() == w.login {
				ids = append(ids, c.GetID())
			}
		}
		if response.NextPage == 0 {
			slices.Sort(ids)
			return ids, nil
		}
		page.Page = response.NextPage
	}
}

// tellOnce removes all but the first of the comments.
func (w issueWriter) tellOnce(ctx context.Context, ids []int64) error {
	for _, id := range ids[1:] {
		response, err := w.api.Issues.DeleteComment(ctx, w.owner, w.repo, id)
		if err != nil && (response == nil || response.StatusCode != http.StatusNotFound) {
			return w.refused(err, action{"removing a second comment", issuesWrite})
		}
	}
	return nil
}
