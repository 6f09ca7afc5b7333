package gate_test

import (
	"fmt"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
)

// Ten tasks once: 7 solved for $8.51 against 8 solved for $8.06. That newer
// model may well be better; these runs cannot show it, nor that it is no
// worse.
func ExampleDecide() {
	baseline := run(baselines.Baseline, "opus-4-7", all(10, "s").but("f", 6, 7, 8), bill(8.51, 0, 3, 6, 8))
	candidate := run(baselines.Candidate, "opus-4-8", all(10, "s").but("f", 7, 8), bill(8.06, 1, 5, 9))

	p := gate.DefaultPolicy(10)
	p.Mode = gate.Fixed
	v := gate.Decide(p, baseline, candidate)

	fmt.Println(v.Outcome, v.ExitCode)
	for _, f := range v.Findings {
		fmt.Println(f.Metric, f.Status, f.Says)
	}
	fmt.Println(v.Settle.By, v.Settle.Attempts)
	// Output:
	// inconclusive 3
	// pass_rate unclear too_few_attempts
	// typical_cost no_worse margin_ruled_out
	// cost_per_solved no_worse margin_ruled_out
	// more_attempts 1
}

// bill spreads dollars over ten tasks as unevenly as real ones, and as
// differently from run to run: odd holds what the other run spent more.
func bill(usd float64, odd ...int) func(task, attempt int) float64 {
	shares := []float64{0.01, 0.02, 0.02, 0.03, 0.05, 0.08, 0.13, 0.16, 0.2, 0.3}
	for _, task := range odd {
		shares[task] *= 0.6
	}
	sum := 0.0
	for _, share := range shares {
		sum += share
	}
	return func(task, _ int) float64 { return usd * shares[task] / sum }
}

// A live gate: the verdict stands after ten of fifty trials, the other forty
// are not paid for.
func ExampleGate() {
	suite := all(10, "sssss").but("fffff", 8, 9)
	baseline := run(baselines.Baseline, "old", suite, costing(1, 1))
	candidate := run(baselines.Candidate, "new", suite.but("fffff", 0, 1, 2), costing(1, 2))

	g, err := gate.Open(gate.DefaultPolicy(10), baseline, candidate.Header)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, trial := range candidate.Trials { // as they finish
		if g.Add(trial); g.Stands() {
			break
		}
	}
	v := g.Verdict()
	fmt.Printf("%s after %d of %d trials, $%.0f not spent\n", v.Outcome, v.TrialsUsed, v.TrialsPlanned, *v.USDSaved)
	// Output:
	// regression after 10 of 50 trials, $28 not spent
}
