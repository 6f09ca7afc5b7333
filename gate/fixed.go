package gate

import (
	"cmp"
	"math"
	"slices"

	"github.com/benchgate/benchgate/compare"
)

// test is one gated metric read once: what speaks against each of the two
// hypotheses, and whether the estimate agrees.
type test struct {
	metric compare.Metric
	why    *compare.Fact // why the metric has no answer; nil when it has one

	pWorse  float64 // p value of "nothing got worse"
	bad     bool    // the estimate is worse by failGuard of the margin, or more
	ruleOut bool    // "worse by the margin" is rejected at beta
	good    bool    // the estimate is within half the margin
	pBetter float64 // p value of "nothing got better"
}

// readOnce applies the fixed design to every gated metric. Regressions are
// tested by Holm's procedure over all of them, so that alpha is the chance of
// any false one.
func readOnce(p Policy, c *compare.Tests) []finding {
	var tests []test
	for _, m := range p.gated() {
		tests = append(tests, testOf(m, p, c))
	}
	worse := holm(tests, p.Alpha)
	findings := make([]finding, 0, len(tests))
	for _, t := range tests {
		findings = append(findings, t.finding(worse[t.metric], p.Alpha))
	}
	return findings
}

func testOf(m compare.Metric, p Policy, c *compare.Tests) test {
	switch {
	case m == compare.PassRate:
		return passRateTest(p, c)
	case basisOf(c).costDoubt() != nil:
		return test{metric: m, why: basisOf(c).costDoubt(), pWorse: 1, pBetter: 1}
	case m == compare.TypicalCost:
		return typicalCostTest(p, c)
	}
	return costPerSolvedTest(p, c.CostPerSolvedTest, c.PerSolved, p.Beta)
}

func (t test) finding(rejected bool, alpha float64) finding {
	return finding{
		metric: t.metric, status: t.status(rejected, alpha), why: t.why,
		worseShown: rejected, marginRuledOut: t.ruleOut,
	}
}

func (t test) status(rejected bool, alpha float64) Status {
	switch {
	case t.why != nil:
		return StatusNotMeasured
	case t.ruleOut && t.good && t.pBetter <= alpha:
		return Better
	case t.ruleOut && t.good:
		return NoWorse
	case rejected && t.bad:
		return Worse
	}
	return Unclear
}

// holm says for which metrics "nothing got worse" is rejected: each p value is
// compared with the metric's share of alpha by its weight among those that are not
// rejected yet, the one first that is smallest for its weight, until one is not
// rejected. The chance that any is rejected wrongly is alpha at most, however
// the metrics are correlated. The weights are those of the other modes: with equal
// ones the pass rate would pay for both cost metrics.
//
// Source: Holm, Scandinavian Journal of Statistics 6 (1979) 65-70.
func holm(tests []test, alpha float64) map[compare.Metric]bool {
	rejected := make(map[compare.Metric]bool)
	weight := func(t test) float64 { return alphaWeights[t.metric] }
	left := 0.0
	for _, t := range tests {
		left += weight(t)
	}
	ordered := slices.SortedStableFunc(slices.Values(tests), func(a, b test) int {
		return cmp.Compare(a.pWorse/weight(a), b.pWorse/weight(b))
	})
	for _, t := range ordered {
		if t.pWorse > alpha*weight(t)/left {
			break
		}
		rejected[t.metric] = true
		left -= weight(t)
	}
	return rejected
}

// rounding lets an estimate that is exactly at a guard count as there.
const rounding = 1e-9

// passRateTest rules out a loss of the margin when the score at -margin, about
// standard normal if the loss were exactly that, reaches the normal quantile
// 1-beta: the lower limit of the interval at that level is above -margin. Nothing
// in it pairs attempts by their numbers. Differences of pass rates are positive
// when the candidate is better, so its guards have the opposite sign of those of
// costs.
func passRateTest(p Policy, c *compare.Tests) test {
	rates := c.PassRates
	if len(rates) == 0 {
		return test{metric: compare.PassRate, why: &compare.Fact{Code: compare.NothingToCompare}, pWorse: 1, pBetter: 1}
	}
	d := rates.Difference()
	return test{
		metric:  compare.PassRate,
		pWorse:  rates.PWorse(),
		bad:     d.Delta() <= -failGuard*p.PassRateMaxDrop+rounding,
		ruleOut: d.Score(-p.PassRateMaxDrop) >= compare.NormalQuantile(1-p.Beta) && enoughToPass(p, rates.CandidateAttempts(), d.Delta()),
		good:    d.Delta() >= -passGuard*p.PassRateMaxDrop-rounding,
		pBetter: rates.PBetter(),
	}
}

// typicalCostTest works on log ratios, where the margin is log(max ratio) and no
// change is 0: the signed-rank test asks whether the tasks' lie above 0, and the
// upper limit of the interval at 1-beta whether their mean lies below the margin.
func typicalCostTest(p Policy, c *compare.Tests) test {
	cost := c.TypicalCostTest
	if cost.Tasks() == 0 {
		return test{metric: compare.TypicalCost, why: &compare.Fact{Code: NoKnownCosts}, pWorse: 1, pBetter: 1}
	}
	margin := math.Log(p.TypicalCostMaxRatio)
	limits, exist := cost.Interval(p.Beta)
	if !exist { // the costs did not vary, or there is one task
		limits.High = math.Inf(1)
		if cost.PBelow(margin) <= p.Beta {
			limits.High = cost.Mean
		}
	}
	return test{
		metric:  compare.TypicalCost,
		pWorse:  cost.PAbove(0),
		bad:     cost.Mean >= failGuard*margin-rounding,
		ruleOut: limits.High < margin,
		good:    cost.Mean <= passGuard*margin+rounding,
		pBetter: cost.PBelow(0),
	}
}
