package action

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/pullrequest"
)

// unverified is added to the suite's name: the check run of a fork's report is not
// the one that branch protection requires. It is neutral, and GitHub lets a required
// check that is neutral pass.
const unverified = " (unverified)"

// relay posts what a fork's run measured, to the open pull requests of its commit.
// All that it uploaded is a stranger's: its verdict is rendered anew from numbers,
// is called unverified, and never makes a success.
func (a *action) relay(ctx context.Context) (int, error) {
	c, err := config.Load(configFile(a.values), flagsOf(a.values, a.Job.Workspace))
	if err != nil {
		return a.refuse(err)
	}
	pulls, err := a.github.PullsOf(ctx, a.ask.head)
	if err != nil {
		return a.failed(err)
	}
	pulls = ofTheFork(pulls, a.Job.WorkflowRun.HeadRepository)
	if len(pulls) == 0 {
		return 0, a.sayNothing(fmt.Sprintf("no open pull request of the fork whose run ended has %s as its head", short(a.ask.head)))
	}
	artifact, err := a.strangersArtifact(ctx)
	if err != nil {
		return a.failed(err)
	}
	if artifact == nil {
		return 0, a.sayNothing("the fork's run uploaded no verdict")
	}
	text, err := a.github.Download(ctx, *artifact, maxStranger)
	if err != nil {
		return a.failed(err)
	}
	said, err := readStranger(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return a.failed(err)
	}
	var errs []error // of one do not keep the others from being posted
	for _, pull := range pulls {
		l := left{Head: a.ask.head, Pull: pull.Number, Suite: c.Suite.Name + unverified, Comment: a.values.Comment != "never", Check: a.values.Check}
		post := a.post(a.key(l.Suite), l, pullrequest.Circumstances{Unverified: true})
		post.Accept = ""
		_, err := pullrequest.NewPoster(post).Finish(ctx, said.verdict, pullrequest.Places{})
		errs = append(errs, err)
	}
	a.noteIf(a.summarizeStranger(said))
	if err := errors.Join(errs...); err != nil {
		return a.failed(err)
	}
	return 0, nil
}

// summarizeStranger puts what was posted on the job's page, with what a comment has
// no room for.
func (a *action) summarizeStranger(said stranger) error {
	facts := pullrequest.Facts{Head: a.ask.head, BuildURL: a.Job.BuildURL, Circumstances: pullrequest.Circumstances{Unverified: true}}
	text, err := pullrequest.Summary(said.verdict, facts, mostSummary)
	if err != nil {
		return err
	}
	return a.Log.Summarize(text + said.runs.Markdown(mostSummary-len(text)))
}

// failed tells that GitHub did not give or take what it was asked for.
func (a *action) failed(err error) (int, error) {
	return a.refuse(fmt.Errorf("%w: %w", errGitHub, err))
}

// ofTheFork are the pull requests from the fork whose run ended: anybody may push the
// commit of another's pull request to a fork, and run there what he likes.
func ofTheFork(pulls []pullrequest.Pull, fork string) []pullrequest.Pull {
	var kept []pullrequest.Pull
	for _, p := range pulls {
		if p.Fork && fork != "" && strings.EqualFold(p.HeadRepository, fork) {
			kept = append(kept, p)
		}
	}
	return kept
}

// strangersArtifact is the only one with a name as ours have; nil: there is none.
func (a *action) strangersArtifact(ctx context.Context) (*pullrequest.Artifact, error) {
	found, err := a.github.ArtifactsOf(ctx, a.Job.WorkflowRun.ID)
	if err != nil {
		return nil, err
	}
	var ours []pullrequest.Artifact
	for _, artifact := range found {
		if strings.HasPrefix(artifact.Name, "benchgate-") {
			ours = append(ours, artifact)
		}
	}
	switch len(ours) {
	case 0:
		return nil, nil
	case 1:
		return &ours[0], nil
	}
	return nil, fmt.Errorf("the fork's run uploaded %d artifacts named benchgate-*, want one", len(ours))
}
