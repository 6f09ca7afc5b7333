package action

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/run"
	"github.com/benchgate/benchgate/internal/workflow"
)

// Every output that action.yml describes is set by a verdict that knows all, by the
// stored nights, or before the first trial, and no other.
func TestAVerdictSetsEveryOutput(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "runs", "20261124T101112.345Z-aaaaaa")
	lay(t, dir, map[string]string{"verdict.json": "{}", reportFile: "#"})
	one := 1.0
	v := gate.Verdict{Outcome: gate.Pass, TrialsUsed: 3, TrialsPlanned: 6, USDUsed: &one, USDSaved: &one, Metrics: map[compare.Metric]gate.Metric{
		compare.PassRate:      {Baseline: &one, Candidate: &one},
		compare.CostPerSolved: {Baseline: &one, Candidate: &one, Ratio: &one, Low: &one, High: &one},
	}}
	set := []string{"upload-path", "artifact-name"} // by tell, so that they are there when the step dies
	watched := nights{drift: &run.Drifted{DriftReport: gate.DriftReport{State: gate.DriftSteady}}}
	for _, o := range append((outcome{result: &run.Result{Verdict: v, Dir: dir}}).outputs(), watched.outputs()...) {
		if o.value == "" {
			t.Errorf("output %s is empty", o.name)
		}
		set = append(set, o.name)
	}
	var described []string
	for _, o := range workflow.Outputs() {
		described = append(described, o.Name)
	}
	slices.Sort(set)
	slices.Sort(described)
	if !slices.Equal(set, described) {
		t.Errorf("set are\n%q, described\n%q", set, described)
	}
}
