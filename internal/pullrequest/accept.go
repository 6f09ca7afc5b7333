package pullrequest

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/benchgate/benchgate/internal/report"
)

// AcceptLabel is the label by which a regression is accepted.
const AcceptLabel = "benchgate:accept"

// acceptedFor is how long one label accepts.
const acceptedFor = 7 * 24 * time.Hour

// Acceptance is a person's word that a regression may be merged.
type Acceptance struct {
	By    string    // the login
	Until time.Time // from then on it is a regression again
}

func (a Acceptance) heading() string {
	return "❌→☑️ Regression accepted by " + report.Code(a.By) + " until " + a.Until.UTC().Format(time.DateOnly)
}

// howToAccept is a line below a regression.
func (s said) howToAccept(f Facts) string {
	switch {
	case s.state != "regression" || f.Acceptable == "":
		return ""
	case f.Accepted != nil:
		return "<sub>Accepted for this commit and this verdict until " + f.Accepted.Until.UTC().Format("2006-01-02 15:04") +
			" UTC, by the label " + report.Code(f.Acceptable) + ". Nothing was measured again, and what was found stays.</sub>"
	}
	return "**To accept it:** somebody who may maintain this repository, and is not the author, adds the label " +
		report.Code(f.Acceptable) + ", which holds for this commit and this verdict, for 7 days."
}

// accepted is who accepted the regression that was posted on the commit; nil:
// nobody. All of this must hold, and GitHub's own clock and records say so:
//
//   - the label is on the pull request now;
//   - who set it last may maintain or administer the repository, is a person, and
//     is not the pull request's author;
//   - it was set after this very verdict was posted on this commit (of a merge
//     queue's commit: on the pull request's head), by the check
//     run, which nobody but the app that made it can change, and by the comment,
//     which is what they read;
//   - it was set less than seven days ago.
func (p *Poster) accepted(ctx context.Context, pull *github.PullRequest, f Facts, verdict string) (*Acceptance, error) {
	if !slices.ContainsFunc(pull.Labels, func(l *github.Label) bool { return strings.EqualFold(l.GetName(), p.post.Accept) }) {
		return nil, nil
	}
	on := f.Head
	if p.post.Queued {
		on = pull.GetHead().GetSHA()
	}
	posted, err := p.postedAt(ctx, on, f.Key, verdict)
	if err != nil || posted.IsZero() {
		return nil, err
	}
	event, err := p.labeled(ctx, p.post.Number, p.post.Accept)
	if err != nil || event == nil {
		return nil, err
	}
	until := event.GetCreatedAt().Add(acceptedFor)
	if !event.GetCreatedAt().After(posted) || !p.patient.clock().Before(until) {
		return nil, nil
	}
	actor, author := event.GetActor(), pull.GetUser()
	if actor.GetType() != "User" || author.GetLogin() == "" || strings.EqualFold(actor.GetLogin(), author.GetLogin()) || actor.GetID() == author.GetID() {
		return nil, nil
	}
	role, err := p.role(ctx, actor.GetLogin())
	if err != nil || role != "maintain" && role != "admin" {
		return nil, err
	}
	return &Acceptance{By: actor.GetLogin(), Until: until}, nil
}

// postedAt is when this verdict was first posted on the commit, in the check run
// and with the same words in the comment; zero: it was not.
func (p *Poster) postedAt(ctx context.Context, head string, key Key, verdict string) (time.Time, error) {
	checks, err := p.checks(ctx, head, CheckName(key.Suite), key.hash())
	if err != nil {
		return time.Time{}, err
	}
	at := postedOf(checks, verdict)
	if at.IsZero() || p.post.Comment == Never {
		return at, nil
	}
	login, err := p.whose(ctx)
	if err != nil {
		return time.Time{}, err
	}
	found, err := sticky{client: p.client, number: p.post.Number, login: login, mark: marker{key: key.hash()}}.find(ctx)
	if err != nil {
		return time.Time{}, err
	}
	if len(found) > 0 && found[0].verdict != verdict {
		return time.Time{}, nil
	}
	return at, nil
}

// labeled is the newest event of a label being set; nil: there is none.
func (c *client) labeled(ctx context.Context, number int, label string) (*github.IssueEvent, error) {
	var newest *github.IssueEvent
	page := &github.ListOptions{PerPage: 100}
	for {
		events, response, err := c.api.Issues.ListIssueEvents(ctx, c.owner, c.repo, number, page)
		if err != nil {
			return nil, c.refused(err, action{"reading who set the label", "pull-requests: write"})
		}
		for _, e := range events {
			if e.GetEvent() == "labeled" && strings.EqualFold(e.GetLabel().GetName(), label) && (newest == nil || !e.GetCreatedAt().Before(newest.GetCreatedAt().Time)) {
				newest = e
			}
		}
		if response.NextPage == 0 {
			return newest, nil
		}
		page.Page = response.NextPage
	}
}

// role is what an account may do in the repository: admin, maintain, write,
// triage, read, none, or a name of the organization's own. The older field
// "permission" says write for maintain.
func (c *client) role(ctx context.Context, login string) (string, error) {
	asking := action{"reading what the label's setter may do", ""}
	request, err := c.api.NewRequest("GET", "repos/"+c.owner+"/"+c.repo+"/collaborators/"+url.PathEscape(login)+"/permission", nil)
	if err != nil {
		return "", c.refused(err, asking)
	}
	var answer struct {
		Role string `json:"role_name"`
	}
	if _, err := c.api.Do(ctx, request, &answer); err != nil {
		return "", c.refused(err, asking)
	}
	return answer.Role, nil
}
