package gate_test

import (
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// Up to one attempt in twenty may lack a trustworthy cost.
func TestCostsThatCannotBeTrusted(t *testing.T) {
	tests := map[string]struct {
		attempts int
		spoil    func(*baselines.Trial)
		want     gate.Outcome
		reason   string
	}{
		"2 of 50 unknown": {2, func(t *baselines.Trial) { t.CostUSD = nil }, gate.Pass, ""},
		"3 of 50 unknown": {3, func(t *baselines.Trial) { t.CostUSD = nil }, gate.Inconclusive, `{"code":"unknown_cost","arm":"candidate","count":3,"of":50}`},
		"3 of 50 past the meter": {
			3, func(t *baselines.Trial) { t.Flags = []baselines.Flag{baselines.MeterMissed} },
			gate.Inconclusive, `{"code":"meter_missed","arm":"candidate","count":3,"of":50}`,
		},
		"3 of 50 past the meter, explained": {3, func(t *baselines.Trial) {
			t.Flags = []baselines.Flag{baselines.MeterMissed}
			t.Agreement = &baselines.Agreement{Explained: "killed"}
		}, gate.Pass, ""},
		"3 of 50 free on one side": {
			3, func(t *baselines.Trial) { t.CostUSD = &baselines.CostUSD{} },
			gate.Inconclusive, `{"code":"free_on_one_side","count":3}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			candidate := run(baselines.Candidate, "new", usual, costing(1, 2))
			for i := range test.attempts {
				test.spoil(&candidate.Trials[7*i])
			}
			v := gate.Decide(policy(gate.Fixed), run(baselines.Baseline, "old", usual, costing(1, 1)), candidate)
			if v.Outcome != test.want || !strings.Contains(said(v), test.reason) {
				t.Errorf("%s,\n%s; want %s, %s", v.Outcome, said(v), test.want, test.reason)
			}
			if test.want == gate.Inconclusive {
				for _, name := range []compare.Metric{compare.CostPerSolved, compare.TypicalCost, compare.TotalCost} {
					if m := v.Metrics[name]; m.Low != nil || m.PValue != nil || m.Status != gate.Unclear {
						t.Errorf("%s has error bars on costs that cannot be trusted: %+v", name, m)
					}
				}
			}
		})
	}
}

// What infrastructure errors took is left out; it is held against the candidate
// where that may not be fair.
func TestInfrastructureErrors(t *testing.T) {
	broke := usual.but("fffff", 0, 1, 2)
	tests := map[string]struct {
		baseline, candidate outcomes
		want                gate.Outcome
		reason              string
	}{
		"one, either way":                   {usual, usual.but("ssssi", 0), gate.Pass, ""},
		"few, and alike":                    {usual.but("ssssi", 0, 1, 2), usual.but("ssssi", 3, 4, 5), gate.Pass, ""},
		"one in five, and alike":            {usual.but("ssssi", 0, 1, 2, 3, 4, 5, 6, 7), all(10, "ssssi").but("ffffi", 8, 9), gate.Pass, ""},
		"more than a quarter":               {all(10, "sssii"), all(10, "sssii"), gate.Inconclusive, `{"code":"infra_share","value":0.4}`},
		"three more, which chance explains": {usual, usual.but("ssssi", 0, 1, 2), gate.Pass, ""},
		"four more, which it does not":      {usual, usual.but("ssssi", 0, 1, 2, 3), gate.Inconclusive, `{"code":"infra_excess","value":0.08,"beside":0}`},
		"the baseline lost more":            {usual.but("ssssi", 0, 1, 2, 3), usual, gate.Pass, ""},
		"beside a regression":               {usual, broke.but("ssssi", 4), gate.Regression, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			v := gate.Decide(policy(gate.Fixed),
				run(baselines.Baseline, "old", test.baseline, costing(1, 1)),
				run(baselines.Candidate, "new", test.candidate, costing(1, 2)))
			if v.Outcome != test.want || !strings.Contains(said(v), test.reason) {
				t.Errorf("%s,\n%s; want %s, %s", v.Outcome, said(v), test.want, test.reason)
			}
		})
	}
}

// Up to one attempt in four may be another model's work; the verdict counts them.
// Beyond that nothing is said about the model that was asked for, good or bad.
func TestAnotherModelsWork(t *testing.T) {
	broke := usual.but("fffff", 0, 1, 2)
	tests := map[string]struct {
		candidate outcomes
		spoilt    baselines.Arm
		attempts  int
		flag      baselines.Flag
		want      gate.Outcome
		reason    string
	}{
		"12 of 50 fell back":              {usual, baselines.Candidate, 12, baselines.FallbackModel, gate.Pass, ""},
		"13 of 50 fell back":              {usual, baselines.Candidate, 13, baselines.FallbackModel, gate.Inconclusive, `{"code":"other_model","arm":"candidate","count":13,"of":50}`},
		"all answered by another":         {usual, baselines.Candidate, 50, baselines.OtherModel, gate.Inconclusive, `{"code":"other_model","arm":"candidate","count":50,"of":50}`},
		"no regression of it either":      {broke, baselines.Candidate, 50, baselines.OtherModel, gate.Inconclusive, `{"code":"other_model","arm":"candidate","count":50,"of":50}`},
		"a baseline by another":           {usual, baselines.Baseline, 50, baselines.OtherModel, gate.Inconclusive, `{"code":"other_model","arm":"baseline","count":50,"of":50}`},
		"other models asked, none answer": {usual, baselines.Candidate, 50, baselines.OtherModelAsked, gate.Pass, ""},
	}
	for name, test := range tests {
		for _, mode := range []gate.Mode{gate.Fixed, gate.Informed, gate.Strict} {
			t.Run(name+", "+string(mode), func(t *testing.T) {
				baseline := run(baselines.Baseline, "old", usual, costing(1, 1))
				candidate := run(baselines.Candidate, "new", test.candidate, costing(1, 2))
				spoilt := map[baselines.Arm]*baselines.Run{baselines.Baseline: baseline, baselines.Candidate: candidate}[test.spoilt]
				for i := range test.attempts {
					spoilt.Trials[(3*i)%50].Flags = []baselines.Flag{test.flag}
				}
				v := gate.Decide(policy(mode), baseline, candidate)
				if mode == gate.Fixed && !strings.Contains(said(v), test.reason) || v.Outcome != test.want {
					t.Errorf("%s,\n%s; want %s, %s", v.Outcome, said(v), test.want, test.reason)
				}
			})
		}
	}
}

// No money is spent on what will not be about the model that was asked for.
func TestAnotherModelsWorkEndsTheGate(t *testing.T) {
	baseline := run(baselines.Baseline, "old", usual, costing(1, 1))
	candidate := run(baselines.Candidate, "new", usual, costing(1, 2))
	for i := range candidate.Trials {
		candidate.Trials[i].Flags = []baselines.Flag{baselines.OtherModel}
	}
	v := replayed(policy(gate.Informed), baseline, candidate)
	if v.Outcome != gate.Inconclusive || v.TrialsUsed != 13 || v.Settle == nil || v.Settle.By != gate.NotByTrials {
		t.Errorf("%s after %d trials, settled by %+v; want inconclusive after 13 of 50: %s", v.Outcome, v.TrialsUsed, v.Settle, said(v))
	}
	if v.Integrity == nil || v.Integrity.Fallback != 13 || v.Integrity.PassRateWithout != nil {
		t.Errorf("the document's integrity is %+v", v.Integrity)
	}
}
