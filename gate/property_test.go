package gate_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/google/go-cmp/cmp"
)

// runsFrom makes two runs of any shape and a mode out of bytes.
func runsFrom(data []byte, wild bool) (p gate.Policy, baseline, candidate *baselines.Run) {
	next := func() byte {
		if len(data) == 0 {
			return 0
		}
		b := data[0]
		data = data[1:]
		return b
	}
	modes := []gate.Mode{gate.Auto, gate.Informed, gate.Strict, gate.Fixed}
	tasks, attempts := int(next())%12, 1+int(next())%5
	p = gate.DefaultPolicy(tasks)
	p.Mode = modes[int(next())%len(modes)]
	if next()%4 == 0 {
		p.CostPerSolvedMaxRatio = 0
	}
	const letters = "sssssssfffftTinc."
	side := func(arm baselines.Arm) *baselines.Run {
		o := make(outcomes, tasks)
		for task := range o {
			for range attempts {
				o[task] += string(letters[int(next())%len(letters)])
			}
		}
		costs := rand.New(rand.NewPCG(uint64(next()), 3))
		r := run(arm, string(arm), o, func(int, int) float64 { return 0.1 * math.Exp(costs.NormFloat64()) })
		for i := range r.Trials {
			switch b := next(); {
			case b == 255:
				r.Trials[i].CostUSD = nil
			case b == 254:
				r.Trials[i].CostUSD = &baselines.CostUSD{}
			case wild && b >= 250:
				r.Trials[i].CostUSD = &baselines.CostUSD{Main: []float64{math.NaN(), math.Inf(1), -1, math.MaxFloat64}[b-250]}
			}
		}
		return r
	}
	return p, side(baselines.Baseline), side(baselines.Candidate)
}

func seeds(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, shape := range []byte{0, 1, 4, 11} {
		for mode := range byte(4) {
			data := []byte{shape, 4, mode, mode}
			for range 25 * int(shape) {
				data = append(data, byte(random.Uint32()))
			}
			f.Add(data)
		}
	}
}

// Whatever the runs, there is a verdict, it can be written, and it says why.
func FuzzDecide(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		p, baseline, candidate := runsFrom(data, true)
		v := replayed(p, baseline, candidate)
		written(t, v)
		if len(v.Findings)+len(v.Held)+len(v.Differences) == 0 || v.Outcome == gate.Inconclusive && v.Settle == nil || v.ExitCode != v.Outcome.ExitCode() || len(v.Metrics) != len(compare.Metrics) {
			t.Errorf("the document lacks something:\n%s", written(t, v))
		}
		if v.Outcome == gate.Pass {
			for _, task := range v.Tasks {
				if task.Candidate.Attempts == 0 || task.Baseline.Attempts == 0 {
					t.Errorf("passes without an attempt at %s", task.ID)
				}
			}
		}
	})
}

// The order of tasks in the suite and of lines in the file changes nothing.
func FuzzOrderMeansNothing(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		p, baseline, candidate := runsFrom(data, false)
		random := rand.New(rand.NewPCG(5, uint64(len(data))))
		want := replayed(p, baseline, candidate)
		got := replayed(p, shuffled(random, baseline), shuffled(random, candidate))
		got.Baseline, got.Candidate = want.Baseline, want.Candidate
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("shuffling changed the verdict:\n%s", diff)
		}
	})
}

func shuffled(random *rand.Rand, r *baselines.Run) *baselines.Run {
	out := &baselines.Run{Header: r.Header, Trials: append([]baselines.Trial(nil), r.Trials...)}
	out.Header.Suite.Tasks = append([]baselines.Task(nil), r.Header.Suite.Tasks...)
	random.Shuffle(len(out.Header.Suite.Tasks), func(i, j int) {
		tasks := out.Header.Suite.Tasks
		tasks[i], tasks[j] = tasks[j], tasks[i]
	})
	random.Shuffle(len(out.Trials), func(i, j int) { out.Trials[i], out.Trials[j] = out.Trials[j], out.Trials[i] })
	return out
}

// A line written twice counts once.
func FuzzDuplicates(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		p, baseline, candidate := runsFrom(data, false)
		want := replayed(p, baseline, candidate)
		twice := &baselines.Run{Header: candidate.Header, Trials: append(append([]baselines.Trial(nil), candidate.Trials...), candidate.Trials...)}
		got := replayed(p, baseline, twice)
		want.USDUsed, got.USDUsed = nil, nil // the bill counts lines
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("duplicates changed the verdict:\n%s", diff)
		}
	})
}

// A constant factor on all costs changes no verdict.
func FuzzCurrency(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		p, baseline, candidate := runsFrom(data, false)
		want := replayed(p, baseline, candidate)
		for _, factor := range []float64{1e-4, 7, 3e3} {
			got := replayed(p, scaled(baseline, factor), scaled(candidate, factor))
			if got.Outcome != want.Outcome || got.TrialsUsed != want.TrialsUsed {
				t.Errorf("all costs times %v: %s after %d trials, was %s after %d", factor, got.Outcome, got.TrialsUsed, want.Outcome, want.TrialsUsed)
			}
		}
	})
}

func scaled(r *baselines.Run, factor float64) *baselines.Run {
	out := &baselines.Run{Header: r.Header}
	for _, t := range r.Trials {
		if t.CostUSD != nil {
			t.CostUSD = &baselines.CostUSD{Main: factor * t.CostUSD.Main}
		}
		out.Trials = append(out.Trials, t)
	}
	return out
}

// A run against itself never fails, however it went.
func FuzzItselfNeverFails(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		p, baseline, _ := runsFrom(data, true)
		if v := replayed(p, baseline, baseline); v.Outcome == gate.Regression {
			t.Errorf("a run is a regression against itself:\n%s", written(t, v))
		}
	})
}

// Making any candidate trial clearly worse (failed, at a hundred times the
// price) never turns a regression into a pass.
func FuzzWorseIsNeverBetter(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		p, baseline, candidate := runsFrom(data, false)
		if replayed(p, baseline, candidate).Outcome != gate.Regression {
			return
		}
		// A few of them: each takes a whole verdict.
		for _, i := range rand.New(rand.NewPCG(6, uint64(len(data)))).Perm(len(candidate.Trials))[:min(5, len(candidate.Trials))] {
			worse := &baselines.Run{Header: candidate.Header, Trials: append([]baselines.Trial(nil), candidate.Trials...)}
			no := false
			worse.Trials[i].Solved = &no
			if c := worse.Trials[i].CostUSD; c != nil {
				worse.Trials[i].CostUSD = &baselines.CostUSD{Main: 100 * c.Main}
			}
			if v := replayed(p, baseline, worse); v.Outcome == gate.Pass {
				t.Fatalf("a regression passes when trial %d is worse:\n%s", i+1, written(t, v))
			}
		}
	})
}
