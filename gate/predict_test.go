package gate_test

import (
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/google/go-cmp/cmp"
)

func TestForecast(t *testing.T) {
	const simulations = 300
	baseline := run(baselines.Baseline, "old", usual, costing(1, 1))
	for i := range baseline.Trials {
		baseline.Trials[i].Seconds.Total = 60
	}
	candidate := header(baselines.Candidate, "new", 10, 5)
	p := policy(gate.Auto)
	order := gate.Order(p, baseline, candidate.Suite, 5, 1, nil)
	f := gate.Predict(p, baseline, candidate, order, simulations, 1)

	if f.Mode != gate.Informed || f.Trials != 50 {
		t.Errorf("mode %s, %d trials, want informed and 50", f.Mode, f.Trials)
	}
	// The study finds 0.935 and 0.79 for such a design.
	if f.Unchanged.Pass < 0.8 || f.Unchanged.Regression > 0.05 {
		t.Errorf("unchanged: %+v", f.Unchanged)
	}
	if f.AtMargin.Regression < 0.6 || f.AtMargin.Pass > 0.15 {
		t.Errorf("at the margin: %+v", f.AtMargin)
	}
	if f.Unchanged.Trials >= 50 || *f.Unchanged.USD >= *f.WorstUSD {
		t.Errorf("nothing is saved: %v trials, $%v of $%v", f.Unchanged.Trials, *f.Unchanged.USD, *f.WorstUSD)
	}
	within(t, "worst seconds", *f.WorstSeconds, 3000)
	if sum := f.Unchanged.Pass + f.Unchanged.Regression + f.Unchanged.Inconclusive; sum < 0.999 || sum > 1.001 {
		t.Errorf("the odds sum to %v", sum)
	}
	if f.WithOneMore >= f.SmallestDrop {
		t.Errorf("one more attempt sees %v instead of %v", f.WithOneMore, f.SmallestDrop)
	}
	if diff := cmp.Diff(f, gate.Predict(p, baseline, candidate, order, simulations, 1)); diff != "" {
		t.Errorf("the same arguments give another forecast:\n%s", diff)
	}
}

func TestForecastWithoutBaseline(t *testing.T) {
	candidate := header(baselines.Candidate, "new", 10, 5)
	p := policy(gate.Auto)
	f := gate.Predict(p, nil, candidate, gate.Order(p, nil, candidate.Suite, 5, 1, nil), 300, 1)
	if f.Mode != gate.Strict || f.WorstUSD != nil || f.Unchanged.USD != nil {
		t.Errorf("a live baseline: mode %s, dollars %v", f.Mode, f.WorstUSD)
	}
	if f.Unchanged.Pass < 0.6 || f.Unchanged.Regression > 0.06 {
		t.Errorf("unchanged: %+v", f.Unchanged)
	}
}

// Ten tasks once: almost nothing can be decided, and the forecast says so.
func TestForecastOfTenTasksOnce(t *testing.T) {
	baseline := run(baselines.Baseline, "old", all(10, "s").but("f", 7, 8, 9), costing(1, 1))
	candidate := header(baselines.Candidate, "new", 10, 1)
	p := policy(gate.Fixed)
	f := gate.Predict(p, baseline, candidate, gate.Order(p, baseline, candidate.Suite, 1, 1, nil), 60, 1)
	if f.Unchanged.Pass > 0 || f.AtMargin.Regression > 0.3 {
		t.Errorf("ten trials decide: %+v, %+v", f.Unchanged, f.AtMargin)
	}
}
