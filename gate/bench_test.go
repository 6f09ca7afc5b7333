package gate_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
)

// bigRuns are two runs of that many tasks and attempts, so alike and so flaky
// that looks go on to the end.
func bigRuns(tasks, attempts int) (baseline, candidate *baselines.Run) {
	random := rand.New(rand.NewPCG(1, 2))
	side := func() outcomes {
		o := make(outcomes, tasks)
		for task := range o {
			for range attempts {
				o[task] += string("sf"[random.IntN(2)])
			}
		}
		return o
	}
	return run(baselines.Baseline, "old", side(), costing(1, 1)), run(baselines.Candidate, "new", side(), costing(1.05, 2))
}

// undecidable has margins that no data reach: a look after each trial, to the
// end.
func undecidable(tasks int) gate.Policy {
	p := gate.DefaultPolicy(tasks)
	p.Mode = gate.Informed
	p.Alpha, p.Beta = 1e-200, 1e-200
	return p
}

// 200 ms are promised.
func BenchmarkLookAfterEachTrial(b *testing.B) {
	baseline, candidate := bigRuns(89, 20)
	p := undecidable(89)
	for b.Loop() {
		if v := replayed(p, baseline, candidate); v.TrialsUsed != 89*20 {
			b.Fatalf("decided after %d trials", v.TrialsUsed)
		}
	}
}

func BenchmarkFixed(b *testing.B) {
	for _, size := range []struct{ tasks, attempts int }{{10, 5}, {89, 20}, {500, 100}} {
		b.Run(fmt.Sprintf("%dx%d", size.tasks, size.attempts), func(b *testing.B) {
			baseline, candidate := bigRuns(size.tasks, size.attempts)
			p := gate.DefaultPolicy(size.tasks)
			p.Mode = gate.Fixed
			b.ReportAllocs()
			for b.Loop() {
				replayed(p, baseline, candidate)
			}
		})
	}
}
