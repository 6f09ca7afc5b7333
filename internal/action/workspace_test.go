package action

import (
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/workflow"
)

func TestThePullRequestIsJudgedByItsBase(t *testing.T) {
	at := func(commit string) string {
		dir := t.TempDir()
		lay(t, dir, map[string]string{".git/HEAD": commit + "\n"})
		return dir
	}
	byEvent := ask{pull: 7, proposed: true, workspace: baseCommit}
	byHand := ask{pull: 7, proposed: true, workspace: baseCommit, dispatcher: "octocat"}
	for _, test := range []struct {
		name, workspace, says string
		ask                   ask
	}{
		{"the base", at(baseCommit), "", byEvent},
		{"whatever is there, where nothing is proposed", t.TempDir(), "", ask{}},
		{"the merge commit", at(otherSHA), "fffffff is checked out, and pull request 7 is judged by the files of 0a1b2c3: add to the step of actions/checkout: with: {ref: \"${{ github.event.pull_request.base.sha || github.event.merge_group.base_sha }}\"}", byEvent},
		{"nothing", t.TempDir(), "it is no git repository", byEvent},
		{"a head that a maintainer checked out", at(otherSHA), "leave out \"ref\"", byHand},
		{"the base, where the event did not say which it is", at(baseCommit), "is judged by the files of", ask{pull: 7, proposed: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := checkWorkspace(test.ask, workflow.Job{Workspace: test.workspace})
			if test.says == "" && err != nil || test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
				t.Errorf("the error is %v, want %q", err, test.says)
			}
		})
	}
}
