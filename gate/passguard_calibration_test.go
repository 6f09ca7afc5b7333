package gate

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/internal/realparts"
)

// another lets two fifths of the tasks exchange their rates, as between different
// models that solve equally much: a task's difference has a standard deviation of
// about 0.35. Then the candidate loses drop of what is left.
func another(drop float64) func(*rand.Rand, []float64) []float64 {
	return func(random *rand.Rand, p []float64) []float64 {
		out := make([]float64, len(p))
		copy(out, p)
		some := random.Perm(len(p))[:(2*len(p)+2)/5]
		for i, t := range some {
			out[t] = p[some[(i+1)%len(some)]]
		}
		return thin(drop)(random, out)
	}
}

// What the fixed and strict modes pass: hardly ever a true loss of the margin,
// whatever the tasks are, and mostly another model that solves as much. Only the
// pass rate is gated.
func TestCalibrationPassGuard(t *testing.T) {
	runs, allowance := calibrationRuns(t, 2500)
	real := realistic(t, 0.3, 0.9)
	for _, mode := range []Mode{Strict, Fixed} {
		for _, d := range []struct {
			tasks  int
			margin float64
			k      int
		}{{10, 0.20, 5}, {15, 0.20, 1}, {30, 0.10, 5}, {89, 0.10, 2}, {89, 0.05, 4}} {
			policy := DefaultPolicy(d.tasks)
			policy.Mode, policy.PassRateMaxDrop, policy.Attempts = mode, d.margin, d.k
			policy.TypicalCostMaxRatio, policy.CostPerSolvedMaxRatio = 0, 0
			var worst float64
			var where string
			for _, w := range []struct {
				name   string
				suite  func(*rand.Rand, int) []float64
				change func(*rand.Rand, []float64) []float64
			}{
				{"thin", real, thin(d.margin)},
				{"break", real, breaking(d.margin)},
				{"different models", real, another(d.margin)},
				{"all at 0.5", constant(0.5), thin(d.margin)},
				{"sure", constant(0.999), thin(d.margin)},
			} {
				r := passRates(world{tasks: d.tasks, suite: w.suite, change: w.change}, policy, runs)
				t.Logf("%s, %d x %d at %.2f, %s: PASS %.3f", mode, d.tasks, d.k, d.margin, w.name, r.pass)
				if r.pass > worst {
					worst, where = r.pass, w.name
				}
			}
			name := fmt.Sprintf("%s, %d tasks x %d", mode, d.tasks, d.k)
			if most := 0.11; worst > most+allowance(most) {
				t.Errorf("%s: passes a loss of the margin %.3f of the time (%s), want %.3f at most", name, worst, where, most)
			}
		}
	}
}

// Between different models that solve as much the strict mode mostly passes.
func TestCalibrationPassOfAnotherModel(t *testing.T) {
	runs, allowance := calibrationRuns(t, 2500)
	policy := DefaultPolicy(30)
	policy.Mode, policy.PassRateMaxDrop, policy.Attempts = Strict, 0.10, 5
	policy.TypicalCostMaxRatio, policy.CostPerSolvedMaxRatio = 0, 0
	r := passRates(world{tasks: 30, suite: realistic(t, 0.3, 0.9), change: another(0)}, policy, runs)
	t.Logf("another model that solves as much: PASS %.3f  n/plan %.3f", r.pass, r.trials)
	if least := 0.93; r.pass < least-allowance(least) {
		t.Errorf("strict passes another model that solves as much %.3f of the time, want %.3f", r.pass, least)
	}
}

// passRates plays the outcomes alone, both sides with as many attempts as planned,
// measured side by side.
func passRates(w world, p Policy, runs int) result {
	random := rand.New(rand.NewPCG(20261127, uint64(w.tasks)))
	bounds := criticalValues(pocockSpending, p.Beta, equalLooks(p.Attempts))
	var sum result
	for range runs {
		before := w.suite(random, w.tasks)
		one := passOf(random, before, w.change(random, before), p, bounds)
		sum.add(one)
	}
	return sum.mean(runs)
}

func passOf(random *rand.Rand, before, after []float64, p Policy, bounds []float64) result {
	t := newTally(simulatedHeader(len(before), p.Attempts).Suite)
	strict := newStrictPassRate(p, bounds)
	for round := 1; round <= p.Attempts; round++ {
		for task := range before {
			t.baseline(simulatedOutcome(task, round, random.Float64() < before[task]))
			o, _ := t.candidate(simulatedOutcome(task, round, random.Float64() < after[task]))
			strict.observe(o)
		}
		if p.Mode == Fixed {
			continue
		}
		delta, everyTask := t.delta()
		strict.look(look{tally: t, delta: delta, everyTask: everyTask, enough: true, round: round})
		if s := strict.finding().status; s != Unclear {
			r := result{trials: float64(round) / float64(p.Attempts)}
			if s == NoWorse {
				r.pass = 1
			}
			return r
		}
	}
	r := result{trials: 1}
	if p.Mode == Fixed {
		if test := passRateTest(p, &compare.Tests{PassRates: t.rates()}); test.ruleOut && test.good {
			r.pass = 1
		}
	}
	return r
}

// What a solved task costs is printed without much bias after the informed mode
// stopped, in both arms: the geometric mean over gates of the printed dollars over
// the true ones is near 1.
func TestCalibrationPrintedCosts(t *testing.T) {
	runs, _ := calibrationRuns(t, 400) // each compares two runs in full
	allowance := 2 * 0.5 / math.Sqrt(float64(runs))
	real := realistic(t, 0.5, 0.9)
	for _, w := range []struct {
		name string
		most float64
		world
	}{
		{"nothing changed", 0.08, world{suite: real}},
		// What stops early as a regression is what happened to solve least.
		{"20 points lost, thin", 0.20, world{suite: real, change: thin(0.2)}},
		{"20 points lost, break", 0.08, world{suite: real, change: breaking(0.2)}},
		{"costs x1.5", 0.08, world{suite: real, costFactor: 1.5}},
		{"another model", 0.08, world{suite: real, change: another(0)}},
		{"flaky tasks", 0.08, world{suite: flaky}},
	} {
		w.tasks = 10
		random, shared := rand.New(rand.NewPCG(20261128, 1)), new(tables)
		var baseline, candidate, gates float64
		for range runs {
			if b, c, ok := printed(random, w.world, shared); ok {
				baseline, candidate, gates = baseline+math.Log(b), candidate+math.Log(c), gates+1
			}
		}
		baseline, candidate = math.Exp(baseline/gates)-1, math.Exp(candidate/gates)-1
		t.Logf("%s: the baseline's dollars are off by %+.3f, the candidate's by %+.3f", w.name, baseline, candidate)
		if max(math.Abs(baseline), math.Abs(candidate)) > w.most+allowance {
			t.Errorf("%s: the printed costs per solved task are off by %+.3f and %+.3f, want %.2f at most", w.name, baseline, candidate, w.most)
		}
	}
}

// printed plays one gate of the default policy and is what it prints of each arm's
// cost per solved task, over the true cost; ok is false where an arm has none.
func printed(random *rand.Rand, w world, shared *tables) (baseline, candidate float64, ok bool) {
	policy, before := DefaultPolicy(w.tasks), w.suite(random, w.tasks)
	after := before
	if w.change != nil {
		after = w.change(random, before)
	}
	factor := cmp.Or(w.costFactor, 1)
	var true0, true1 float64
	price := make([]float64, w.tasks)
	for t := range price {
		price[t] = realparts.DrawTaskUSD(random)
		true0 += price[t] * (before[t] + realparts.FailedFactor*(1-before[t]))
		true1 += factor * price[t] * (after[t] + realparts.FailedFactor*(1-after[t]))
	}
	attempts := math.Exp(0.35*0.35/2) * (1 + 0.04*2) // the mean of what DrawAttemptUSD draws
	true0, true1 = attempts*true0/mean(before)/float64(w.tasks), attempts*true1/mean(after)/float64(w.tasks)

	draw := func(task, attempt int, rate, usd float64) baselines.Trial {
		out := *simulatedOutcome(task, attempt, random.Float64() < rate)
		usd = realparts.DrawAttemptUSD(random, usd)
		if !*out.Solved {
			usd *= realparts.FailedFactor
		}
		out.CostUSD = &baselines.CostUSD{Main: usd}
		return out
	}
	h := simulatedHeader(w.tasks, policy.Attempts)
	stored := &baselines.Run{Header: h}
	for attempt := range policy.Attempts {
		for task := range w.tasks {
			stored.Trials = append(stored.Trials, draw(task, attempt+1, before[task], price[task]))
		}
	}
	g := open(policy, stored, h, shared)
	for _, k := range simulatedOrder(random, design{policy: policy, ordered: true}, stored, h) {
		if g.Stands() {
			break
		}
		task := taskNumber(k.Task)
		g.consume(draw(task, k.Attempt, after[task], factor*price[task]))
	}
	e := compare.Compare(g.baseline, g.candidate).Estimates[compare.CostPerSolved]
	if e.Baseline == nil || e.Candidate == nil {
		return 0, 0, false
	}
	return *e.Baseline / true0, *e.Candidate / true1, true
}

func simulatedOutcome(task, attempt int, solved bool) *baselines.Trial {
	return &baselines.Trial{Task: simulatedTask(task), Attempt: attempt, Try: 1, Ended: baselines.Finished, Solved: &solved}
}
