package gate_test

import (
	"fmt"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/google/go-cmp/cmp"
)

// Whatever ended a run before its plan did, money or a keypress, what is there
// was not chosen by the plan: the fixed mode says numbers and decides nothing.
func TestTheFixedModeDecidesAtThePlannedEndOnly(t *testing.T) {
	broke := usual.but("fffff", 0, 1, 2)
	tests := map[string]struct {
		baseline, candidate outcomes
		plans               func(p *gate.Policy, baseline, candidate *baselines.Header)
		want                gate.Outcome
		in                  string // what of which arm; empty: all is in
	}{
		"all there":                       {usual, usual, nil, gate.Pass, ""},
		"the last trial never began":      {usual, usual.but("ffff.", 9), nil, gate.Inconclusive, "49 of the candidate's 50"},
		"the last trial was cancelled":    {usual, usual.but("ffffc", 9), nil, gate.Inconclusive, "49 of the candidate's 50"},
		"the last trial broke every time": {usual, usual.but("ffffi", 9), nil, gate.Pass, ""},
		"a clear regression, cut":         {usual, broke.but("fff..", 9), nil, gate.Inconclusive, "48 of the candidate's 50"},
		"too little to tell, cut":         {all(10, "s"), all(10, "s").but(".", 9), nil, gate.Inconclusive, "9 of the candidate's 10"},
		"nothing there":                   {usual, all(10, "....."), nil, gate.NotMeasured, ""},

		"a stored baseline of fewer attempts": {all(10, "ss").but("ff", 8, 9), usual, nil, gate.Pass, ""},
		"a stored baseline of more attempts":  {all(10, "sssssss").but("fffffff", 8, 9), usual, nil, gate.Pass, ""},
		"a stored baseline that was cut":      {usual.but("fff..", 9), usual, nil, gate.Pass, ""},
		"a baseline planned along, cut":       {usual.but("ffff.", 8, 9), usual, onePlan, gate.Inconclusive, "48 of the baseline's 50"},
		"a baseline planned along, all there": {usual, usual, onePlan, gate.Pass, ""},
		"both arms cut":                       {usual.but("ffff.", 9), usual.but("fff..", 9), onePlan, gate.Inconclusive, "49 of the baseline's 50"},

		"the policy plans what no header says": {usual, usual, noHeaderPlans(7), gate.Inconclusive, "50 of the candidate's 70"},
		"the header's plan comes first":        {usual, usual, policyPlans(7), gate.Pass, ""},
		"nobody says the plan":                 {usual, usual, noHeaderPlans(0), gate.Pass, ""},
		"nobody says the plan, cut":            {usual, usual.but("ffff.", 9), noHeaderPlans(0), gate.Inconclusive, "49 of the candidate's 50"},
		"nobody says the plan, a tail cancelled": {
			usual, all(10, "ssscc").but("fffcc", 8, 9), noHeaderPlans(0), gate.Inconclusive, "30 of the candidate's 50",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := policy(gate.Fixed)
			baseline := run(baselines.Baseline, "old", test.baseline, costing(1, 1))
			candidate := run(baselines.Candidate, "new", test.candidate, costing(1, 2))
			if test.plans != nil {
				test.plans(&p, &baseline.Header, &candidate.Header)
			}
			v := gate.Decide(p, baseline, candidate)
			if v.Outcome != test.want {
				t.Errorf("verdict is %s, want %s\n%s", v.Outcome, test.want, written(t, v))
			}
			in := ""
			for _, held := range v.Held {
				if held.Code == gate.PlanIncomplete {
					in = fmt.Sprintf("%d of the %s's %d", held.Count, held.Arm, held.Of)
				}
			}
			if in != test.in {
				t.Errorf("%q of the plan is in, want %q\n%s", in, test.in, said(v))
			}
		})
	}
}

// onePlan says that both arms were measured side by side.
func onePlan(_ *gate.Policy, baseline, candidate *baselines.Header) {
	baseline.Plan, candidate.Plan = "sha256:one", "sha256:one"
}

func noHeaderPlans(attempts int) func(*gate.Policy, *baselines.Header, *baselines.Header) {
	return func(p *gate.Policy, baseline, candidate *baselines.Header) {
		p.Attempts, baseline.Limits.Attempts, candidate.Limits.Attempts = attempts, 0, 0
	}
}

func policyPlans(attempts int) func(*gate.Policy, *baselines.Header, *baselines.Header) {
	return func(p *gate.Policy, _, _ *baselines.Header) { p.Attempts = attempts }
}

// A run whose money ends leaves holes in the planned order. What finished
// behind a hole is in the numbers, live as in the replay of the files.
func TestAFixedRunThatWasCutReadsAllThatFinished(t *testing.T) {
	baseline := run(baselines.Baseline, "old", usual, costing(1, 1))
	candidate := run(baselines.Candidate, "new", usual.but("sssc.", 3), costing(1, 2))
	for _, live := range []bool{false, true} {
		t.Run(fmt.Sprintf("live baseline: %v", live), func(t *testing.T) {
			stored := baseline
			if live {
				baseline.Header.Plan, candidate.Header.Plan = "sha256:one", "sha256:one"
				stored = &baselines.Run{Header: baseline.Header}
			}
			g := open(t, policy(gate.Fixed), stored, candidate.Header)
			for _, trial := range candidate.Trials {
				g.Add(trial)
			}
			if live {
				for _, trial := range baseline.Trials {
					g.AddBaseline(trial)
				}
			}
			got, want := g.Verdict(), replayed(policy(gate.Fixed), baseline, candidate)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("a live gate and the replay differ:\n%s", diff)
			}
			if got.Outcome != gate.Inconclusive || got.TrialsUsed != 48 {
				t.Errorf("%s on %d trials, want inconclusive on 48", got.Outcome, got.TrialsUsed)
			}
		})
	}
}
