package gate

import (
	"cmp"
	"maps"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// A typical cost inside its margin says nothing about the bill: a few trials that
// run away may double it and leave the typical trial where it was. So a pass is
// withheld while the bill (the total cost) is above the typical cost's margin
// and above the baseline's beyond chance. Where it is above the margin and chance
// explains that, the pass stands, and a caveat names the trials that made it.

// billAlpha is the error rate of the bill's swap test. It is far below the gate's
// own, because an unchanged candidate must not lose its pass to it: the bill is
// what a few tasks with wide scatter make it.
const billAlpha = 0.01

// dearBill says that the bill is above the margin, and by which trials: with code
// BillWorse where a pass is withheld for it, else BillHigh. Nil when it is not
// above, or the typical cost is not gated.
func dearBill(p Policy, c *compare.Tests, baseline, candidate *baselines.Run) *compare.Fact {
	ratio, margin, high := billAbove(p, c)
	if !high {
		return nil
	}
	f := &compare.Fact{Code: BillHigh, Value: finite(ratio), Margin: finite(margin)}
	f.Trials, f.Count = dearest(baseline, candidate, margin)
	if billWorse(p, c) {
		f.Code = BillWorse
	}
	return f
}

// billWorse reports whether the bill is above the margin, and dearer than the
// baseline's beyond chance.
func billWorse(p Policy, c *compare.Tests) bool {
	_, _, high := billAbove(p, c)
	return high && c.CostPerSolvedTest.Totals().PUpper(1) <= billAlpha
}

// billAbove compares the bill with the margin; high is false where there is none.
func billAbove(p Policy, c *compare.Tests) (ratio, margin float64, high bool) {
	ratio, exists := c.CostPerSolvedTest.Totals().Ratio()
	margin, gated := p.margin(compare.TypicalCost)
	return ratio, margin, gated && exists && ratio > margin+rounding
}

// withholds reports whether the bill keeps the gate from a pass now.
func (g *Gate) withholds() bool {
	return billWorse(g.policy, compare.NewTests(g.baseline, g.candidate))
}

// mostNamed is how many trials a fact names.
const mostNamed = 10

// dearest are the trials without which the bill would not be above the margin:
// as few as possible, those first that are furthest above what the baseline
// takes for their task, and how many there are. Like the bill itself they are
// taken from the pairs whose costs are known, each task with the same weight.
func dearest(baseline, candidate *baselines.Run, margin float64) (named []compare.TrialCost, count int) {
	type excess struct {
		compare.TrialCost
		share float64 // of the bill, in US dollars, above the baseline's
	}
	var all []excess
	before, now := 0.0, 0.0
	for _, pairs := range pricedPairs(baseline, candidate) {
		n, usual := float64(len(pairs)), 0.0
		for _, p := range pairs {
			usual += p.baseline / n
		}
		before += usual
		for _, p := range pairs {
			now += p.candidate / n
			trial := compare.TrialCost{Task: p.key.Task, Attempt: p.key.Attempt, USD: p.candidate, UsualUSD: usual}
			all = append(all, excess{trial, (p.candidate - usual) / n})
		}
	}
	slices.SortStableFunc(all, func(a, b excess) int { return cmp.Compare(b.share, a.share) })
	for _, e := range all {
		if now <= margin*before+rounding || e.share <= 0 {
			break
		}
		now -= e.share
		if count++; count <= mostNamed {
			named = append(named, e.TrialCost)
		}
	}
	return named, count
}

// pricedPair is a pair's costs in US dollars.
type pricedPair struct {
	key                 baselines.Key
	candidate, baseline float64
}

// pricedPairs are the pairs whose costs are known on both sides: by task, in
// the order of their ids and of attempts.
func pricedPairs(baseline, candidate *baselines.Run) [][]pricedPair {
	known := func(r *baselines.Run) map[baselines.Key]float64 {
		out := make(map[baselines.Key]float64)
		for _, t := range r.Counted() {
			if usd, priced := compare.CostOf(&t); priced && t.Ended.Counts() {
				out[t.Key()] = usd
			}
		}
		return out
	}
	before, now := known(baseline), known(candidate)
	byTask := make(map[string][]pricedPair)
	keys := slices.SortedFunc(maps.Keys(now), func(a, b baselines.Key) int {
		return cmp.Or(cmp.Compare(a.Task, b.Task), cmp.Compare(a.Attempt, b.Attempt))
	})
	for _, k := range keys {
		if usd, paired := before[k]; paired {
			byTask[k.Task] = append(byTask[k.Task], pricedPair{k, now[k], usd})
		}
	}
	var out [][]pricedPair
	for _, task := range slices.Sorted(maps.Keys(byTask)) {
		out = append(out, byTask[task])
	}
	return out
}
