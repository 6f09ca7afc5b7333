package compare

import "github.com/benchgate/benchgate/baselines"

// ratiosOfSums compares what is one sum over another: dollars per solved task,
// dollars, failed tool calls per call.
func (c *Comparison) ratiosOfSums(tasks []matchedTask, seed uint64) {
	c.Estimates[CostPerSolved] = swapEstimate("usd", c.CostPerSolvedTest)
	c.Estimates[TotalCost] = swapEstimate("usd", c.CostPerSolvedTest.Totals())
	c.Estimates[ToolErrorRate] = swapEstimate("errors_per_call", NewSwapTest(swapPairs(tasks, toolErrorsOf, toolCallsOf), seed))
	e := c.Estimates[CostPerSolved]
	e.Notes = c.CostPerSolvedTest.zeroSolved()
	c.Estimates[CostPerSolved] = e
}

// zeroSolved says which side solved nothing, if one did.
func (t *SwapTest) zeroSolved() []Fact {
	switch {
	case t.pairs == 0:
		return nil
	case t.total.S1 == 0 && t.total.S0 == 0:
		return []Fact{{Code: SolvedNone}}
	case t.total.S1 == 0:
		return []Fact{{Code: SolvedNone, Arm: baselines.Candidate}}
	case t.total.S0 == 0:
		return []Fact{{Code: SolvedNone, Arm: baselines.Baseline}}
	}
	return nil
}

// swapPairs lists the pairs of attempts for which all four numbers are known:
// cost and what it bought (dollars and solved tasks, errors and calls), on both
// sides.
func swapPairs(tasks []matchedTask, cost, bought quantity) []SwapPair {
	var out []SwapPair
	for _, t := range tasks {
		for _, p := range t.pairs {
			c1, known1 := cost(p.candidate)
			c0, known0 := cost(p.baseline)
			s1, counted1 := bought(p.candidate)
			s0, counted0 := bought(p.baseline)
			if known1 && known0 && counted1 && counted0 {
				out = append(out, SwapPair{c1, s1, c0, s0})
			}
		}
	}
	return out
}

// swapEstimate reads a test out: both sides' quotients (sums, for totals), their
// ratio and interval, and the p values of a ratio of 1. A side that bought
// nothing has no quotient, and then there is no ratio, while the p values exist.
func swapEstimate(unit string, t *SwapTest) Estimate {
	e := Estimate{Unit: unit, Method: "swap", Basis: t.Pairs()}
	if t.Pairs() == 0 {
		return e
	}
	if t.totals {
		e.Baseline, e.Candidate = finite(t.total.C0), finite(t.total.C1)
	} else {
		e.Baseline, e.Candidate = finite(t.total.C0/t.total.S0), finite(t.total.C1/t.total.S1)
	}
	e.PWorse, e.PBetter = finite(t.PUpper(1)), finite(t.PLower(1))
	if ratio, ok := t.Ratio(); ok {
		e.Ratio = finite(ratio)
	}
	if limits, ok := t.Interval(oneSided); ok {
		e.Low, e.High = finite(limits.Low), finite(limits.High)
	}
	return e
}
