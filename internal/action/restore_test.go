package action

import (
	"testing"

	"github.com/benchgate/benchgate/internal/pullrequest"
	"github.com/benchgate/benchgate/internal/workflow"
)

// Who may push a branch chooses what its workflow uploads, also under the name of
// another pull request's artifact.
func TestOnlyWhatMeasuredThePullRequestIsBelieved(t *testing.T) {
	own := pullrequest.Pull{Number: 7, HeadRef: "topic", BaseRef: "release"}
	fork := own
	fork.Fork = true
	for _, test := range []struct {
		name string
		pull pullrequest.Pull
		run  pullrequest.WorkflowRun
		want bool
	}{
		{"its own branch", own, pullrequest.WorkflowRun{Event: "pull_request", HeadRef: "topic"}, true},
		{"another branch", own, pullrequest.WorkflowRun{Event: "pull_request", HeadRef: "evil"}, false},
		{"a push to its own branch", own, pullrequest.WorkflowRun{Event: "push", HeadRef: "topic"}, false},
		{"a fork's branch of that name", own, pullrequest.WorkflowRun{Event: "pull_request", HeadRef: "topic", Fork: true}, false},
		{"a branch of this repository with the name of a fork's", fork, pullrequest.WorkflowRun{Event: "pull_request", HeadRef: "topic"}, false},
		{"the merge queue", own, pullrequest.WorkflowRun{Event: "merge_group", HeadRef: "gh-readonly-queue/main/pr-7-" + baseCommit}, true},
		{"a queue by another name", own, pullrequest.WorkflowRun{Event: "merge_group", HeadRef: "topic"}, false},
		{"a dispatch from the default branch", fork, pullrequest.WorkflowRun{Event: "workflow_dispatch", HeadRef: "main"}, true},
		{"a dispatch from the base", fork, pullrequest.WorkflowRun{Event: "workflow_dispatch", HeadRef: "release"}, true},
		{"a dispatch from any other branch", own, pullrequest.WorkflowRun{Event: "workflow_dispatch", HeadRef: "topic"}, false},
		{"nothing known", own, pullrequest.WorkflowRun{}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := &action{Options: Options{Job: workflow.Job{Payload: workflow.Payload{DefaultBranch: "main"}}}}
			if got := a.measured(test.pull, test.run); got != test.want {
				t.Errorf("believed: %v, want %v", got, test.want)
			}
		})
	}
}

// Anybody may push another's commit to a fork, and run there what he likes.
func TestAForksRunSpeaksForItsOwnPullRequests(t *testing.T) {
	pulls := []pullrequest.Pull{
		{Number: 1, Fork: true, HeadRepository: "Mallory/Hello-World"},
		{Number: 2, Fork: true, HeadRepository: "alice/Hello-World"},
		{Number: 3, HeadRepository: "octocat/Hello-World"},
		{Number: 4, Fork: true}, // the fork is gone
	}
	for fork, want := range map[string]int{"mallory/Hello-World": 1, "octocat/Hello-World": 0, "eve/Hello-World": 0, "": 0} {
		got := ofTheFork(pulls, fork)
		if len(got) != want {
			t.Errorf("%q: %+v", fork, got)
		}
	}
}
