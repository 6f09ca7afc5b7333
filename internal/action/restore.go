package action

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/benchgate/benchgate/internal/pullrequest"
)

// key tells this job's comments, check runs and artifacts apart from others'.
func (a *action) key(suite string) pullrequest.Key {
	return pullrequest.Key{Workflow: a.Job.WorkflowFile, Job: a.Job.Name, Suite: suite, Name: a.values.CommentKey}
}

// artifactName is the name under which a run is uploaded, and found by a later
// one: of the same pull request, or without one of the same commit.
func (a *action) artifactName(s *subject) string {
	return nameOf(a.key(s.config.Suite.Name), s.pull, s.head)
}

func nameOf(key pullrequest.Key, pull int, head string) string {
	of := short(head)
	if pull > 0 {
		of = strconv.Itoa(pull)
	}
	return "benchgate-" + key.String() + "-" + of
}

// runsDir is where the runs of this job are, from the workspace on.
func (a *action) runsDir() string { return filepath.Join(filesDir(a.values), "runs") }

// mostTried is how many artifacts are tried before all is measured anew.
const mostTried = 3

// restore brings back what earlier jobs of this workflow measured, so that this one
// goes on from it or repeats its verdict. Without a pull request that is only an
// earlier attempt of the same CI run: each night is measured anew. What keeps it
// from being found is told; then all is measured again.
func (a *action) restore(ctx context.Context, s *subject) {
	if a.ask.silent || a.values.Upload == "none" {
		return // its own runs are a fork's, and are never taken, or there are none
	}
	found, err := a.earlier(ctx, s)
	if err != nil {
		a.Notice(fmt.Sprintf("no earlier run is looked at, so that all is measured anew: %v", err))
		return
	}
	for _, artifact := range found[:min(len(found), mostTried)] {
		text, err := a.github.Download(ctx, artifact, maxRestoredBytes)
		if err == nil {
			_, err = unpack(bytes.NewReader(text), int64(len(text)), a.runsDir())
		}
		if err == nil {
			return // the newest has what those before it had
		}
		a.Notice(fmt.Sprintf("an earlier run is not looked at: %v", err))
	}
}

// earlier are the artifacts of earlier jobs, the newest first.
func (a *action) earlier(ctx context.Context, s *subject) ([]pullrequest.Artifact, error) {
	believed := func(run pullrequest.WorkflowRun) bool { return a.isThisRun(run.ID) }
	if s.pull > 0 {
		pull, err := a.github.Pull(ctx, s.pull)
		if err != nil {
			return nil, err
		}
		believed = func(run pullrequest.WorkflowRun) bool { return a.measured(pull, run) }
	}
	return a.github.Artifacts(ctx, a.artifactName(s), a.Job.WorkflowFile, believed)
}

// measured tells whether a workflow's run may have measured the pull request: one of
// its own branch, of the merge queue, or of a branch whose files judge it. GitHub
// takes a workflow's file from the branch that it runs on, so that a run of any other
// branch uploads what the author of that branch likes, under any name.
func (a *action) measured(pull pullrequest.Pull, run pullrequest.WorkflowRun) bool {
	switch {
	case run.Fork:
		return false
	case run.Event == "pull_request":
		return !pull.Fork && run.HeadRef == pull.HeadRef
	case run.Event == "merge_group":
		return strings.HasPrefix(run.HeadRef, "gh-readonly-queue/")
	}
	return run.Event == "workflow_dispatch" && (run.HeadRef == pull.BaseRef || run.HeadRef == a.Job.DefaultBranch)
}

// isThisRun tells whether a workflow's run is the one of this job.
func (a *action) isThisRun(id int64) bool {
	run, _, _ := strings.Cut(a.Job.Build, ".")
	return run == strconv.FormatInt(id, 10)
}
