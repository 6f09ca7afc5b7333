package run_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/realparts"
)

// The engine is on another machine: the real client asks the model, and sends its
// telemetry, through the engine's API.
func TestTrialsOnAnEngineFarAway(t *testing.T) {
	r := newRig(t)
	r.npm(claude(t))
	r.scripted(filepath.Join(e2eDir, "settings.yaml"))
	host, _ := realparts.FarEngine(t)
	t.Setenv("DOCKER_HOST", host)
	result := r.mustRun(`
suite: {name: settings, tasks: [{path: tasks/bring-settings}]}
compare: model
baseline: {agent: claude-code@2.1.330, model: claude-opus-4-7, from: live}
candidate: {agent: claude-code@2.1.330, model: claude-opus-4-8}
sandbox: docker
limits: {attempts: 2, usd: 10, usd_per_trial: 5, workers: 2}
gate: {mode: fixed}
`)
	for _, got := range slices.Concat(result.Baseline.Trials, result.Candidate.Trials) {
		if got.Ended != baselines.Finished || !got.IsSolved() || len(got.Flags) > 0 {
			t.Errorf("a trial ended as %s (%s), solved %v, flags %v", got.Ended, got.Reason, deref(got.Solved), got.Flags)
		}
		if got.Requests == nil || *got.Requests != 3 || got.Sources["tool_calls"] != "telemetry" {
			t.Errorf("%v requests were metered, want 3; tool calls are from %q, want telemetry", deref(got.Requests), got.Sources["tool_calls"])
		}
	}
	nothingLeft(t, filepath.Base(result.Dir), nil)
}
