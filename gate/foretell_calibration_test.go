package gate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/realparts"
)

// The odds that an inconclusive verdict states come true about as often as they
// say: gates end inconclusive in worlds of all kinds, and are then played on by
// what is true there, not by what the odds were drawn from.
func TestCalibrationForetoldOdds(t *testing.T) {
	runs, allowance := calibrationRuns(t, 250)
	real := realistic(t, 0.5, 0.9)
	worlds := []struct {
		name   string
		change func(*rand.Rand, []float64) []float64
		dearer float64
	}{
		{"nothing changed", thin(0), 1},
		{"10 points lost", thin(0.1), 1},
		{"20 points lost", thin(0.2), 1},
		{"20 points lost, break", breaking(0.2), 1},
		{"20 points lost, logit", wobbling(0.2), 1},
		{"another agent", func(random *rand.Rand, _ []float64) []float64 { return real(random, 10) }, 1},
		{"costs ×1.3", thin(0), 1.3},
		{"costs ×1.5", thin(0), 1.5},
	}
	all := new(foretold)
	for i, w := range worlds {
		one := new(foretold)
		for run := range runs {
			random := rand.New(rand.NewPCG(20251127, uint64(i*100_000+run)))
			u := unsettled{policy: DefaultPolicy(10), stored: 3 + 2*random.IntN(2), plan: 1 + random.IntN(3), cut: random.IntN(2) == 0}
			if random.IntN(3) == 0 {
				u.policy.Mode = Strict
			}
			before := drawn{rates: real(random, 10)}
			after := drawn{rates: w.change(random, before.rates)}
			for range 10 {
				usd := realparts.DrawTaskUSD(random)
				before.usd, after.usd = append(before.usd, usd), append(after.usd, usd*w.dearer)
			}
			if odds, came, ok := u.play(random, before, after); ok {
				one.add(odds, came)
				all.add(odds, came)
			}
		}
		t.Logf("%-24s %s", w.name, one)
		if off := math.Abs(one.odds-one.came) / one.n; off > 0.15+allowance(0.5) {
			t.Errorf("%s: the odds are off by %.3f, want at most 0.15", w.name, off)
		}
	}
	t.Logf("%-24s %s", "all", all)
	if off := math.Abs(all.odds-all.came) / all.n; off > 0.05+allowance(0.5) {
		t.Errorf("the odds are off by %.3f, want at most 0.05", off)
	}
	for _, b := range all.bins {
		if off := math.Abs(b.odds-b.came) / b.n; off > 0.10+allowance(0.5) {
			t.Errorf("where they say %.2f, %.2f come to a verdict, want at most 0.10 of a difference", b.odds/b.n, b.came/b.n)
		}
	}
}

// unsettled is a gate that will often end without a verdict.
type unsettled struct {
	policy       Policy
	stored, plan int  // attempts a task
	cut          bool // ends somewhere inside the plan, as where the money is gone
}

// play gives the odds that an inconclusive gate states, and how often of a few
// times it comes to a verdict when it goes on; ok is false for a gate that has
// one, or states none.
func (u unsettled) play(random *rand.Rand, before, after drawn) (odds, came float64, ok bool) {
	shared := new(tables)
	h := simulatedHeader(10, u.plan)
	stored := simulatedRun(h, random, before, u.stored)
	order := Order(u.policy, stored, h.Suite, u.plan, random.Uint64(), nil)
	end := len(order)
	if u.cut {
		end = 10 + random.IntN(len(order)-9)
	}
	g := open(u.policy, stored, h, shared)
	candidate := &baselines.Run{Header: h}
	for i, k := range order[:end] {
		if g.Done() {
			break
		}
		trial := after.trial(random, taskNumber(k.Task), k.Attempt, 1)
		trial.Seq = i + 1
		candidate.Trials = append(candidate.Trials, trial)
		g.consume(trial)
	}
	v := g.Verdict()
	if v.Outcome != Inconclusive || v.plannedBy(10) == 0 {
		return 0, 0, false
	}
	const gates, times = 60, 5
	odds = newOutlook(g.policy, stored, candidate, v.plannedBy(10), v.Settle.By == ByDeeperBaseline).odds(gates)
	for range times {
		if u.goOn(random, v, before, after, stored, candidate) {
			came += 1.0 / times
		}
	}
	return odds, came, true
}

// goOn plays the plan that would settle the verdict, by what is true.
func (u unsettled) goOn(random *rand.Rand, v Verdict, before, after drawn, stored, candidate *baselines.Run) bool {
	attempts := v.plannedBy(10)
	h := candidate.Header
	h.Limits.Attempts = attempts
	known := make(map[baselines.Key]baselines.Trial)
	var begun []baselines.Key
	if v.Settle.By == ByDeeperBaseline {
		stored = simulatedRun(h, random, before, attempts)
	} else {
		for _, t := range candidate.Trials {
			known[t.Key()] = t
			begun = append(begun, t.Key())
		}
	}
	g := open(u.policy, stored, h, new(tables))
	for _, k := range Order(u.policy, stored, h.Suite, attempts, random.Uint64(), begun) {
		if g.Done() {
			break
		}
		t, done := known[k]
		if !done {
			t = after.trial(random, taskNumber(k.Task), k.Attempt, 1)
		}
		g.consume(t)
	}
	outcome, findings := g.ending()
	if g.asksToConfirm(outcome, findings) {
		mean := 0.0
		for task := range 10 {
			mean += math.Log(after.trial(random, task, 1, 1).CostUSD.Main/before.trial(random, task, 1, 1).CostUSD.Main) / 10
		}
		return confirms(needed(toConfirm(g.policy, findings)), mean)
	}
	return outcome.stands()
}

func simulatedRun(h baselines.Header, random *rand.Rand, w drawn, attempts int) *baselines.Run {
	r := &baselines.Run{Header: h}
	for attempt := range attempts {
		for task := range w.rates {
			r.Trials = append(r.Trials, w.trial(random, task, attempt+1, 1))
		}
	}
	return r
}

// foretold gathers odds and what came of them.
type foretold struct {
	n, odds, came float64
	bins          [5]struct{ n, odds, came float64 }
}

func (f *foretold) add(odds, came float64) {
	f.n, f.odds, f.came = f.n+1, f.odds+odds, f.came+came
	b := &f.bins[min(4, int(odds*5))]
	b.n, b.odds, b.came = b.n+1, b.odds+odds, b.came+came
}

func (f *foretold) String() string {
	s := fmt.Sprintf("n %4.0f stated %.3f came %.3f |", f.n, f.odds/f.n, f.came/f.n)
	for _, b := range f.bins {
		s += fmt.Sprintf(" %.2f→%.2f (%.0f)", b.odds/b.n, b.came/b.n, b.n)
	}
	return s
}
