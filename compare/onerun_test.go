package compare

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/realparts"
)

// oneRun is a run with these attempts at each task: cost in dollars, solved or not.
func oneRun(tasks ...[]bill) *baselines.Run {
	r := new(baselines.Run)
	for i, attempts := range tasks {
		for k, b := range attempts {
			solved := b.bought == 1
			r.Trials = append(r.Trials, baselines.Trial{
				Seq: len(r.Trials) + 1, Task: strconv.Itoa(i), Attempt: k + 1, Try: 1, Ended: baselines.Finished,
				Solved: &solved, CostUSD: &baselines.CostUSD{Main: b.cost},
			})
		}
	}
	return r
}

func TestSolvedCostOfOneRun(t *testing.T) {
	for _, test := range []struct {
		name     string
		run      *baselines.Run
		usd      float64 // 0: absent
		interval bool
	}{
		// Task 0: $1 solved and $3 not, so a mean of $2 and a half; task 1: $1 and one. $3 over 1.5.
		{"failed tries are paid for", oneRun([]bill{{1, 1}, {3, 0}}, []bill{{0.5, 1}, {1.5, 1}}), 2, true},
		{"a task tried more often weighs no more", oneRun([]bill{{1, 1}, {3, 0}, {1, 1}, {3, 0}}, []bill{{0.5, 1}, {1.5, 1}}), 2, true},
		{"one attempt says nothing of the next", oneRun([]bill{{1, 1}}, []bill{{2, 0}}), 3, false},
		{"attempts that agree do not make certain", oneRun([]bill{{1, 1}, {1, 1}}), 1, false},
		{"nothing solved has no cost", oneRun([]bill{{1, 0}, {1, 0}}), 0, false},
		{"nor has nothing at all", oneRun(), 0, false},
		{"an unknown cost makes the sum unknown", oneRun([]bill{{1, 1}, {math.NaN(), 1}}), 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := NewSolvedCost(test.run)
			if (c.USD != nil) != (test.usd != 0) || c.USD != nil && math.Abs(*c.USD-test.usd) > 1e-12 {
				t.Errorf("a solved task costs %v, want %v", c.USD, test.usd)
			}
			if (c.Low != nil) != test.interval || (c.High != nil) != test.interval {
				t.Fatalf("limits are %v and %v, want some: %v", c.Low, c.High, test.interval)
			}
			if test.interval && !(*c.Low < *c.USD && *c.USD < *c.High) {
				t.Errorf("%v is not between %v and %v", *c.USD, *c.Low, *c.High)
			}
		})
	}
}

// The interval of one run's cost per solved task holds the truth as often as it
// says, over suites like real ones.
func TestCalibrationSolvedCostOfOneRun(t *testing.T) {
	runs, allowance := calibrationRuns(t, 4000)
	overMedian := math.Exp(0.35*0.35/2) * (1 + 0.04*2) // the mean of DrawAttemptUSD
	for _, design := range []struct{ tasks, attempts int }{{5, 3}, {10, 2}, {10, 3}, {10, 5}, {30, 3}} {
		random := rand.New(rand.NewPCG(7, 8))
		suites := realparts.SolvedOfFive()
		var c coverage
		for range runs {
			rates := drawSuite(random, suites, design.tasks)
			var cost, solved float64
			var tasks [][]bill
			for _, p := range rates {
				price := realparts.DrawTaskUSD(random)
				cost += overMedian * price * (p + realparts.FailedFactor*(1-p))
				solved += p
				var attempts []bill
				for range design.attempts {
					b := bill{realparts.DrawAttemptUSD(random, price), 1}
					if random.Float64() >= p {
						b = bill{realparts.FailedFactor * b.cost, 0}
					}
					attempts = append(attempts, b)
				}
				tasks = append(tasks, attempts)
			}
			of := NewSolvedCost(oneRun(tasks...))
			if of.Low != nil {
				c.count(cost/solved, Interval{*of.Low, *of.High}, true)
			}
		}
		held, missed := c.rates()
		t.Logf("%d tasks x %d: covers %.3f, misses %.3f on one side", design.tasks, design.attempts, held, missed)
		if held < 0.88-allowance || missed > 0.09+allowance {
			t.Errorf("%d tasks x %d: covers %.3f and misses %.3f on one side, want 0.88 and 0.09", design.tasks, design.attempts, held, missed)
		}
	}
}
