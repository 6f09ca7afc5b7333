package gate_test

import (
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// What stands beside an interval that leaves out no change, and is not called
// worse, says why.
func TestAnIntervalBesideItsStatus(t *testing.T) {
	p := fixed(10)
	p.CostPerSolvedMaxRatio = 0
	v := gate.Decide(p,
		run(baselines.Baseline, "old", usual, costing(1, 1)),
		run(baselines.Candidate, "new", usual.but("fffff", 0), costing(1, 2)))
	m := v.Metrics[compare.CostPerSolved]
	note := `note cost_per_solved: {"code":"chance_among_many","count":2,"detail":"worse"}`
	if *m.Low <= 1 || m.Status != gate.Unclear || !strings.Contains(said(v), note) {
		t.Errorf("cost per solved: %.2f to %.2f, %s; said\n%s", *m.Low, *m.High, m.Status, said(v))
	}
	if m := v.Metrics[compare.TotalCost]; *m.Low > 1 || *m.High < 1 || len(m.Notes) > 0 {
		t.Errorf("total cost: %.2f to %.2f, notes %v; want no change inside, and no note", *m.Low, *m.High, m.Notes)
	}
}

// The one answer to what comes next: trials that are planned and not in come
// before anything else, and where trials do not help it says so.
func TestWhatWouldSettleIt(t *testing.T) {
	dollar := func(int, int) float64 { return 1 }
	tests := map[string]struct {
		mode                gate.Mode
		baseline, candidate outcomes
		cost                func(task, attempt int) float64
		plans               func(*gate.Policy, *baselines.Header, *baselines.Header)
		want                string
	}{
		"the plan is not through": {
			gate.Informed, usual, usual.but("s....", 0, 1, 2, 3, 4, 5, 6, 7).but("f....", 8, 9), dollar, nil,
			`{"by":"planned_trials","trials":40,"usd":40}`,
		},
		"both arms were cut": {
			gate.Fixed, usual.but("ffff.", 9), usual.but("fff..", 9), dollar, onePlan,
			`{"by":"planned_trials","trials":2,"baseline_trials":1,"usd":3}`,
		},
		"all are in, and too few": {
			gate.Fixed, all(10, "s"), all(10, "s"), dollar, nil,
			`{"by":"more_attempts","trials":10,"attempts":1,"plan":2,"usd":10}`,
		},
		"a baseline beside the candidate is paid for, too": {
			gate.Fixed, all(10, "s"), all(10, "s"), dollar, onePlan,
			`{"by":"more_attempts","trials":10,"baseline_trials":10,"attempts":1,"plan":2,"usd":20}`,
		},
		"too many would be needed": {
			gate.Fixed, all(1, "sssf"), all(1, "sssf"), dollar, nil,
			`{"by":"too_many","attempts":20}`,
		},
		"unknown costs stay unknown": {
			gate.Fixed, usual, usual, nil, nil,
			`{"by":"not_by_trials"}`,
		},
		"the stored baseline lacks a task": {
			gate.Informed, usual.but(".....", 3), usual.but("s....", 5), dollar, nil,
			`{"by":"not_by_trials"}`,
		},
		"infrastructure errors took a task": {
			gate.Fixed, usual, usual.but("iiiii", 3), dollar, nil,
			`{"by":"more_attempts","trials":10,"attempts":1,"plan":6,"usd":10}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := gate.DefaultPolicy(len(test.baseline))
			p.Mode = test.mode
			baseline := run(baselines.Baseline, "old", test.baseline, test.cost)
			candidate := run(baselines.Candidate, "new", test.candidate, test.cost)
			if test.plans != nil {
				test.plans(&p, &baseline.Header, &candidate.Header)
			}
			v := replayed(p, baseline, candidate)
			if v.Outcome != gate.Inconclusive || !strings.Contains(said(v), "settle: "+test.want+"\n") {
				t.Errorf("%s\n%swant settle: %s", v.Outcome, said(v), test.want)
			}
		})
	}
}

// The trials that are left are those of the dear task: it came last in the order.
func TestWhatIsLeftCostsWhatItsTasksCost(t *testing.T) {
	cost := func(task, _ int) float64 { return []float64{1, 1, 10}[task] }
	v := gate.Decide(gate.DefaultPolicy(3),
		run(baselines.Baseline, "old", all(3, "sssss"), cost),
		run(baselines.Candidate, "new", outcomes{"ss...", "ss...", "s...."}, cost))
	if s := v.Settle; s == nil || s.By != gate.ByPlannedTrials || s.Trials != 10 || *s.USD != 46 {
		t.Errorf("said\n%s\nwant ten trials for $46: three at each cheap task, four at the dear one", said(v))
	}
}
