package gate

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/benchgate/benchgate/baselines"
)

// The calibration plays thousands of gates whose truth is known and counts the
// verdicts. With BENCHGATE_FULL=1 it plays enough to check every limit as it
// stands; otherwise a twentieth, with an allowance of three standard errors. Seeds
// are fixed.
func calibrationRuns(t *testing.T, full int) (runs int, allowance func(rate float64) float64) {
	t.Helper()
	if os.Getenv("BENCHGATE_FULL") == "1" {
		return full, func(float64) float64 { return 0 }
	}
	if testing.Short() {
		t.Skip("simulations are left out of short tests")
	}
	runs = full / 20
	return runs, func(rate float64) float64 {
		return 3 * math.Sqrt(max(rate*(1-rate), 0.01)/float64(runs))
	}
}

// limits of one scenario; what is zero is not checked.
type limits struct {
	mostFail, leastFail float64
	mostConfirmed       float64 // regressions of costs alone
	mostPass, leastPass float64
	mostWithheld        float64
	mostTrials          float64
	mostDollars         float64
}

func (l limits) check(t *testing.T, r result, allowance func(float64) float64) {
	t.Helper()
	t.Log(r)
	most := func(what string, got, limit float64) {
		if limit > 0 && got > limit+allowance(limit) {
			t.Errorf("%s is %.3f, want at most %.3f", what, got, limit)
		}
	}
	least := func(what string, got, limit float64) {
		if limit > 0 && got < limit-allowance(limit) {
			t.Errorf("%s is %.3f, want at least %.3f", what, got, limit)
		}
	}
	most("P(regression)", r.fail, l.mostFail)
	least("P(regression)", r.fail, l.leastFail)
	most("P(regression of costs alone)", r.confirmed, l.mostConfirmed)
	most("P(pass)", r.pass, l.mostPass)
	least("P(pass)", r.pass, l.leastPass)
	most("P(pass withheld)", r.withheld, l.mostWithheld)
	most("trials used", r.trials, l.mostTrials)
	most("dollars used", r.dollars, l.mostDollars)
}

// passRateOnly is the pass rate alone at 5 % errors, ten tasks, a margin of 20
// points, five attempts.
func passRateOnly(m Mode) Policy {
	p := DefaultPolicy(10)
	p.Mode, p.TypicalCostMaxRatio, p.CostPerSolvedMaxRatio, p.Alpha, p.Beta = m, 0, 0, 0.05, 0.05
	return p
}

func TestCalibrationPassRate(t *testing.T) {
	runs, allowance := calibrationRuns(t, 4000)
	real := realistic(t, 0.5, 0.9)
	informed := design{policy: passRateOnly(Informed), baseline: 5}
	ordered := design{policy: passRateOnly(Informed), baseline: 5, ordered: true}
	strict := design{policy: passRateOnly(Strict), baseline: 5}
	tests := []struct {
		name string
		world
		design
		limits
	}{
		{"nothing changed", world{suite: real}, informed, limits{mostFail: 0.02, leastPass: 0.87, mostTrials: 0.48}},
		{"nothing changed, flaky tasks", world{suite: flaky}, informed, limits{mostFail: 0.04}},
		{"nothing changed, all at 0.5", world{suite: constant(0.5)}, informed, limits{mostFail: 0.05}},
		{"nothing changed, all at 0.9", world{suite: constant(0.9)}, informed, limits{mostFail: 0.05}},
		{"one task died, one repaired", world{suite: real, change: exchange}, informed, limits{mostFail: 0.07}},
		{"20 points lost, thin", world{suite: real, change: thin(0.2)}, informed, limits{leastFail: 0.82, mostPass: 0.06, mostTrials: 0.45}},
		{"20 points lost, break", world{suite: real, change: breaking(0.2)}, informed, limits{leastFail: 0.90, mostPass: 0.06}},
		{"20 points lost, logit", world{suite: real, change: wobbling(0.2)}, informed, limits{leastFail: 0.69, mostPass: 0.06}},
		{"20 points lost, flaky tasks", world{suite: flaky, change: thin(0.2)}, informed, limits{mostPass: 0.06}},
		{"20 points lost, all at 0.5", world{suite: constant(0.5), change: thin(0.2)}, informed, limits{mostPass: 0.06}},
		{"20 points lost, all at 0.9", world{suite: constant(0.9), change: thin(0.2)}, informed, limits{mostPass: 0.06}},
		{"30 points lost", world{suite: real, change: thin(0.3)}, informed, limits{leastFail: 0.97, mostTrials: 0.30}},
		{"ordered, nothing changed", world{suite: real}, ordered, limits{mostFail: 0.02, mostDollars: 0.43}},
		{"ordered, 20 points lost", world{suite: real, change: thin(0.2)}, ordered, limits{mostDollars: 0.42}},
		{"ordered, 30 points lost", world{suite: real, change: thin(0.3)}, ordered, limits{mostDollars: 0.28}},
		{"strict, nothing changed", world{suite: real}, strict, limits{mostFail: 0.05, mostTrials: 0.62}},
		{"strict, 20 points lost", world{suite: real, change: thin(0.2)}, strict, limits{leastFail: 0.79, mostPass: 0.06, mostTrials: 0.73}},
		{"strict, 20 points lost, all at 0.5", world{suite: constant(0.5), change: thin(0.2)}, strict, limits{mostPass: 0.06}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.tasks = 10
			test.check(t, simulate(t, test.world, test.design, runs), allowance)
		})
	}
}

// Infrastructure errors under the default policy: what hits both sides alike
// costs little power, and a candidate that turns its failures into errors does
// not pass.
func TestCalibrationInfrastructure(t *testing.T) {
	runs, allowance := calibrationRuns(t, 2000)
	real := realistic(t, 0.5, 0.9)
	d := design{policy: DefaultPolicy(10), baseline: 5, ordered: true}
	tests := []struct {
		name string
		world
		limits
	}{
		{"nothing changed, a tenth on both sides", world{suite: real, infra: 0.1}, limits{mostFail: 0.02, leastPass: 0.85}},
		{"20 points lost, a tenth on both sides", world{suite: real, infra: 0.1, change: thin(0.2)}, limits{leastFail: 0.68, mostPass: 0.08}},
		{"nothing changed, a tenth of the candidate's", world{suite: real, lost: lost(0.1, 0.1)}, limits{mostFail: 0.02, leastPass: 0.50}},
		{"nothing changed, a fifth of its solved", world{suite: real, lost: lost(0.2, 0)}, limits{mostFail: 0.02}},
		{"20 points lost, 30 % of its failures", world{suite: real, change: thin(0.2), lost: lost(0, 0.3)}, limits{leastFail: 0.10, mostPass: 0.06}},
		{"20 points lost, 60 % of its failures", world{suite: real, change: thin(0.2), lost: lost(0, 0.6)}, limits{mostPass: 0.03}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.tasks = 10
			test.check(t, simulate(t, test.world, d, runs), allowance)
		})
	}
}

// Where nothing can fall nothing passes: neither a candidate that is like its
// baseline nor one that solves nothing any more. One that is better does.
func TestCalibrationNothingCanFall(t *testing.T) {
	runs, allowance := calibrationRuns(t, 2000)
	for _, mode := range []Mode{Informed, Strict, Fixed} {
		d := design{policy: DefaultPolicy(10), baseline: 5, ordered: true}
		d.policy.Mode = mode
		tests := []struct {
			name string
			world
			limits
		}{
			{"all at 0.1, nothing changed", world{suite: constant(0.1)}, limits{mostPass: 0.05, mostFail: 0.05}},
			{"one task of ten, lost", world{suite: oneOfTen, change: thin(0.1)}, limits{mostPass: 0.01}},
			{"all at 0.2, all lost", world{suite: constant(0.2), change: thin(0.2)}, limits{mostPass: 0.01}},
			{"one task of ten, 40 points won", world{suite: oneOfTen, change: raised(0.4)}, limits{leastPass: 0.80, mostFail: 0.05}},
		}
		for _, test := range tests {
			t.Run(string(mode)+", "+test.name, func(t *testing.T) {
				n := runs
				if mode == Fixed {
					n = min(n, 200) // the whole document is written for each
				}
				test.tasks = 10
				test.check(t, simulate(t, test.world, d, n), allowance)
			})
		}
	}
}

// oneOfTen solves its first task always and no other.
func oneOfTen(_ *rand.Rand, tasks int) []float64 {
	p := make([]float64, tasks)
	p[0] = 1
	return p
}

// raised gives every task that is not always solved the same chance, so that the
// mean rises by that much.
func raised(gain float64) func(*rand.Rand, []float64) []float64 {
	return func(_ *rand.Rand, p []float64) []float64 {
		out := slices.Clone(p)
		for i, x := range p {
			out[i] = x + (1-x)*gain/(1-mean(p))
		}
		return out
	}
}

// lost turns shares of the attempts that would have solved and failed into
// infrastructure errors.
func lost(ofSolved, ofFailed float64) func(bool) float64 {
	return func(solved bool) float64 {
		if solved {
			return ofSolved
		}
		return ofFailed
	}
}

// The default policy: pass rate, typical cost and cost per solved task together.
func TestCalibrationDefaultPolicyTenTasks(t *testing.T) {
	runs, allowance := calibrationRuns(t, 2000)
	real := realistic(t, 0.5, 0.9)
	policy := DefaultPolicy(10)
	d := design{policy: policy, baseline: 5, ordered: true}
	tests := []struct {
		name string
		world
		limits
	}{
		{"nothing changed", world{suite: real}, limits{mostFail: 0.03, leastPass: 0.91, mostWithheld: 0.01, mostDollars: 0.42}},
		{"20 points lost", world{suite: real, change: thin(0.2)}, limits{leastFail: 0.76}},
		{"half as dear again", world{suite: real, costFactor: 1.5}, limits{leastFail: 0.85}},
		{"costs of a whole run differ", world{suite: real, runEffect: 0.10}, limits{mostConfirmed: 0.03}},
		{"12 points lost and a fifth dearer", world{suite: real, change: thin(0.12), costFactor: 1.2}, limits{leastFail: 0.49}},
		// The pass cannot be kept from them: see docs/statistics.md.
		{"one trial in twenty ten times as dear", world{suite: real, runaways: 0.05}, limits{mostPass: 0.70}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.tasks = 10
			test.check(t, simulate(t, test.world, d, runs), allowance)
		})
	}
}

func TestCalibrationDefaultPolicyBigSuite(t *testing.T) {
	runs, allowance := calibrationRuns(t, 2000)
	real := realistic(t, 0.3, 0.8)
	d := design{policy: DefaultPolicy(89), baseline: 3, ordered: true}
	tests := []struct {
		name string
		world
		limits
	}{
		{"nothing changed", world{suite: real}, limits{mostFail: 0.03, leastPass: 0.94, mostWithheld: 0.01, mostDollars: 0.46}},
		{"10 points lost", world{suite: real, change: thin(0.1)}, limits{leastFail: 0.88, mostDollars: 0.38}},
		{"10 points lost, break", world{suite: real, change: breaking(0.1)}, limits{leastFail: 0.88, mostDollars: 0.37}},
		{"a fifth dearer", world{suite: real, costFactor: 1.2}, limits{leastFail: 0.91}},
		{"costs of a whole run differ", world{suite: real, runEffect: 0.05}, limits{mostConfirmed: 0.03}},
		{"6 points lost and a tenth dearer", world{suite: real, change: thin(0.06), costFactor: 1.1}, limits{leastFail: 0.70}},
		{"one trial in twenty ten times as dear", world{suite: real, runaways: 0.05}, limits{mostPass: 0.35}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.tasks = 89
			test.check(t, simulate(t, test.world, d, runs), allowance)
		})
	}
}

// The fixed mode keeps its error rates too.
func TestCalibrationFixed(t *testing.T) {
	runs, allowance := calibrationRuns(t, 2000)
	allowed := func(rate float64) float64 { return max(allowance(rate), 2*math.Sqrt(rate*(1-rate)/float64(runs))) }
	policy := DefaultPolicy(10)
	policy.Mode = Fixed
	d := design{policy: policy, baseline: 5}
	real := realistic(t, 0.5, 0.9)
	t.Run("nothing changed", func(t *testing.T) {
		limits{mostFail: 0.05, leastPass: 0.90}.check(t, simulate(t, world{tasks: 10, suite: real}, d, runs), allowed)
	})
	t.Run("20 points lost", func(t *testing.T) {
		limits{leastFail: 0.75, mostPass: 0.10}.check(t, simulate(t, world{tasks: 10, suite: real, change: thin(0.2)}, d, runs), allowed)
	})
}

// How close the informed mode, with at most four rounds, comes to what cannot
// be beaten: Wald's bound for tests that use one baseline trial per candidate
// trial and do not know tasks apart, and a test that knows every pass rate.
func TestCalibrationEfficiency(t *testing.T) {
	runs, allowance := calibrationRuns(t, 4000)
	real := realistic(t, 0.5, 0.9)
	p := passRateOnly(Informed)
	p.Attempts = 4
	d := design{policy: p, baseline: 5}
	same := simulate(t, world{tasks: 10, suite: real}, d, runs)
	worse := simulate(t, world{tasks: 10, suite: real, change: thin(0.2)}, d, runs)

	pairSame, pairWorse := pairOutcomes(real, nil), pairOutcomes(real, thin(0.2))
	decidedSame := []float64{same.fail, same.pass, 1 - same.fail - same.pass}
	decidedWorse := []float64{worse.fail, worse.pass, 1 - worse.fail - worse.pass}
	bound0 := divergence(decidedSame, decidedWorse) / divergence(pairSame, pairWorse)
	bound1 := divergence(decidedWorse, decidedSame) / divergence(pairWorse, pairSame)
	n0, n1 := 40*same.trials, 40*worse.trials
	oracle0, oracle1 := oracleTrials(real, 0, runs), oracleTrials(real, 0.2, runs)
	t.Logf("nothing changed: %.1f trials, %.2f of Wald's bound, %.2f of the oracle; 20 points lost: %.1f, %.2f, %.2f",
		n0, n0/bound0, n0/oracle0, n1, n1/bound1, n1/oracle1)
	for _, c := range []struct {
		what         string
		ratio, limit float64
	}{
		{"trials over Wald's bound, nothing changed", n0 / bound0, 1.00},
		{"trials over Wald's bound, 20 points lost", n1 / bound1, 0.90},
		{"trials over the oracle's, nothing changed", n0 / oracle0, 1.40},
		{"trials over the oracle's, 20 points lost", n1 / oracle1, 2.5},
	} {
		if c.ratio > c.limit+2*allowance(0.5)*c.limit {
			t.Errorf("%s: %.2f, want at most %.2f", c.what, c.ratio, c.limit)
		}
	}
}

// pairOutcomes are the probabilities that a random task's pair is lost, won,
// tied.
func pairOutcomes(suite func(*rand.Rand, int) []float64, change func(*rand.Rand, []float64) []float64) []float64 {
	const suites = 20_000
	random := rand.New(rand.NewPCG(7, 7))
	var lost, won float64
	for range suites {
		before := suite(random, 10)
		after := before
		if change != nil {
			after = change(random, before)
		}
		for i := range before {
			lost += before[i] * (1 - after[i]) / 10 / suites
			won += after[i] * (1 - before[i]) / 10 / suites
		}
	}
	return []float64{lost, won, 1 - lost - won}
}

// divergence is Kullback and Leibler's.
func divergence(p, q []float64) float64 {
	sum := 0.0
	for i := range p {
		if p[i] > 0 {
			sum += p[i] * math.Log(p[i]/max(q[i], 1e-4))
		}
	}
	return sum
}

// oracleTrials is the mean number of trials of Wald's sequential test that
// knows every task's pass rate with and without the drop, in three rounds at
// most.
func oracleTrials(suite func(*rand.Rand, int) []float64, drop float64, runs int) float64 {
	random := rand.New(rand.NewPCG(8, 8))
	total := 0
	for range runs {
		same := suite(random, 10)
		worse := thin(0.2)(random, same)
		truth := same
		if drop > 0 {
			truth = worse
		}
		ratio, n := 0.0, 0
		for n < 30 && math.Abs(ratio) < math.Log(20) {
			if n%10 == 0 {
				random.Shuffle(10, func(i, j int) {
					same[i], same[j] = same[j], same[i]
					worse[i], worse[j] = worse[j], worse[i]
				})
			}
			p, q := bounded(same[n%10]), bounded(worse[n%10])
			if random.Float64() < truth[n%10] {
				ratio += math.Log(q / p)
			} else {
				ratio += math.Log((1 - q) / (1 - p))
			}
			n++
		}
		total += n
	}
	return float64(total) / float64(runs)
}

// The nightly watch: a false alarm in 100 nights or more, in the median, and an
// alarm soon after a real drop.
func TestCalibrationDrift(t *testing.T) {
	runs, _ := calibrationRuns(t, 2000)
	real := realistic(t, 0.5, 0.9)
	if falseAlarm := medianNights(real, 0, runs); falseAlarm < 100 {
		t.Errorf("median nights to a false alarm: %v, want 100 or more", falseAlarm)
	} else {
		t.Logf("median nights to a false alarm: %v", falseAlarm)
	}
	for _, c := range []struct{ drop, most float64 }{{0.1, 5}, {0.2, 2.5}} {
		delay := meanDelay(real, c.drop, runs)
		t.Logf("nights to an alarm after a drop of %v: %.1f", c.drop, delay)
		if delay > c.most {
			t.Errorf("mean nights to an alarm after a drop of %v: %.1f, want at most %v", c.drop, delay, c.most)
		}
	}
}

func medianNights(suite func(*rand.Rand, int) []float64, drop float64, runs int) int {
	nights := nightsToAlarm(suite, drop, runs)
	return nights[len(nights)/2]
}

func meanDelay(suite func(*rand.Rand, int) []float64, drop float64, runs int) float64 {
	sum := 0
	for _, n := range nightsToAlarm(suite, drop, runs) {
		sum += n
	}
	return float64(sum) / float64(runs)
}

func nights(random *rand.Rand, h baselines.Header, p []float64, attempt int) []baselines.Trial {
	out := make([]baselines.Trial, len(p))
	for i := range p {
		solved := random.Float64() < p[i]
		out[i] = baselines.Trial{Task: h.Suite.Tasks[i].ID, Attempt: attempt, Try: 1, Ended: baselines.Finished, Solved: &solved}
	}
	return out
}

// nightsToAlarm watches many suites with baselines of ten nights, sorted; a
// watch ends after 1,500 nights.
func nightsToAlarm(suite func(*rand.Rand, int) []float64, drop float64, runs int) []int {
	const most = 1500
	random := rand.New(rand.NewPCG(9, 9))
	h := simulatedHeader(10, 1)
	out := make([]int, 0, runs)
	for range runs {
		before := suite(random, 10)
		stored := &baselines.Run{Header: h}
		for night := range 10 {
			stored.Trials = append(stored.Trials, nights(random, h, before, night+1)...)
		}
		after := before
		if drop > 0 {
			after = thin(drop)(random, before)
		}
		d := NewDrift(stored)
		n := 1
		for n < most && !d.Night(nights(random, h, after, n)) {
			n++
		}
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}
