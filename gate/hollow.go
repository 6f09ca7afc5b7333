package gate

import (
	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// hardlyFalls is how unsure it may be that the baseline solves more than the
// margin.
const hardlyFalls = 0.10

// canFall reports that the baseline solves so much that a loss of the margin
// would show. Where it does not, "no worse" is true of a candidate that solves
// nothing, and a pass would be hollow.
//
// It asks that the lower limit of Clopper and Pearson, one-sided at 90 %, of the
// rate of all judged attempts is above the margin, that is P(Bin(attempts,
// margin) >= solved) < 0.10, and that probability is I_margin(solved, attempts -
// solved + 1). At a margin of 20 points it takes 3 of 6 attempts, 7 of 20 or 15
// of 50.
//
// Source: Clopper and Pearson, Biometrika 26 (1934) 404-413.
func (b basis) canFall(margin float64) bool {
	solved, failed := float64(b.baseline.Solved), float64(b.baseline.Attempts-b.baseline.Solved)
	return solved > 0 && compare.BetaCDF(margin, solved, failed+1) < hardlyFalls
}

func (b basis) nothingCanFall(p Policy) compare.Fact {
	return compare.Fact{
		Code: NothingCanFall, Arm: baselines.Baseline,
		Count: b.baseline.Solved, Of: b.baseline.Attempts, Margin: finite(p.PassRateMaxDrop),
	}
}

// nothingToLose reports that the rate of the baseline's judged attempts is the
// margin at most: more attempts would only say so more surely.
func (b basis) nothingToLose(margin float64) bool {
	return float64(b.baseline.Solved) <= margin*float64(b.baseline.Attempts)+rounding
}

// roundsToFall is how many more attempts at each of so many tasks would show
// that the baseline can fall, if its rate stays; 0 when it can, and more than can
// be asked for when it cannot.
func (b basis) roundsToFall(margin float64, tasks int) int {
	solved, attempts := b.baseline.Solved, b.baseline.Attempts
	for rounds := range mostMoreAttempts + 1 {
		if b.baseline.Attempts = attempts + rounds*tasks; attempts > 0 {
			b.baseline.Solved = solved * b.baseline.Attempts / attempts
		}
		if b.canFall(margin) {
			return rounds
		}
	}
	return mostMoreAttempts + 1
}

// atBest is the upper limit of Clopper and Pearson, as one-sided, of the
// baseline's rate: what its attempts to come may show, 0 to 1.
func atBest(baseline compare.Side) float64 {
	solved, failed := float64(baseline.Solved), float64(baseline.Attempts-baseline.Solved)
	if failed == 0 {
		return 1
	}
	return solve(0, 1, func(rate float64) bool { return compare.BetaCDF(rate, solved+1, failed) < 1-hardlyFalls })
}

// hollow reports that the baseline will hardly be able to fall at the end of the
// plan either. A stored one is what it is; one that is measured now may rise, and
// is given its upper limit. It is not said before a round is through: whoever
// asked for numbers gets those of every task.
func (g *Gate) hollow(l left) bool {
	return g.rounds > 0 && !l.best.canFall(g.policy.PassRateMaxDrop)
}

// hollowed is the pass rate's prospect beside such a baseline: a pass only if
// the candidate may be better, and a regression only if there is enough to lose
// for the guard of one.
func (g *Gate) hollowed(p prospect, l left) prospect {
	b := l.best.baseline
	most := max(g.tally.baselineRate(), float64(b.Solved)/float64(max(b.Attempts, 1)))
	_, everyTask := g.tally.delta()
	p.worse = p.worse && (!everyTask || most >= failGuard*g.policy.PassRateMaxDrop)
	p.passes = p.passes && g.gain.mayShow()
	return p
}
