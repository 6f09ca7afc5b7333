package compare_test

import (
	"fmt"

	"github.com/benchgate/benchgate/compare"
)

// The quickstart's candidate has a dearer price list, asks half as often, and fails
// more. docs/statistics.md works this out by hand.
func ExampleWhy() {
	w := compare.Compare(quickstart()).Why

	fmt.Printf("cost per solved task: ×%.2f / ×%.2f = ×%.2f, at equal prices ×%.2f\n",
		*w.Factors.CostPerTrial, *w.Factors.Solved, *w.Factors.CostPerTrial / *w.Factors.Solved, *w.RatioAtEqualPrices)
	p := w.PerTrial
	fmt.Printf("a trial: prices %+.4f, requests %+.4f, cache writes %+.4f, cache reads %+.4f, output and input %+.4f\n",
		*p.Price, p.Requests, *p.CacheWrite, *p.CacheRead, *p.Output+*p.Input)
	fmt.Printf("together %+.4f: $%.4f → $%.4f\n", p.Sum(), w.TrialUSD.Baseline, w.TrialUSD.Candidate)
	fmt.Printf("cheaper: %s $%.3f an unsolved task\n", w.BreakEven.Cheaper, *w.BreakEven.USD)
	// Output:
	// cost per solved task: ×0.85 / ×0.59 = ×1.44, at equal prices ×0.86
	// a trial: prices +0.1064, requests -0.1477, cache writes +0.0160, cache reads -0.0055, output and input -0.0015
	// together -0.0323: $0.2105 → $0.1782
	// cheaper: candidate_below $0.083 an unsolved task
}
