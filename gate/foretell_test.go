package gate_test

import (
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/google/go-cmp/cmp"
)

// An inconclusive verdict says how likely what is left of the plan settles it: a
// candidate that did as well so far will hardly stay without a verdict, one that
// lies between the two hypotheses will, however many attempts it makes.
func TestForetoldOdds(t *testing.T) {
	usual := all(10, "sssss").but("sfsfs", 7).but("fffff", 8, 9)
	tests := map[string]struct {
		baseline, candidate outcomes
		by                  gate.SettledBy
		least, most         float64
	}{
		"as before, one round in": {usual, firstOf(usual, 1), gate.ByPlannedTrials, 0.85, 1},
		"everything broke, nine trials in": {
			usual, firstOf(all(10, "fffff"), 1).but(".....", 9), gate.ByPlannedTrials, 0.9, 1,
		},
		"one task of ten broke, half the margin, where any answer may come": {
			firstOf(usual, 3), usual.but("fffff", 0).but("sfsss", 1, 2), gate.ByMoreAttempts, 0, 0.5,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := policy(gate.Informed)
			baseline := run(baselines.Baseline, "old", test.baseline, costing(1, 1))
			candidate := run(baselines.Candidate, "new", test.candidate, costing(1, 2))
			baseline.Header.Limits.Attempts, candidate.Header.Limits.Attempts = 5, 5
			baseline, candidate = watched(p, baseline, candidate)
			before := written(t, gate.Decide(p, baseline, candidate))
			v := gate.Foretold(p, baseline, candidate)
			if v.Settle == nil || v.Settle.By != test.by || v.Settle.Odds == nil {
				t.Fatalf("%s, settled by %+v, want %s with odds\n%s", v.Outcome, v.Settle, test.by, said(v))
			}
			t.Logf("odds %v", *v.Settle.Odds)
			if odds := *v.Settle.Odds; odds < test.least || odds > test.most {
				t.Errorf("odds %v, want %v to %v", odds, test.least, test.most)
			}
			if diff := cmp.Diff(before, written(t, gate.Decide(p, baseline, candidate))); diff != "" {
				t.Errorf("foretelling changes what the runs say:\n%s", diff)
			}
			g := open(t, p, baseline, candidate.Header)
			for _, trial := range candidate.Trials {
				g.Add(trial)
			}
			live := g.Verdict()
			g.Foretell(&live)
			if diff := cmp.Diff(v, live); diff != "" {
				t.Errorf("a live gate and the replay foretell different odds:\n%s", diff)
			}
		})
	}
}

// firstOf are the first attempts of each task.
func firstOf(o outcomes, attempts int) outcomes {
	out := append(outcomes(nil), o...)
	for i := range out {
		out[i] = out[i][:attempts]
	}
	return out
}

// Two runs of one plan go on together.
func TestForetoldOddsOfALiveBaseline(t *testing.T) {
	p := policy(gate.Auto)
	suite := all(10, "s").but("f", 8, 9)
	baseline := run(baselines.Baseline, "old", suite, costing(1, 1))
	candidate := run(baselines.Candidate, "new", suite, costing(1, 2))
	baseline.Header.Limits.Attempts, candidate.Header.Limits.Attempts = 5, 5
	baseline.Header.Plan, candidate.Header.Plan = "sha256:one", "sha256:one"
	baseline, candidate = watched(p, baseline, candidate)
	v := gate.Foretold(p, baseline, candidate)
	if s := v.Settle; s == nil || s.By != gate.ByPlannedTrials || s.Trials != 40 || s.BaselineTrials != 40 || s.Odds == nil || *s.Odds < 0.5 {
		t.Errorf("%s, settled by %+v, want 40 trials on both sides and good odds", v.Outcome, s)
	}
}

// Where costs are gated and not known, and where the plan is too large to be
// played often enough, nothing is foretold; nor for a verdict that stands.
func TestNoOddsWhereNobodyKnows(t *testing.T) {
	usual := all(10, "sssss").but("fffff", 8, 9)
	tests := map[string]struct {
		candidate outcomes
		cost      func(task, attempt int) float64
		attempts  int
	}{
		"a pass":            {usual, costing(1, 1), 5},
		"costs are unknown": {firstOf(usual, 1), nil, 5},
		"a large plan":      {firstOf(usual, 1), costing(1, 1), 5000},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := policy(gate.Informed)
			baseline := run(baselines.Baseline, "old", usual, test.cost)
			candidate := run(baselines.Candidate, "new", test.candidate, test.cost)
			candidate.Header.Limits.Attempts = test.attempts
			baseline, candidate = watched(p, baseline, candidate)
			want, v := gate.Decide(p, baseline, candidate), gate.Foretold(p, baseline, candidate)
			if diff := cmp.Diff(want, v); diff != "" {
				t.Errorf("something is foretold:\n%s", diff)
			}
		})
	}
}

// What a deeper baseline costs are the trials of both sides.
func TestADeeperBaselineHasItsPrice(t *testing.T) {
	p := gate.DefaultPolicy(6)
	p.Mode = gate.Strict
	suite := all(6, "sssss").but("sfssf", 4).but("fffff", 5)
	baseline := run(baselines.Baseline, "old", suite, func(int, int) float64 { return 1 })
	candidate := run(baselines.Candidate, "new", suite.but("sffss", 0, 1), func(int, int) float64 { return 0.9 })
	baseline, candidate = watched(p, baseline, candidate)
	v := gate.Foretold(p, baseline, candidate)
	s := v.Settle
	if s == nil || s.By != gate.ByDeeperBaseline || s.USD == nil || s.Odds == nil {
		t.Fatalf("%s, settled by %+v, want a deeper baseline with its price and odds\n%s", v.Outcome, s, said(v))
	}
	within(t, "trials on each side", float64(s.Trials), float64(6*s.Attempts))
	within(t, "dollars", *s.USD, float64(6*s.Attempts)*(1+0.9))
}
