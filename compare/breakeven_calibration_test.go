package compare

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/benchgate/benchgate/internal/realparts"
)

// Ten tasks, in worlds where one side is truly cheaper and the other truly solves
// more. How often does the interval hold the price at which both come to the same?
// The test asks whether the halves of pairs could be exchanged, which between two
// different models they could not, and with unequal attempts it knows less of the
// spread than the estimate has: there the interval is wider than it says.
func TestCalibrationBreakEven(t *testing.T) {
	const least, mostOneSided = 0.88, 0.09
	runs, allowance := calibrationRuns(t, 2000)
	for _, attempts := range [][2]int{{3, 3}, {2, 5}} { // candidate, baseline
		for _, world := range trades {
			random := rand.New(rand.NewPCG(11, 12))
			var found misses
			bounded, open := 0, 0
			for found.intervals < runs {
				b, truth := drawBreakEven(random, world.draw(random, 10), attempts[0], attempts[1])
				if !(truth > 0) || b.Level == 0 {
					continue // one side is, or seems to be, ahead in both
				}
				found.count(priceLimits(b), true)(truth)
				switch {
				case b.Low != nil && b.High != nil:
					bounded++
				case b.Low == nil && b.High == nil:
					open++
				}
			}
			below, above := found.rates()
			t.Logf("%d against %d attempts, %s: holds the truth %.3f, misses %.3f and %.3f; both limits %.2f, none %.2f",
				attempts[0], attempts[1], world.name, 1-below-above, below, above, float64(bounded)/float64(runs), float64(open)/float64(runs))
			if 1-below-above < least-allowance {
				t.Errorf("%s: holds the truth %.3f of the time, want %v", world.name, 1-below-above, least)
			}
			found.check(t, world.name, mostOneSided+allowance)
		}
	}
}

// trades are worlds in which what is cheaper solves less.
var trades = []struct {
	name string
	draw func(*rand.Rand, int) simulated
}{
	{"20 points lost, 30 percent cheaper", func(r *rand.Rand, tasks int) simulated { return trade(r, tasks, 0.2, 0.7) }},
	{"20 points lost, half as dear", func(r *rand.Rand, tasks int) simulated { return trade(r, tasks, 0.2, 0.5) }},
	{"20 points won, 30 percent dearer", func(r *rand.Rand, tasks int) simulated { return exchanged(trade(r, tasks, 0.2, 1/1.3)) }},
	{"one in twenty runs away", func(r *rand.Rand, tasks int) simulated {
		s := trade(r, tasks, 0.2, 0.5)
		s.runaways = 0.05
		return s
	}},
	{"different models", func(r *rand.Rand, tasks int) simulated {
		before, after := twoAgents(r, tasks, realparts.DrawPassRate)
		s := otherModel(r, unchanged(r, before), after)
		for t := range s.factor {
			s.factor[t] *= 0.5
		}
		return s
	}},
}

// drawBreakEven draws a suite's attempts, as [Compare] would look at them, and
// computes the true price of an unsolved task.
func drawBreakEven(random *rand.Rand, s simulated, candidate, baseline int) (b BreakEven, truth float64) {
	_, all, _ := s.attempts(random, func(int) int { return candidate }, func(int) int { return baseline })
	after, before := all.sums()
	test := NewSwapTest(all.pairs(), random.Uint64())
	return test.breakEven(after.cost-before.cost, before.bought-after.bought), -s.costChange() / s.fall()
}

// priceLimits are those of a price, where an end that is not ruled out is beyond any.
func priceLimits(b BreakEven) Interval {
	i := Interval{Low: 0, High: math.Inf(1)}
	if b.Low != nil {
		i.Low = *b.Low
	}
	if b.High != nil {
		i.High = *b.High
	}
	return i
}

// trade is a candidate that solves less in every task alike, and costs less.
func trade(random *rand.Rand, tasks int, drop, factor float64) simulated {
	s := unchanged(random, suiteOf(random, tasks))
	s.after = thinned(s.before, drop)
	for t := range s.factor {
		s.factor[t] = factor
	}
	return s
}

// exchanged makes the candidate the baseline.
func exchanged(s simulated) simulated {
	s.before, s.after = s.after, s.before
	for t, factor := range s.factor {
		s.price[t], s.factor[t] = s.price[t]*factor, 1/factor
	}
	return s
}

// costChange and fall are the truth about the mean trial: candidate minus baseline in
// dollars, and how much less it solves.
func (s simulated) costChange() float64 {
	change := 0.0
	for t := range s.before {
		dearer := func(rate float64) float64 { return rate + realparts.FailedFactor*(1-rate) }
		change += s.price[t] * (s.factor[t]*dearer(s.after[t]) - dearer(s.before[t]))
	}
	return change / float64(len(s.before)) * s.meanFactor()
}

func (s simulated) fall() float64 { return mean(s.before) - mean(s.after) }

// meanFactor is what a mean attempt costs over a typical one: see
// [realparts.DrawAttemptUSD], and runaways cost ten times as much.
func (s simulated) meanFactor() float64 {
	return math.Exp(0.35*0.35/2) * (1 + 0.04*2) * (1 + s.runaways*9)
}

// pairs are the attempts side by side, in the order they were drawn.
func (b bills) pairs() []SwapPair {
	var out []SwapPair
	for _, t := range b {
		n := min(len(t.candidate), len(t.baseline))
		for i := range n {
			c, b := t.candidate[i], t.baseline[i]
			out = append(out, SwapPair{c.cost, c.bought, b.cost, b.bought}.times(1/float64(n)))
		}
	}
	return out
}
