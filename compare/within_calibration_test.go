package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// coverage is how often an interval held the truth, and on which side it missed.
type coverage struct{ held, below, above int }

func (c *coverage) count(truth float64, limits Interval, ok bool) {
	switch {
	case !ok:
	case truth < limits.Low-1e-9:
		c.below++
	case truth > limits.High+1e-9:
		c.above++
	default:
		c.held++
	}
}

func (c coverage) rates() (held, missed float64) {
	n := float64(max(c.held+c.below+c.above, 1))
	return float64(c.held) / n, float64(max(c.below, c.above)) / n
}

// worstOf keeps the worst cell of a metric.
type worstOf struct {
	held, missed       float64
	where, whereMissed string
}

func (w *worstOf) add(c coverage, where string) {
	held, missed := c.rates()
	if w.where == "" || held < w.held {
		w.held, w.where = held, where
	}
	if w.whereMissed == "" || missed > w.missed {
		w.missed, w.whereMissed = missed, where
	}
}

func (w worstOf) check(t *testing.T, metric string, least, most, allowance float64) {
	t.Helper()
	t.Logf("%s: covers %.3f (%s), misses %.3f on one side (%s)", metric, w.held, w.where, w.missed, w.whereMissed)
	if w.held < least-allowance || w.missed > most+allowance {
		t.Errorf("%s covers %.3f and misses %.3f on one side, want %.3f and %.3f", metric, w.held, w.missed, least, most)
	}
}

// worstCells is an allowance of four standard errors: of some eighty cells the worst
// is looked at.
func worstCells(runs int, allowance float64) float64 {
	if allowance == 0 {
		return 0
	}
	return 4 * math.Sqrt(0.1*0.9/float64(runs))
}

// The intervals from inside the tasks cover what they say in every world, between
// different models too, from five tasks and three attempts on.
func TestCalibrationWithinTasks(t *testing.T) {
	runs, allowance := calibrationRuns(t, 2500)
	allowance = worstCells(runs, allowance)
	z := NormalQuantile(0.95)
	var rate, perSolved, dear, typical worstOf
	for _, w := range worlds {
		for _, tasks := range []int{5, 10, 30, 89} {
			for _, k := range []int{3, 5} {
				random := rand.New(rand.NewPCG(7, uint64(100*tasks+k)))
				var rates, costs, logs coverage
				each := func(int) int { return k }
				for range runs {
					s := w.draw(random, tasks)
					delta, ratio, change := s.truth()
					strata, bills, values := s.attempts(random, each, each)
					rates.count(delta, strata.Difference().IntervalAt(z), true)
					if within, ok := bills.within(); ok {
						limits, exist := within.Interval(0.05)
						costs.count(ratio, limits, exist)
					}
					limits, exist := NewTypical(values).Interval(0.05)
					logs.count(change, limits, exist)
				}
				where := fmt.Sprintf("%s, %d x %d", w.name, tasks, k)
				rate.add(rates, where)
				typical.add(logs, where)
				if w.name == "runaways" {
					dear.add(costs, where)
				} else {
					perSolved.add(costs, where)
				}
			}
		}
	}
	rate.check(t, "pass rate", 0.88, 0.075, allowance)
	perSolved.check(t, "cost per solved task", 0.88, 0.075, allowance)
	dear.check(t, "cost per solved task with runaways", 0.865, 0.075, allowance)
	typical.check(t, "typical cost", 0.88, 0.075, allowance)
}

// A candidate that has one or two attempts against a stored baseline of five: the
// usual end of the informed mode.
func TestCalibrationTypicalCostOverTasks(t *testing.T) {
	runs, allowance := calibrationRuns(t, 2500)
	allowance = worstCells(runs, allowance)
	var usual, dear worstOf
	for _, w := range worlds {
		for _, tasks := range []int{5, 10, 30, 89} {
			for _, share := range []float64{0, 0.5} { // of tasks with a second attempt
				random := rand.New(rand.NewPCG(8, uint64(100*tasks)))
				var logs coverage
				for range runs {
					s := w.draw(random, tasks)
					_, _, change := s.truth()
					_, _, values := s.attempts(random, func(task int) int {
						if task > 0 && float64(task) < share*float64(tasks) {
							return 2
						}
						return 1
					}, func(int) int { return 5 })
					limits, exist := NewTypical(values).Interval(0.05)
					logs.count(change, limits, exist)
				}
				where := fmt.Sprintf("%s, %d tasks, second attempt at %.0f %%", w.name, tasks, 100*share)
				if w.name == "runaways" {
					dear.add(logs, where)
				} else {
					usual.add(logs, where)
				}
			}
		}
	}
	usual.check(t, "typical cost", 0.87, 0.085, allowance)
	dear.check(t, "typical cost with runaways", 0.87, 0.10, allowance)
}
