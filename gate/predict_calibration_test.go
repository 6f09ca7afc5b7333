package gate

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/realparts"
)

// What a plan foretells a run to cost is what such runs cost on average, also
// when the candidate fails more often: failed attempts are dearer, and one in 25
// costs three times as much. A drop is found a little later than foretold, by
// gates that know no better which tasks are uncertain.
func TestCalibrationForecastDollars(t *testing.T) {
	runs, allowance := calibrationRuns(t, 1500)
	real := realistic(t, 0.5, 0.9)
	const each = 10 // gates a baseline, foretold and played
	for _, test := range []struct {
		name   string
		drop   float64
		stored int
		most   float64 // by which the forecast may be off
	}{
		{"nothing changed", 0, 5, 0.03},
		{"20 points lost", 0.2, 5, 0.05},
		{"nothing changed, 3 stored", 0, 3, 0.03},
		{"20 points lost, 3 stored", 0.2, 3, 0.05},
	} {
		t.Run(test.name, func(t *testing.T) {
			random, shared := rand.New(rand.NewPCG(20251128, 3)), new(tables)
			p := DefaultPolicy(10)
			h := simulatedHeader(10, p.Attempts)
			var foretold, played, foretoldTrials, trials float64
			for range runs {
				w := drawn{rates: real(random, 10)}
				for range 10 {
					w.usd = append(w.usd, realparts.DrawTaskUSD(random))
				}
				stored := &baselines.Run{Header: h}
				for attempt := range test.stored {
					for task := range 10 {
						stored.Trials = append(stored.Trials, w.trial(random, task, attempt+1, 1))
					}
				}
				order := Order(p, stored, h.Suite, p.Attempts, random.Uint64(), nil)
				c := newSimulator(p, stored, h, order, random.Uint64())
				c.shared = shared
				if shared.prior == nil {
					shared.prior = newPrior()
				}
				plan := mean(w.usd) * 10 * float64(p.Attempts)
				odds := c.odds(test.drop, each)
				foretold += *odds.USD / plan
				foretoldTrials += odds.Trials
				keep := max(0, 1-test.drop/mean(w.rates))
				for range each {
					g := open(p, stored, h, shared)
					for _, k := range order {
						if g.Done() {
							break
						}
						g.consume(w.trial(random, taskNumber(k.Task), k.Attempt, keep))
					}
					usd, _ := g.candidate.SpentUSD()
					played += usd / plan / each
					trials += float64(g.consumed) / each
				}
			}
			n := float64(runs)
			t.Logf("dollars foretold %.4f of a plan, played %.4f: off by %+.3f; trials %.2f and %.2f", foretold/n, played/n, foretold/played-1, foretoldTrials/n, trials/n)
			if off := math.Abs(foretold/played - 1); off > test.most+allowance(0.1) {
				t.Errorf("the forecast is off by %.3f, want at most %.2f", off, test.most)
			}
		})
	}
}

// drawn is a suite and what its attempts cost.
type drawn struct{ rates, usd []float64 }

func (w drawn) trial(random *rand.Rand, task, attempt int, keep float64) baselines.Trial {
	solved := random.Float64() < w.rates[task]*keep
	usd := realparts.DrawAttemptUSD(random, w.usd[task])
	if !solved {
		usd *= realparts.FailedFactor
	}
	return baselines.Trial{
		Task: simulatedTask(task), Attempt: attempt, Try: 1, Ended: baselines.Finished,
		Solved: &solved, CostUSD: &baselines.CostUSD{Main: usd},
	}
}
