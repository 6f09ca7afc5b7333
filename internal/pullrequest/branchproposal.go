package pullrequest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/google/go-github/v62/github"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/branchstore"
	"github.com/benchgate/benchgate/internal/report"
)

// Proposal is a run that is to become a baseline.
type Proposal struct {
	Run     *baselines.Run
	Ledger  io.Reader     // nil: it is saved without one, or stored already
	Stored  bool          // the run is on the branch already, and only to be accepted
	Verdict *gate.Verdict // of the gate that measured it; nil: none did
}

var proposing = action{"opening the pull request", "pull-requests: write"}

// Propose opens a pull request into the baselines' branch that makes the run a
// baseline, from a branch benchgate/promote-<id>, and gives its page. It may be
// repeated: a pull request that is open stays. A run that is a baseline already
// needs none, and is [Unchanged].
//
// It takes "contents: write" and "pull-requests: write", and that the repository
// lets workflows open pull requests, if the token is a workflow's.
func (b *Baselines) Propose(ctx context.Context, p Proposal) (Posted, error) {
	id := p.Run.Header.ID
	head := "benchgate/promote-" + id
	if err := errors.Join(baselines.ValidID(id), branchstore.ValidName(head)); err != nil {
		return Posted{}, fmt.Errorf("%s: %w", proposing.doing, err)
	}
	stored, err := b.Load(ctx, id)
	if err == nil && stored.Header.Arm == baselines.Baseline {
		return Posted{How: Unchanged}, nil
	}
	if err != nil && !errors.Is(err, baselines.ErrNotFound) {
		return Posted{}, err
	}
	if err := b.Begin(ctx); err != nil {
		return Posted{}, err
	}
	if err := b.prepare(ctx, head, p); err != nil {
		return Posted{}, err
	}
	return b.open(ctx, head, p)
}

// prepare puts the accepted run on a branch of its own. One that an earlier call
// has begun goes on.
func (b *Baselines) prepare(ctx context.Context, head string, p Proposal) error {
	branch := newAPIBranch(b.branch.client, head)
	branch.begins = b.branch
	s := branchstore.New(branch, b.from)
	if p.Stored {
		return s.Promote(ctx, p.Run.Header.ID)
	}
	return s.Accept(ctx, p.Run, p.Ledger)
}

// open opens the pull request, unless it is open. When the answer is lost it may
// be there all the same: see [sticky.begin].
func (b *Baselines) open(ctx context.Context, head string, p Proposal) (Posted, error) {
	limited, cancel := within(ctx)
	defer cancel()
	body, err := proposalBody(p)
	if err != nil {
		return Posted{}, err
	}
	c := b.branch
	title := "Accept run " + p.Run.Header.ID + " as a baseline"
	for try := 1; ; try++ {
		url, err := b.opened(limited, head)
		if err != nil {
			return Posted{}, c.refusedBranch(ctx, err, action{"reading the pull requests", "pull-requests: write"})
		}
		if url != "" {
			return Posted{How: Kept, URL: url}, nil
		}
		made, _, err := c.api.PullRequests.Create(limited, c.owner, c.repo, &github.NewPullRequest{Title: &title, Head: &head, Base: &c.name, Body: &body})
		if err == nil {
			return Posted{How: Created, URL: made.GetHTMLURL()}, nil
		}
		again := mayHaveArrived(err) || alreadyOpen(err)
		if !again || try == posts || c.pause(limited, try) != nil {
			return Posted{}, c.refusedProposal(ctx, err)
		}
	}
}

// opened is the page of an open pull request from that branch.
func (b *Baselines) opened(ctx context.Context, head string) (string, error) {
	c := b.branch
	found, _, err := c.api.PullRequests.List(ctx, c.owner, c.repo, &github.PullRequestListOptions{State: "open", Head: c.owner + ":" + head, Base: c.name})
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0].GetHTMLURL(), nil
}

func alreadyOpen(err error) bool {
	var answer *github.ErrorResponse
	if !errors.As(err, &answer) {
		return false
	}
	for _, detail := range answer.Errors {
		if strings.Contains(detail.Message, "already exists") {
			return true
		}
	}
	return false
}

// refusedProposal names the setting that keeps workflows from opening pull
// requests, which no permission gives.
func (b *apiBranch) refusedProposal(ctx context.Context, err error) error {
	var answer *github.ErrorResponse
	if errors.As(err, &answer) && answer.Response.StatusCode == http.StatusForbidden && strings.Contains(answer.Message, "not permitted to create") {
		return refusal{
			proposing.doing, answered(answer),
			`allow it in the repository's settings (Actions, General, "Allow GitHub Actions to create and approve pull requests"), or use another token (BENCHGATE_BASELINE_TOKEN)`,
		}
	}
	return b.refusedBranch(ctx, err, proposing)
}

// proposalBody is the pull request's text: the run's report as a comment has it.
func proposalBody(p Proposal) (string, error) {
	id := p.Run.Header.ID // its characters were checked
	above := fmt.Sprintf("Merging this makes the run `%s` a baseline: gates compare with it what has the same suite, variant and limits.\n\n", id)
	var b bytes.Buffer
	var err error
	if p.Verdict != nil {
		err = report.Markdown(&b, *p.Verdict, report.MarkdownOptions{MaxBytes: maxBody - len(above)})
	} else {
		err = report.Runs(&b, []*baselines.Run{p.Run}, report.FormatMarkdown, report.Options{})
	}
	if err != nil {
		return "", err
	}
	if len(above)+b.Len() > maxBody { // a report of runs is a table of metrics; only names could make it this long
		return above, nil
	}
	return above + b.String(), nil
}
