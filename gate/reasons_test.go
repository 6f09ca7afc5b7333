package gate_test

import (
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
)

// A sentence must not say less than the interval beside it without saying why.
func TestReasonsAgreeWithTheirIntervals(t *testing.T) {
	tests := map[string]struct {
		mode                gate.Mode
		baseline, candidate outcomes
		dearer              float64
		want                string
	}{
		"read once, the interval leaves out no change": {
			gate.Fixed, all(10, "s"), all(10, "s").but("f", 0, 1, 2), 1,
			"Pass rate: the fall is not beyond what chance explains at the gate's level, and a drop of 20 points or more is not ruled out: -30 points, 90% interval -56 to -2",
		},
		"the only look there is": {
			gate.Strict, all(10, "s"), all(10, "s").but("f", 0, 1, 2), 1,
			"Pass rate: the fall is not beyond what chance explains at the gate's level, and",
		},
		"one look of several": {
			gate.Strict, all(2, "sssss"), all(2, "sssss").but("fffff", 0), 1,
			"Pass rate: the fall is not beyond what chance explains when looking several times, and a drop of 20 points or more is not ruled out: -50 points, 90% interval -73 to -18",
		},
		"the interval has no change in it": {
			gate.Fixed, all(10, "sf"), all(10, "sf").but("ff", 0, 1, 2, 3, 4).but("ss", 8, 9), 1,
			"Pass rate: the fall is not beyond what chance explains, and a drop of 20 points or more is not ruled out: -15 points, 90% interval",
		},
		"as many won as lost": {
			gate.Fixed, all(10, "sf"), all(10, "fs"), 1,
			"Pass rate did not fall, but a drop of 20 points or more is not ruled out: 0 points, 90% interval",
		},
		"five costs, all higher": {
			gate.Fixed, all(5, "s"), all(5, "s"), 1.5,
			"Typical cost: the rise is not beyond what chance explains at the gate's level, and a rise to x1.5 or more is not ruled out: x1.4",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := gate.DefaultPolicy(len(test.baseline))
			p.Mode = test.mode
			v := gate.Decide(p, run(baselines.Baseline, "old", test.baseline, costing(1, 1)), run(baselines.Candidate, "new", test.candidate, costing(test.dearer, 2)))
			if reasons := strings.Join(v.Reasons, "\n"); !strings.Contains(reasons, test.want) {
				t.Errorf("reasons are\n%s\nwant them to say %q", reasons, test.want)
			}
		})
	}
}

// What stands beside an interval that leaves out no change, and is not called
// worse, says why.
func TestAnIntervalBesideItsStatus(t *testing.T) {
	v := gate.Decide(fixed(10),
		run(baselines.Baseline, "old", usual, costing(1, 1)),
		run(baselines.Candidate, "new", usual.but("ffsss", 0, 1), costing(1, 2)))
	m := v.Metrics["cost_per_solved"]
	if *m.Low <= 1 || m.Status != gate.Unclear || m.Note != "its interval alone says worse, but among 2 metrics that may be chance" {
		t.Errorf("cost per solved: %.2f to %.2f, %s, note %q", *m.Low, *m.High, m.Status, m.Note)
	}
	if m := v.Metrics["total_cost"]; *m.Low > 1 || *m.High < 1 || m.Note != "" {
		t.Errorf("total cost: %.2f to %.2f, note %q; want no change inside, and no note", *m.Low, *m.High, m.Note)
	}
}
