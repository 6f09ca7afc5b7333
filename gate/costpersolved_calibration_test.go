package gate

import (
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// Cost per solved task finds what pass rate and typical cost leave open: each
// worse by less than its margin, and both together by nearly one. It is found
// least often where the gate stops early, and costs a regression of another kind
// nothing that the other calibrations do not allow for.
func TestCalibrationCostPerSolved(t *testing.T) {
	runs, allowance := calibrationRuns(t, 2000)
	both := world{tasks: 10, suite: realistic(t, 0.5, 0.9), change: thin(0.12), costFactor: 1.2}
	for _, test := range []struct {
		mode           Mode
		least, without float64 // P(regression), and what it is at most without the metric
	}{
		{Informed, 0.57, 0.59},
		{Strict, 0.49, 0.49},
		{Fixed, 0.56, 0.50},
	} {
		t.Run(string(test.mode), func(t *testing.T) {
			p := DefaultPolicy(10)
			p.Mode, p.Confirm = test.mode, false
			d := design{policy: p, baseline: 5, ordered: test.mode == Informed}
			limits{leastFail: test.least}.check(t, simulate(t, both, d, runs), allowance)
			d.policy.CostPerSolvedMaxRatio = 0
			limits{mostFail: test.without}.check(t, simulate(t, both, d, runs), allowance)
		})
	}
}

// When nothing changed, it fails no more often than its share of alpha: 0.010,
// whatever stops the gate.
func TestCalibrationCostPerSolvedKeepsItsShare(t *testing.T) {
	runs, allowance := calibrationRuns(t, 4000)
	for _, mode := range []Mode{Informed, Strict} {
		p := DefaultPolicy(10)
		p.Mode, p.Confirm = mode, false
		d := design{policy: p, baseline: 5, ordered: mode == Informed}
		r := simulate(t, world{tasks: 10, suite: realistic(t, 0.5, 0.9)}, d, runs)
		limit := p.alphaOf(compare.CostPerSolved)
		if t.Logf("%s: cost per solved fails %.4f", mode, r.perSolved); r.perSolved > limit+allowance(limit) {
			t.Errorf("%s: cost per solved fails %.4f of the time, want at most %.4f", mode, r.perSolved, limit)
		}
	}
}

// The first two attempts of every task are dearer beyond chance, and the third,
// which not every task has yet, makes up for it: a regression would stand above
// an estimate that is inside the guard.
func TestCostPerSolvedFailsOnlyWhereItsPrintedEstimateIsBad(t *testing.T) {
	const tasks = 12
	solved := true
	trial := func(task, attempt int, usd float64) baselines.Trial {
		return baselines.Trial{
			Task: simulatedTask(task), Attempt: attempt, Try: 1, Ended: baselines.Finished,
			Solved: &solved, CostUSD: &baselines.CostUSD{Main: usd},
		}
	}
	third := func(factor float64) Status {
		stored := &baselines.Run{Header: simulatedHeader(tasks, 5)}
		for attempt := range 5 {
			for task := range tasks {
				stored.Trials = append(stored.Trials, trial(task, attempt+1, 1))
			}
		}
		p := DefaultPolicy(tasks)
		p.TypicalCostMaxRatio, p.Beta = 0, 1e-9 // nothing else decides
		g := open(p, stored, stored.Header, new(tables))
		for attempt, factor := range []float64{1, 2.2, factor} {
			for task := range tasks - attempt/2 {
				g.consume(trial(task, attempt+1, factor))
			}
		}
		g.askPerSolved()
		return g.perSolved.finding().status
	}
	if dear, cheap := third(2.2), third(0.2); dear != Worse || cheap != Unclear {
		t.Errorf("third attempts that are dear too: %s, that are cheap: %s; want worse, unclear", dear, cheap)
	}
}

// Holm's procedure with the weights 5, 3 and 2: a metric's first threshold is its
// share of alpha, and what a rejected one leaves goes to the others.
func TestHolmHasTheSharesOfTheOtherModes(t *testing.T) {
	for _, c := range []struct {
		passRate, typical, perSolved float64
		want                         int
	}{
		{0.025, 1, 1, 1},
		{0.026, 1, 1, 0},
		{1, 0.015, 1, 1},
		{1, 1, 0.011, 0},
		{0.025, 0.030, 0.05, 3}, // 0.05·3/5, then all of 0.05
		{0.025, 0.031, 0.001, 3},
		{0.032, 0.5, 0.010, 1}, // 0.05·5/8 is 0.03125
	} {
		tests := []test{
			{metric: compare.PassRate, pWorse: c.passRate},
			{metric: compare.TypicalCost, pWorse: c.typical},
			{metric: compare.CostPerSolved, pWorse: c.perSolved},
		}
		if got := holm(tests, 0.05); len(got) != c.want {
			t.Errorf("p values %v, %v, %v: %v rejected, want %d", c.passRate, c.typical, c.perSolved, got, c.want)
		}
	}
}
