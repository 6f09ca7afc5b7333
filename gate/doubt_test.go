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

func TestInfrastructureErrors(t *testing.T) {
	broke := usual.but("fffff", 0, 1, 2)
	tests := map[string]struct {
		baseline, candidate outcomes
		want                gate.Outcome
		reason              string
	}{
		"one, either way":      {usual, usual.but("ssssi", 0), gate.Pass, ""},
		"few, and alike":       {usual.but("ssssi", 0, 1, 2), usual.but("ssssi", 3, 4, 5), gate.Pass, ""},
		"more than one in ten": {all(10, "sssii"), all(10, "sssii"), gate.Inconclusive, `{"code":"infra_share","value":0.4}`},
		"six points more":      {usual, usual.but("ssssi", 0, 1, 2), gate.Inconclusive, `{"code":"infra_excess","value":0.06,"beside":0}`},
		"beside a regression":  {usual, broke.but("ssssi", 4), gate.Regression, ""},
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

// What was lost may have been the verdict: read in the candidate's favour, the
// attempts that infrastructure errors took bring it within half the margin.
func TestLostAttemptsThatCouldTurnTheVerdict(t *testing.T) {
	p := gate.DefaultPolicy(20)
	p.Mode, p.TypicalCostMaxRatio, p.PassRateMaxDrop = gate.Fixed, 0, 0.4
	baseline := run(baselines.Baseline, "old", all(20, "s").but("i", 19), nil)

	// 5 of 17 pairs are lost, -29 points: beyond 0.7 of the margin. At best it
	// is 15/20 against 19/20, -20 points: half the margin, where a pass begins.
	v := gate.Decide(p, baseline, run(baselines.Candidate, "new", all(20, "s").but("f", 0, 1, 2, 3, 4).but("i", 5, 6), nil))
	if v.Outcome != gate.Inconclusive || !strings.Contains(said(v), `pass_rate: worse worse {"code":"infra_could_turn"}`) {
		t.Errorf("%s,\n%s", v.Outcome, said(v))
	}
	// With one more failure, -35 points, and -25 at best, it stands.
	v = gate.Decide(p, baseline, run(baselines.Candidate, "new", all(20, "s").but("f", 0, 1, 2, 3, 4, 7).but("i", 5, 6), nil))
	if v.Outcome != gate.Regression {
		t.Errorf("%s,\n%s", v.Outcome, said(v))
	}
}
