package gate

import (
	"math"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// solvedCost tests the cost per solved task: it may fail the gate, and a pass
// never waits for it. Pass rate and typical cost may both stay inside their
// margins while their product does not: 12 points fewer of 70 and 20 % dearer is
// 45 % dearer per solved task.
//
// It looks after the first round, when the other metrics have reached an
// answer, and at the end of the plan or of what can change the verdict, each
// time on the first r pairs of every task, r the fewest that any task has. So
// the sample of each r is the same whenever it is looked at, and has equally
// many attempts of every task. The swap test of one such sample is exact, and
// what the samples may spend adds up to the metric's share of alpha
// (Bonferroni): whatever stops the gate, and at whichever r, the chance of a
// false regression is that share at most.
type solvedCost struct {
	policy Policy
	rounds int // r can become no more than this
	seed   uint64

	pairs  [][]compare.SwapPair // by task, in the order of attempts
	looked int                  // r of the last look; 0 before the first
	last   finding              // what the last look found
	doubt  *compare.Fact        // why costs cannot be compared now; nil when they can
}

func newSolvedCost(p Policy, suite baselines.Suite, rounds int) *solvedCost {
	return &solvedCost{
		policy: p, rounds: rounds, seed: compare.SeedOf(suite),
		pairs: make([][]compare.SwapPair, len(suite.Tasks)),
		last:  finding{metric: compare.CostPerSolved, status: Unclear, why: &compare.Fact{Code: FirstRoundOpen}},
	}
}

// askPerSolved lets the cost per solved task look, where it is gated.
func (g *Gate) askPerSolved() {
	if g.perSolved != nil {
		g.perSolved.look(g.tally.basis().costDoubt(), func() compare.PerSolved { return compare.NewPerSolved(g.baseline, g.candidate) })
	}
}

func (t *solvedCost) observe(o observation) {
	if o.costs != nil {
		t.pairs[o.task] = append(t.pairs[o.task], *o.costs)
	}
}

// look tests the pairs so far, unless it has tested the same ones before. Beside
// them it asks for what is reported of all attempts: no answer may contradict the
// number beside it.
func (t *solvedCost) look(doubt *compare.Fact, reported func() compare.PerSolved) {
	t.doubt = doubt
	r := t.complete()
	if doubt != nil || r == t.looked {
		return
	}
	t.looked = r
	var pairs []compare.SwapPair
	for _, task := range t.pairs {
		pairs = append(pairs, task[:r]...)
	}
	share := lookShare(r, t.rounds)
	alpha := share * t.policy.alphaOf(compare.CostPerSolved)
	test := costPerSolvedTest(t.policy, compare.NewSwapTest(pairs, t.seed), reported(), share*t.policy.Beta)
	t.last = test.finding(test.pWorse <= alpha, alpha)
	t.last.evidence = &Evidence{P: test.pWorse, PAt: math.Round(1e6*alpha) / 1e6}
}

// complete is r: as many pairs with known costs as every task has.
func (t *solvedCost) complete() int {
	r := t.rounds
	for _, pairs := range t.pairs {
		r = min(r, len(pairs))
	}
	return r
}

// lookShare is the part of its error rates that the metric may spend on the
// first r of so many rounds of pairs: a third at the first round, which every
// gate looks at, a third at the last, which all look at that were not stopped,
// and a third together for those between, most of which no gate looks at.
func lookShare(r, rounds int) float64 {
	switch between := rounds - 2; {
	case between <= 0:
		return 1 / float64(rounds)
	case r == 1 || r == rounds:
		return 1.0 / 3
	default:
		return 1.0 / 3 / float64(between)
	}
}

// prospect: pairs to come may make it worse, and no pass depends on it.
func (t *solvedCost) prospect(l left) prospect {
	return prospect{worse: l.pairs > 0 && l.best.costDoubt() == nil, passes: true}
}

func (t *solvedCost) finding() finding {
	f := t.last
	if t.doubt != nil {
		f.why, f.status, f.evidence = t.doubt, StatusNotMeasured, nil
	}
	return f
}

// costPerSolvedTest needs no ratio for a regression: a candidate that solves
// nothing, where the baseline solved something, is infinitely dear. The swaps show
// whether it got worse; the guards, and whether the margin is ruled out at the error
// rate beta, are those of the ratio that is reported.
func costPerSolvedTest(p Policy, swaps *compare.SwapTest, reported compare.PerSolved, beta float64) test {
	t := test{metric: compare.CostPerSolved, pWorse: swaps.PUpper(1), pBetter: swaps.PLower(1)}
	switch sums := swaps.Sums(); {
	case reported.Exists:
		margin, log := math.Log(p.CostPerSolvedMaxRatio), math.Log(reported.Ratio)
		t.bad = log >= failGuard*margin-rounding
		t.good = log <= passGuard*margin+rounding
		t.ruleOut = swaps.PLower(p.CostPerSolvedMaxRatio) <= beta
		if reported.Within != nil {
			limits, exist := reported.Within.Interval(beta)
			t.ruleOut = exist && limits.High < margin
		}
	case sums.S1 == 0 && sums.S0 > 0:
		t.bad = true
	case sums.S1 == 0:
		t.why = &compare.Fact{Code: compare.SolvedNone}
	case sums.S0 == 0:
		t.why = &compare.Fact{Code: compare.SolvedNone, Arm: baselines.Baseline}
	default:
		t.why = &compare.Fact{Code: OneSideFree}
	}
	return t
}
