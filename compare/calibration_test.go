package compare

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/benchgate/benchgate/internal/realparts"
)

// Intervals promise that each limit errs at most one time in twenty. Over
// suites like real ones they keep to it as far as so few trials allow. With
// BENCHGATE_FULL=1 the limits are checked as they stand, otherwise with fewer
// runs and an allowance of three standard errors.
func calibrationRuns(t *testing.T, full int) (runs int, allowance float64) {
	t.Helper()
	if os.Getenv("BENCHGATE_FULL") == "1" {
		return full, 0
	}
	if testing.Short() {
		t.Skip("simulations are left out of short tests")
	}
	return full / 20, 3 * math.Sqrt(0.06*0.94/float64(full/20))
}

func TestCalibrationPassRateIntervals(t *testing.T) {
	const most = 0.075
	runs, allowance := calibrationRuns(t, 4000)
	z := NormalQuantile(0.95)
	for _, attempts := range [][2]int{{1, 1}, {2, 2}, {3, 3}, {5, 5}, {1, 5}, {3, 10}} {
		for _, drop := range []float64{0, 0.2} {
			random := rand.New(rand.NewPCG(3, 4))
			suites := realparts.SolvedOfFive()
			below, above := 0, 0
			for range runs {
				before := drawSuite(random, suites, 10)
				limits := drawOutcomes(random, before, drop, attempts[0], attempts[1]).Difference().IntervalAt(z)
				if -drop < limits.Low-1e-9 {
					below++
				}
				if -drop > limits.High+1e-9 {
					above++
				}
			}
			low, high := float64(below)/float64(runs), float64(above)/float64(runs)
			t.Logf("%d against %d attempts, drop %.1f: misses %.3f and %.3f", attempts[0], attempts[1], drop, low, high)
			if max(low, high) > most+allowance {
				t.Errorf("%d against %d attempts, drop %v: misses %.3f and %.3f, want %v at most", attempts[0], attempts[1], drop, low, high, most)
			}
		}
	}
}

func TestCalibrationCostIntervals(t *testing.T) {
	runs, allowance := calibrationRuns(t, 1000)
	for _, design := range []struct{ tasks, attempts int }{{10, 1}, {10, 5}, {80, 1}} {
		for _, drop := range []float64{0, 0.2} {
			random := rand.New(rand.NewPCG(5, 6))
			suites := realparts.SolvedOfFive()
			factor := 1.0
			if drop > 0 {
				factor = 1.5
			}
			var perSolved, total, typical misses
			for range runs {
				before := drawSuite(random, suites, design.tasks)
				pairs, logs, all, truth := drawBills(random, before, drop, factor, design.attempts)
				test := NewSwapTest(pairs, 1)
				within, ok := all.within()
				if limits, exist := within.Interval(0.05); ok && exist {
					perSolved.count(exponentials(limits, true))(truth.perSolved)
				} else {
					perSolved.count(test.Interval(0.05))(truth.perSolved)
				}
				total.count(test.Totals().Interval(0.05))(truth.total)
				typical.count(exponentials(NewTypical(logs).Interval(0.05)))(truth.typical)
			}
			t.Logf("%d tasks x %d, drop %.1f, costs x%.1f: per solved %v, total %v, typical %v", design.tasks, design.attempts, drop, factor, perSolved, total, typical)
			perSolved.check(t, "cost per solved", 0.09+allowance)
			total.check(t, "total cost", 0.09+allowance)
			typical.check(t, "typical cost", 0.075+allowance)
		}
	}
}

type misses struct{ below, above, intervals int }

func (m *misses) count(limits Interval, ok bool) func(truth float64) {
	return func(truth float64) {
		if !ok {
			return
		}
		m.intervals++
		if truth < limits.Low {
			m.below++
		}
		if truth > limits.High {
			m.above++
		}
	}
}

func (m misses) rates() (below, above float64) {
	n := float64(max(m.intervals, 1))
	return float64(m.below) / n, float64(m.above) / n
}

func (m misses) check(t *testing.T, what string, most float64) {
	t.Helper()
	if below, above := m.rates(); max(below, above) > most {
		t.Errorf("%s misses %.3f and %.3f, want %.3f at most", what, below, above, most)
	}
}

// drawSuite draws tasks like those of real agents on Terminal-Bench, whose mean
// pass rate lies between 0.5 and 0.9.
func drawSuite(random *rand.Rand, agents [][]float64, tasks int) []float64 {
	least := 0.5
	if tasks > 30 {
		least = 0.3 // most of the 80 tasks are drawn, and two of the agents solve fewer than half
	}
	return realparts.DrawSuite(random, agents, tasks, least, 0.9)
}

func thinned(p []float64, drop float64) []float64 {
	sum := 0.0
	for _, x := range p {
		sum += x
	}
	out := make([]float64, len(p))
	for i, x := range p {
		out[i] = x * (1 - drop*float64(len(p))/sum)
	}
	return out
}

func drawOutcomes(random *rand.Rand, before []float64, drop float64, attempts1, attempts0 int) Strata {
	draw := func(p float64, attempts int) Count {
		c := Count{Attempts: attempts}
		for range attempts {
			if random.Float64() < p {
				c.Solved++
			}
		}
		return c
	}
	var strata Strata
	for i, after := range thinned(before, drop) {
		strata = append(strata, Stratum{draw(after, attempts1), draw(before[i], attempts0)})
	}
	return strata
}

// truths are the true ratios of a simulated suite.
type truths struct{ perSolved, total, typical float64 }

// drawBills draws the costs of pairs of attempts, the mean log ratio of each
// task, and computes the true ratios of what they were drawn from.
func drawBills(random *rand.Rand, before []float64, drop, factor float64, attempts int) (pairs []SwapPair, logs []TaskValues, all bills, truth truths) {
	var cost1, cost0, solved1, solved0 float64
	after := thinned(before, drop)
	for i := range before {
		price := realparts.DrawTaskUSD(random)
		one := func(p, factor float64) (usd, solved float64) {
			usd = realparts.DrawAttemptUSD(random, factor*price)
			if random.Float64() < p {
				return usd, 1
			}
			return realparts.FailedFactor * usd, 0
		}
		cost1 += factor * price * (after[i] + realparts.FailedFactor*(1-after[i]))
		cost0 += price * (before[i] + realparts.FailedFactor*(1-before[i]))
		solved1 += after[i]
		solved0 += before[i]
		var l TaskValues
		var b taskBills
		for range attempts {
			c1, s1 := one(after[i], factor)
			c0, s0 := one(before[i], 1)
			pairs = append(pairs, SwapPair{c1, s1, c0, s0})
			l.Candidate, l.Baseline = append(l.Candidate, math.Log(c1)), append(l.Baseline, math.Log(c0))
			b.candidate, b.baseline = append(b.candidate, bill{c1, s1}), append(b.baseline, bill{c0, s0})
		}
		logs, all = append(logs, l), append(all, b)
	}
	// Each failure more makes a task's typical attempt dearer.
	typical := factor * math.Pow(realparts.FailedFactor, drop)
	return pairs, logs, all, truths{cost1 / solved1 / (cost0 / solved0), cost1 / cost0, typical}
}
