package gate_test

import (
	"math"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/google/go-cmp/cmp"
)

// Money is spent only where it can change the answer. Costs are compared attempt
// by attempt, so attempts beyond the stored baseline's say nothing about them.
func TestAGateIsDoneWhenNoTrialCanChangeTheVerdict(t *testing.T) {
	const between = 1.28 // more than half the margin of the typical cost, less than 0.7 of it
	dear := func(factor float64) func(int, int) float64 { return func(int, int) float64 { return factor } }
	scattered := func(task, attempt int) float64 { return 1.2 * math.Pow(3, float64(1-(task+attempt)%2*2)) }
	three := all(10, "sss").but("sfs", 7).but("fff", 8, 9)
	tests := map[string]struct {
		mode                gate.Mode
		baseline, candidate outcomes
		cost                func(task, attempt int) float64 // of the candidate; nil: unknown on both sides
		used                int                             // candidate trials
		says                string
	}{
		"costs between pass and regression, no pairs left": {
			gate.Informed, three, usual, dear(between), 30,
			`held: {"code":"no_pairs_left","arm":"baseline","count":20}`,
		},
		"costs that scatter too much for so few pairs": {
			gate.Informed, three, usual, scattered, 30, `settle: {"by":"deeper_baseline","trials":`,
		},
		"pairs are left to the end": {
			gate.Informed, usual, usual, dear(between), 50, `settle: {"by":"not_by_trials"}`,
		},
		"the pass rate still learns": {
			gate.Informed, three, usual.but("sfssf", 0, 1, 2), dear(between), 50, "pass_rate: unclear",
		},
		"the baseline's costs are unknown": {
			gate.Informed, three, usual, nil, 14, `held: {"code":"no_trial_helps","count":36}`,
		},
		"strict: as many rounds as the baseline has": {
			gate.Strict, three, usual, dear(between), 30, `held: {"code":"no_pairs_left","arm":"baseline","count":20}`,
		},
		"fixed: at the planned end only": {
			gate.Fixed, three, usual, dear(between), 50, "",
		},
		"a task that the baseline lacks": {
			gate.Auto, three.but("...", 3), usual, dear(1), 30, `held: {"code":"missing_tasks","names":["task-03"]}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			baseCost := dear(1)
			if test.cost == nil {
				baseCost = nil
			}
			baseline := run(baselines.Baseline, "old", test.baseline, baseCost)
			p := policy(test.mode)
			p.CostPerSolvedMaxRatio = 0
			candidate := left(p, baseline, run(baselines.Candidate, "new", test.candidate, test.cost), 0)
			v := replayed(p, baseline, candidate)
			if v.Outcome != gate.Inconclusive || v.TrialsUsed != test.used || !strings.Contains(said(v), test.says) {
				t.Errorf("%s after %d trials, want inconclusive after %d, and %q:\n%s", v.Outcome, v.TrialsUsed, test.used, test.says, said(v))
			}
			if early := test.used < 50; v.StoppedEarly != early || early && test.cost != nil && !(*v.USDSaved > 0) {
				t.Errorf("stopped early: %v, want %v; saved %v", v.StoppedEarly, early, v.USDSaved)
			}

			g := open(t, p, baseline, candidate.Header)
			for _, trial := range candidate.Trials {
				g.Add(trial)
			}
			if g.Used() != test.used || g.Stands() {
				t.Errorf("a live gate takes %d trials, want %d", g.Used(), test.used)
			}
			if diff := cmp.Diff(v, g.Verdict()); diff != "" {
				t.Errorf("a live gate and the replay differ:\n%s", diff)
			}
		})
	}
}

// Before a gate is given up, cost per solved task looks at the pairs there are:
// costs that scatter too much for the typical cost may be dearer in sum.
func TestCostPerSolvedLooksBeforeAGateIsGivenUp(t *testing.T) {
	baseline := run(baselines.Baseline, "old", all(10, "sss").but("fff", 8, 9), func(int, int) float64 { return 1 })
	candidate := run(baselines.Candidate, "new", all(10, "sssss").but("fffff", 8, 9), func(task, attempt int) float64 {
		return 1.2 * math.Pow(3, float64(1-(task+attempt)%2*2))
	})
	v := replayed(policy(gate.Informed), baseline, candidate)
	if v.Outcome != gate.Regression || v.TrialsUsed != 30 || !strings.Contains("\n"+said(v), "\ncost_per_solved: worse worse\n") {
		t.Errorf("%s after %d trials, want a regression after 30\n%s", v.Outcome, v.TrialsUsed, said(v))
	}
	g := open(t, policy(gate.Informed), baseline, candidate.Header)
	for _, trial := range candidate.Trials {
		g.Add(trial)
	}
	if !g.Stands() || g.Used() != 30 {
		t.Errorf("a live gate takes %d trials, want 30", g.Used())
	}
}

// A candidate whose costs were lost may yet have so many that are known that
// they can be compared.
func TestADoubtThatTrialsMayLiftKeepsTheGateOpen(t *testing.T) {
	baseline := run(baselines.Baseline, "old", usual, costing(1, 1))
	candidate := run(baselines.Candidate, "new", usual, costing(1, 2))
	candidate.Trials[4].CostUSD, candidate.Trials[5].CostUSD = nil, nil
	v := replayed(policy(gate.Informed), baseline, candidate)
	if want := int(math.Ceil(2 / 0.05)); v.Outcome != gate.Pass || v.TrialsUsed != want {
		t.Errorf("%s after %d trials, want pass after %d, when two unknown costs are one in twenty", v.Outcome, v.TrialsUsed, want)
	}
}
