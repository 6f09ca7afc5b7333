package action

import (
	"fmt"

	"github.com/benchgate/benchgate/internal/workflow"
)

// CheckoutRef is what actions/checkout needs as its ref, so that a pull request
// is judged by the files of its base.
const CheckoutRef = "${{ github.event.pull_request.base.sha || github.event.merge_group.base_sha }}"

// checkWorkspace makes sure that suite, lock, gate, limits and all else that
// decides comes from where the pull request cannot write.
func checkWorkspace(a ask, job workflow.Job) error {
	if !a.proposed {
		return nil
	}
	at, err := checkedOut(job.Workspace)
	if err != nil {
		return fmt.Errorf("%w; %s", err, a.howToCheckOut())
	}
	if at == a.workspace {
		return nil
	}
	return fmt.Errorf("%s is checked out, and pull request %d is judged by the files of %s: %s", short(at), a.pull, short(a.workspace), a.howToCheckOut())
}

func (a ask) howToCheckOut() string {
	if a.dispatcher != "" {
		return "leave out \"ref\" in the step of actions/checkout, so that it takes the branch from which the workflow was started"
	}
	return "add to the step of actions/checkout: with: {ref: \"" + CheckoutRef + "\"}"
}

// short is a commit as people write it.
func short(commit string) string { return commit[:min(7, len(commit))] }
