package compare

import (
	"math"

	"github.com/benchgate/benchgate/baselines"
)

// PerSolved is the ratio of both sides' costs per solved task, candidate over
// baseline, as it is reported.
type PerSolved struct {
	Ratio  float64
	Exists bool // false where a side solved nothing, or cost nothing

	// Within is the logarithm of Ratio with the spread of the attempts inside
	// tasks; nil where that cannot be estimated. Then Ratio is of the pairs alone.
	Within *Student
}

// NewPerSolved is that of two runs, without a test.
func NewPerSolved(baseline, candidate *baselines.Run) PerSolved {
	tasks := match(baseline, candidate)
	return perSolvedOf(billsOf(tasks, CostOf, solvedOf), sumsOf(swapPairs(tasks, CostOf, solvedOf)))
}

func perSolvedOf(b bills, pairs SwapPair) PerSolved {
	if within, ok := b.within(); ok {
		return PerSolved{Ratio: math.Exp(within.Mean), Exists: true, Within: &within}
	}
	ratio, ok := (&SwapTest{total: pairs}).Ratio()
	return PerSolved{Ratio: ratio, Exists: ok}
}
