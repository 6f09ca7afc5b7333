package gate

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/internal/realparts"
)

// A gate stops where its numbers look decided, so the interval that it prints
// leaves out the truth more often than the 5 % a side of one look, on the side
// that makes the verdict look surer than it is.
func TestCalibrationGivenTheVerdict(t *testing.T) {
	runs, allowance := calibrationRuns(t, 2000)
	d := design{policy: DefaultPolicy(10), baseline: 5, ordered: true}
	for _, test := range []struct {
		outcome Outcome
		drop    float64
	}{{Pass, 0}, {Pass, 0.1}, {Regression, 0.1}, {Regression, 0.2}} {
		t.Run(string(test.outcome)+" at a loss of "+strconv.FormatFloat(test.drop, 'g', -1, 64), func(t *testing.T) {
			random, shared := rand.New(rand.NewPCG(20251127, 1)), new(tables)
			missed, ended := 0, 0
			for range runs {
				one := drawOne(t, random, d)
				g := one.gate(random, d, shared, test.drop)
				if g.outcome != test.outcome {
					continue
				}
				ended++
				i := compare.NewTests(g.baseline, g.candidate).PassRates.Difference().IntervalAt(compare.NormalQuantile((1 + compare.Level) / 2))
				if test.outcome == Pass && i.Low > -test.drop || test.outcome == Regression && i.High < -test.drop {
					missed++
				}
			}
			rate := float64(missed) / float64(ended)
			t.Logf("%.3f of %d", rate, ended)
			if most := 0.15; test.drop != 0.1 && rate > most+allowance(most) {
				t.Errorf("the truth lies beyond the limit in %.3f, want at most %.3f", rate, most)
			}
		})
	}
}

// Alpha holds averaged over baselines. One that was measured on a lucky day
// makes false regressions likelier at every gate that uses it.
func TestCalibrationGivenTheBaseline(t *testing.T) {
	runs, allowance := calibrationRuns(t, 2000)
	const gates = 150
	for _, stored := range []int{5, 3} {
		t.Run(strconv.Itoa(stored)+" stored", func(t *testing.T) {
			d := design{policy: DefaultPolicy(10), baseline: stored, ordered: true}
			random, shared := rand.New(rand.NewPCG(20251128, 1)), new(tables)
			var rates []float64
			for range max(runs/20, 2) {
				one, failed := drawOne(t, random, d), 0
				for range gates {
					if one.gate(random, d, shared, 0).outcome == Regression {
						failed++
					}
				}
				rates = append(rates, float64(failed)/gates)
			}
			slices.Sort(rates)
			t.Logf("false regressions: mean %.3f, median %.3f, 97 %% quantile %.3f, most %.3f",
				mean(rates), rates[len(rates)/2], rates[len(rates)*97/100], rates[len(rates)-1])
			if m := mean(rates); m > 0.05+allowance(0.05) {
				t.Errorf("false regressions on average: %.3f, want at most 0.05", m)
			}
		})
	}
}

// oneBaseline is a suite with a stored baseline.
type oneBaseline struct {
	rates, usd []float64 // by task
	stored     *baselines.Run
}

func drawOne(t *testing.T, random *rand.Rand, d design) oneBaseline {
	one := oneBaseline{rates: realistic(t, 0.5, 0.9)(random, 10), stored: &baselines.Run{Header: simulatedHeader(10, d.policy.Attempts)}}
	for range one.rates {
		one.usd = append(one.usd, realparts.DrawTaskUSD(random))
	}
	for attempt := range d.baseline {
		for task := range one.rates {
			one.stored.Trials = append(one.stored.Trials, one.trial(random, one.rates, baselines.Key{Task: simulatedTask(task), Attempt: attempt + 1}))
		}
	}
	return one
}

func (o oneBaseline) trial(random *rand.Rand, rates []float64, k baselines.Key) baselines.Trial {
	task := taskNumber(k.Task)
	solved, usd := random.Float64() < rates[task], realparts.DrawAttemptUSD(random, o.usd[task])
	if !solved {
		usd *= realparts.FailedFactor
	}
	return baselines.Trial{
		Task: k.Task, Attempt: k.Attempt, Try: 1, Ended: baselines.Finished,
		Solved: &solved, CostUSD: &baselines.CostUSD{Main: usd},
	}
}

// gate plays one candidate, whose pass rate is lower by drop, to the end.
func (o oneBaseline) gate(random *rand.Rand, d design, shared *tables, drop float64) *Gate {
	g := open(d.policy, o.stored, o.stored.Header, shared)
	rates := thin(drop)(random, o.rates)
	for _, k := range simulatedOrder(random, d, o.stored, o.stored.Header) {
		if g.Done() {
			break
		}
		g.consume(o.trial(random, rates, k))
	}
	return g
}
