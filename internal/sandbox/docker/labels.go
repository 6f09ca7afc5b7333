package docker

import (
	"crypto/rand"
	"strings"
)

// The labels of everything made here, by which it is found again after a crash.
// Nothing without them is ever removed.
const (
	labelRun   = "benchgate.run"   // the run's ID
	labelTrial = "benchgate.trial" // containers only: the trial
	labelGuard = "benchgate.guard" // containers of the helper alone: what it does
	labelOwner = "benchgate.owner" // the process that made it: sandbox.Owner
	labelTools = "benchgate.tools" // volumes and the containers that fill them: name of the tools
	labelTask  = "benchgate.task"  // images: digest of the task
)

// labels are those of an object of a run; more has names and values in turn.
func (e *Engine) labels(run string, more ...string) map[string]string {
	labels := map[string]string{labelRun: run, labelOwner: e.owner.String()}
	for i := 0; i+1 < len(more); i += 2 {
		labels[more[i]] = more[i+1]
	}
	return labels
}

func (e *Engine) runOf(run string) string {
	if run == "" {
		return e.run
	}
	return run
}

// unique returns ten random characters that make a name unique.
func unique() string { return strings.ToLower(rand.Text()[:10]) }
