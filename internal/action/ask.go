package action

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/internal/workflow"
)

// deed is what a job does.
type deed string

const (
	measure deed = "measure" // run trials, and give a verdict
	accept  deed = "accept"  // look whether a regression is accepted; nothing is run
	relay   deed = "relay"   // post what a fork's run measured
	nothing deed = "nothing" // say why, and succeed
)

// ask is what an event asks for. It follows from the job and the inputs alone.
type ask struct {
	do  deed
	why string // of nothing: a sentence

	// pull is the number of the pull request; 0: of none.
	pull int

	// head is the commit that is judged, in full; empty: that of the pull request,
	// which GitHub's API tells.
	head string

	// proposed tells that the candidate is read from the head, as data, and all
	// else from the workspace, which must be at workspace.
	proposed  bool
	workspace string // commit in full

	comments bool // on the pull request
	checks   bool // on the head
	alarms   bool // told as issues, and the job does not fail for them
	silent   bool // the token can write nothing, and no secret is there: the result is in the summary, and the job does not fail for it

	// dispatcher is who started the measurement of somebody else's pull request;
	// empty: the event itself did.
	dispatcher string
}

// Events that measure what is checked out. All others are of no use, or a
// stranger can cause them.
var plainEvents = []string{"push", "schedule", "workflow_dispatch", "repository_dispatch", "release"}

// asked is what the job asks for.
func asked(job workflow.Job, v workflow.Values) (ask, error) {
	switch {
	case !job.Actions:
		return ask{}, errors.New("this is no job of GitHub Actions: \"benchgate run\" measures anywhere, and \"benchgate publish\" posts from any CI system")
	case !whole(job):
		return ask{}, fmt.Errorf("the payload of the event %s lacks the number or a commit of what is to be judged: it is none that GitHub sends", job.Event)
	case job.Event == "pull_request" && job.PullRequest != nil:
		return askedByPull(job, v), nil
	case job.Event == "pull_request_target" && job.PullRequest != nil:
		return askedByTarget(job, v)
	case job.Event == "merge_group" && job.MergeGroup != nil:
		group := *job.MergeGroup
		return ask{do: measure, pull: group.PullRequest, head: group.Head, proposed: true, workspace: group.Base, checks: v.Check}, nil
	case job.Event == "workflow_run" && job.WorkflowRun != nil:
		return askedByRun(job, *job.WorkflowRun), nil
	case job.Event == "workflow_dispatch" && v.PullRequest > 0:
		return ask{
			do: measure, pull: v.PullRequest, proposed: true, workspace: job.SHA,
			comments: true, checks: v.Check, dispatcher: job.Actor,
		}, nil
	case v.PullRequest > 0:
		return ask{}, fmt.Errorf("input pull-request is for workflow_dispatch, and the event is %s: leave it out", job.Event)
	case slices.Contains(plainEvents, job.Event):
		return ask{do: measure, head: job.SHA, checks: v.Check, alarms: v.OnAlarm == "issue"}, nil
	}
	return ask{}, fmt.Errorf("the event %q asks for nothing that benchgate does: want pull_request, merge_group, workflow_run, %s", job.Event, strings.Join(plainEvents, ", "))
}

// whole tells that the payload names all that is judged, and by which files: without
// them it would be judged by whatever is checked out.
func whole(job workflow.Job) bool {
	switch {
	case job.PullRequest != nil:
		return job.PullRequest.Number > 0 && job.PullRequest.Head != "" && job.PullRequest.Base != ""
	case job.MergeGroup != nil:
		return job.MergeGroup.Head != "" && job.MergeGroup.Base != ""
	case job.WorkflowRun != nil:
		return job.WorkflowRun.ID > 0 && job.WorkflowRun.Head != ""
	}
	return true
}

// askedByPull is of a pull request's own event. The label of acceptance asks for
// no measurement: one that is there was measured before.
func askedByPull(job workflow.Job, v workflow.Values) ask {
	pull := *job.PullRequest
	a := ask{
		do: measure, pull: pull.Number, head: pull.Head, proposed: true, workspace: pull.Base,
		comments: true, checks: v.Check, silent: job.WithoutSecrets(),
	}
	if labeled(job, v) {
		a.do, a.proposed, a.workspace = accept, false, ""
		if a.silent {
			a.do, a.why = nothing, "GitHub gives this event of a fork or of Dependabot a token that only reads: accept it by a workflow with the event pull_request_target"
		}
	}
	if a.silent {
		a.comments, a.checks = false, false
	}
	return a
}

func labeled(job workflow.Job, v workflow.Values) bool {
	return (job.Action == "labeled" || job.Action == "unlabeled") && job.Label == v.AcceptLabel && v.AcceptLabel != ""
}

// askedByTarget accepts and does nothing else: the event has secrets, and
// strangers cause it.
func askedByTarget(job workflow.Job, v workflow.Values) (ask, error) {
	if !labeled(job, v) {
		return ask{}, errors.New("with pull_request_target benchgate only accepts by a label (types: [labeled, unlabeled]): measure with pull_request, and pull requests of forks with workflow_dispatch and the input pull-request")
	}
	return ask{do: accept, pull: job.PullRequest.Number, head: job.PullRequest.Head, comments: true, checks: v.Check}, nil
}

// askedByRun relays what a fork's run could not post itself.
func askedByRun(job workflow.Job, run workflow.WorkflowRun) ask {
	switch {
	case run.Event != "pull_request":
		return ask{do: nothing, why: fmt.Sprintf("the run that ended was started by %s, and only those of pull requests are reported", plainWord(run.Event))}
	case strings.EqualFold(run.HeadRepository, job.Repository):
		return ask{do: nothing, why: "the run that ended is of this repository and has reported itself"}
	}
	return ask{do: relay, head: run.Head, comments: true, checks: true}
}

// plainWord is a name of GitHub's own, or nothing that could pass for another
// text.
func plainWord(text string) string {
	if text == "" || strings.ContainsFunc(text, func(r rune) bool { return (r < 'a' || r > 'z') && r != '_' }) {
		return "something else"
	}
	return text
}
