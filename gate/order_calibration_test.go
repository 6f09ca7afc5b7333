package gate

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/internal/realparts"
)

// The informed mode's order, against rounds that are put in order inside by the
// same information per dollar: cheaper, at the same error rates.
func TestCalibrationOrder(t *testing.T) {
	runs, allowance := calibrationRuns(t, 4000)
	real := realistic(t, 0.5, 0.9)
	for _, test := range []struct {
		name    string
		change  func(*rand.Rand, []float64) []float64
		dollars float64 // over those of rounds, at most; 0: not checked
	}{
		{"nothing changed", nil, 0.88},
		{"20 points lost, thin", thin(0.2), 0.92},
		{"20 points lost, logit", wobbling(0.2), 0},
		{"20 points lost, break", breaking(0.2), 0},
		{"one task died, one repaired", exchange, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := world{tasks: 10, suite: real, change: test.change}
			rounds := simulate(t, w, design{policy: passRateOnly(Informed), baseline: 5, rounds: true}, runs)
			ordered := simulate(t, w, design{policy: passRateOnly(Informed), baseline: 5, ordered: true}, runs)
			t.Logf("rounds:  %v", rounds)
			t.Logf("ordered: %v  dollars %.3f of those of rounds", ordered, ordered.dollars/rounds.dollars)
			if most := test.dollars + allowance(0.5); test.dollars > 0 && ordered.dollars > most*rounds.dollars {
				t.Errorf("dollars are %.3f of those of rounds, want at most %.2f", ordered.dollars/rounds.dollars, test.dollars)
			}
			for what, rates := range map[string][2]float64{"P(regression)": {rounds.fail, ordered.fail}, "P(pass)": {rounds.pass, ordered.pass}} {
				if math.Abs(rates[1]-rates[0]) > 0.02+allowance(rates[0])*math.Sqrt2 {
					t.Errorf("%s is %.3f, and %.3f in rounds", what, rates[1], rates[0])
				}
			}
		})
	}
}

// Costs that real agents had are no regression of themselves: both arms draw
// what an attempt costs from the same five published runs of a task.
func TestCalibrationRealCosts(t *testing.T) {
	runs, allowance := calibrationRuns(t, 2000)
	agents := realparts.CentsOfFive()
	for _, agent := range slices.Sorted(maps.Keys(agents)) {
		t.Run(agent, func(t *testing.T) {
			limits{mostFail: 0.03}.check(t, playCosts(t, agents[agent], agents[agent], runs), allowance)
		})
	}
}

// Two different agents whose typical costs are equal still differ by task, and
// cheap tasks have more attempts than others. The second one's dollars are scaled
// so that the typical costs of the drawn tasks agree.
func TestCalibrationRealCostsOfDifferentModels(t *testing.T) {
	runs, allowance := calibrationRuns(t, 2000)
	agents := realparts.CentsOfFive()
	for _, before := range slices.Sorted(maps.Keys(agents)) {
		for _, after := range slices.Sorted(maps.Keys(agents)) {
			if before != after {
				t.Run(before+" "+after, func(t *testing.T) {
					limits{mostFail: 0.05}.check(t, playCosts(t, agents[before], agents[after], runs), allowance)
				})
			}
		}
	}
}

// playCosts plays gates on ten tasks that both have; fail is the share of
// regressions of the typical cost.
func playCosts(t *testing.T, before, after map[string][]float64, runs int) (sum result) {
	random := rand.New(rand.NewPCG(20251127, 1))
	d := design{policy: DefaultPolicy(10), baseline: 5, ordered: true}
	shared, real := new(tables), realistic(t, 0.5, 0.9)
	var both []string
	for _, task := range slices.Sorted(maps.Keys(before)) {
		if len(after[task]) > 0 {
			both = append(both, task)
		}
	}
	for range runs {
		deck, rates, scale := random.Perm(len(both))[:10], real(random, 10), 0.0
		for _, task := range deck {
			scale += (meanLog(before[both[task]]) - meanLog(after[both[task]])) / 10
		}
		trial := func(task, attempt int, cents []float64, scale float64) baselines.Trial {
			solved := random.Float64() < rates[task]
			return baselines.Trial{
				Task: simulatedTask(task), Attempt: attempt, Try: 1, Ended: baselines.Finished,
				Solved: &solved, CostUSD: &baselines.CostUSD{Main: scale * cents[random.IntN(len(cents))] / 100},
			}
		}
		stored := &baselines.Run{Header: simulatedHeader(10, d.policy.Attempts)}
		for attempt := range d.baseline {
			for task := range 10 {
				stored.Trials = append(stored.Trials, trial(task, attempt+1, before[both[deck[task]]], 1))
			}
		}
		g := open(d.policy, stored, stored.Header, shared)
		for _, k := range simulatedOrder(random, d, stored, stored.Header) {
			if !g.Done() {
				task := taskNumber(k.Task)
				g.consume(trial(task, k.Attempt, after[both[deck[task]]], math.Exp(scale)))
			}
		}
		sum.trials += float64(g.consumed) / float64(g.planned*runs)
		switch {
		case g.outcome == Pass:
			sum.pass += 1 / float64(runs)
		case slices.ContainsFunc(g.decided, func(f finding) bool { return f.metric == compare.TypicalCost && f.status == Worse }):
			sum.fail += 1 / float64(runs)
		}
	}
	return sum
}

func meanLog(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += math.Log(v) / float64(len(x))
	}
	return sum
}
