package run_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/run"
)

// Neither the settings that a task's image has for the agent nor those that the
// agent writes while it works lead its requests or its telemetry elsewhere.
func TestSettingsLeadNoRequestElsewhere(t *testing.T) {
	r := newRig(t)
	r.npm(claude(t))
	r.scripted(filepath.Join(e2eDir, "settings.yaml"))
	wantAllThroughTheMeter(t, r.mustRun(bringSettings(1)))
}

// bringSettings is the configuration of the real client on a task whose image has
// settings for it.
func bringSettings(attempts int) string {
	return fmt.Sprintf(`
suite: {name: settings, tasks: [{path: tasks/bring-settings}]}
compare: model
baseline: {agent: claude-code@2.1.330, model: claude-opus-4-7, from: live}
candidate: {agent: claude-code@2.1.330, model: claude-opus-4-8}
sandbox: docker
limits: {attempts: %d, usd: 10, usd_per_trial: 5, workers: 2}
gate: {mode: fixed}
`, attempts)
}

func wantAllThroughTheMeter(t *testing.T, result *run.Result) {
	t.Helper()
	for _, got := range slices.Concat(result.Baseline.Trials, result.Candidate.Trials) {
		if got.Ended != baselines.Finished || !got.IsSolved() || len(got.Flags) > 0 {
			t.Errorf("a trial ended as %s (%s), solved %v, flags %v", got.Ended, got.Reason, deref(got.Solved), got.Flags)
		}
		if got.Requests == nil || *got.Requests != 3 || got.Sources["tool_calls"] != "telemetry" {
			t.Errorf("%v requests were metered, want 3; tool calls are from %q, want telemetry", deref(got.Requests), got.Sources["tool_calls"])
		}
	}
}
