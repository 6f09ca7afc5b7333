package compare

import (
	"math"

	"github.com/benchgate/benchgate/baselines"
)

// ratiosOfSums compares what is one sum over another: dollars per solved task,
// dollars, failed tool calls per call.
func (c *Comparison) ratiosOfSums(tasks []matchedTask, seed uint64) {
	dollars := billsOf(tasks, CostOf, solvedOf)
	perSolved := dollars.estimate("usd", c.CostPerSolvedTest)
	if within := c.PerSolved.Within; within != nil {
		perSolved.Method, perSolved.Ratio, perSolved.Notes = "within-task", finite(c.PerSolved.Ratio), nil
		perSolved.limits(exponentials(within.Interval(oneSided)))
	}
	perSolved.Notes = append(perSolved.Notes, c.CostPerSolvedTest.zeroSolved()...)
	c.Estimates[CostPerSolved] = perSolved
	c.Estimates[TotalCost] = dollars.estimate("usd", c.CostPerSolvedTest.Totals())
	errors := NewSwapTest(swapPairs(tasks, toolErrorsOf, toolCallsOf), seed)
	c.Estimates[ToolErrorRate] = billsOf(tasks, toolErrorsOf, toolCallsOf).estimate("errors_per_call", errors)
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
// sides. A pair of a task with n of them has the weight 1/n, so that each task
// has the same weight in every sum, whatever its number of attempts. A weight
// changes nothing about which half of the pair could have been the other.
func swapPairs(tasks []matchedTask, cost, bought quantity) []SwapPair {
	var out []SwapPair
	for _, t := range tasks {
		first := len(out)
		for _, p := range t.pairs {
			one, known1 := billOf(p.candidate, cost, bought)
			zero, known0 := billOf(p.baseline, cost, bought)
			if known1 && known0 {
				out = append(out, SwapPair{one.cost, one.bought, zero.cost, zero.bought})
			}
		}
		for i := first; i < len(out); i++ {
			out[i] = out[i].times(1 / float64(len(out)-first))
		}
	}
	return out
}

func (p SwapPair) times(weight float64) SwapPair {
	return SwapPair{weight * p.C1, weight * p.S1, weight * p.C0, weight * p.S0}
}

// estimate reads a test out: both sides' quotients (sums, for totals), the pairs'
// ratio with its interval, and the p values of a ratio of 1. A side that bought
// nothing has no quotient, and then there is no ratio, while the p values exist.
func (b bills) estimate(unit string, t *SwapTest) Estimate {
	e := Estimate{Unit: unit, Method: "swap", Basis: t.Pairs()}
	if t.Pairs() == 0 {
		return e
	}
	candidate, baseline := b.sums()
	if t.totals {
		candidate.bought, baseline.bought = 1, 1
	}
	e.Candidate, e.Baseline = finite(candidate.cost/candidate.bought), finite(baseline.cost/baseline.bought)
	e.PWorse, e.PBetter = finite(t.PUpper(1)), finite(t.PLower(1))
	if ratio, ok := t.Ratio(); ok {
		e.Ratio = finite(ratio)
		e.Notes = e.besideValues()
	}
	e.limits(t.Interval(oneSided))
	return e
}

// besideValues says so where the ratio is not the quotient of the two values:
// the values rest on all attempts, the ratio on those that both sides have.
func (e Estimate) besideValues() []Fact {
	if e.Candidate == nil || e.Baseline == nil || math.Abs(*e.Candidate-*e.Ratio**e.Baseline) > 1e-9**e.Candidate {
		return []Fact{{Code: PairsBesideValues}}
	}
	return nil
}
