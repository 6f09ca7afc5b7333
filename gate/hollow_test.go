package gate_test

import (
	"cmp"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
)

// Where the baseline solves hardly more than the margin, "no worse" would be
// true of a candidate that solves nothing: it is no pass, in no mode. The run
// ends when the costs have answered, and nobody is sent for more trials.
func TestAPassWhereNothingCanFallIsWithheld(t *testing.T) {
	one := all(10, "fffff").but("sssss", 3) // one task of ten, every time
	dear := func(int, int) float64 { return 2 }
	dollar := func(int, int) float64 { return 1 }
	tests := map[string]struct {
		baseline, candidate outcomes
		cost                func(task, attempt int) float64 // of the candidate
		policy              func(*gate.Policy)
		want                gate.Outcome
		says                string
		settle              gate.Settle       // empty: not by trials
		used                map[gate.Mode]int // candidate trials
	}{
		"neither side solves anything": {
			baseline: all(10, "fffff"), candidate: all(10, "fffff"), cost: dollar,
			want: gate.Inconclusive, says: `{"code":"nothing_can_fall","arm":"baseline","of":50,"margin":0.2}`,
			used: map[gate.Mode]int{gate.Informed: 10, gate.Strict: 10, gate.Fixed: 50},
		},
		"the one task that was solved is lost": {
			baseline: one, candidate: all(10, "fffff"), cost: dollar,
			want: gate.Inconclusive, says: `{"code":"nothing_can_fall","arm":"baseline","count":5,"of":50,"margin":0.2}`,
			used: map[gate.Mode]int{gate.Informed: 10, gate.Strict: 10, gate.Fixed: 50},
		},
		"no cost per solved task to wait for": {
			baseline: all(10, "fffff"), candidate: all(10, "fffff"), cost: dollar,
			policy: func(p *gate.Policy) { p.TypicalCostMaxRatio = 0 },
			want:   gate.Inconclusive, says: `"code":"solved_none"`,
			used: map[gate.Mode]int{gate.Informed: 10, gate.Strict: 10, gate.Fixed: 50},
		},
		"fourteen of fifty are not surely more than a fifth": {
			baseline: all(10, "sffff").but("ssfff", 0, 1, 2, 3), candidate: all(10, "sffff").but("ssfff", 0, 1, 2, 3), cost: dollar,
			want: gate.Inconclusive, says: `"count":14,"of":50`, settle: gate.Settle{By: gate.ByDeeperBaseline, Attempts: 7, Trials: 70, BaselineTrials: 70, USD: new(140.0)},
			used: map[gate.Mode]int{gate.Fixed: 50},
		},
		"fifteen are": {
			baseline: all(10, "sffff").but("ssfff", 0, 1, 2, 3, 4), candidate: all(10, "sffff").but("ssfff", 0, 1, 2, 3, 4), cost: dollar,
			want: gate.Pass,
		},
		"the candidate is dearer, which is a regression all the same": {
			baseline: one, candidate: one, cost: dear,
			want: gate.Regression, says: "typical_cost: worse worse",
		},
		"the candidate is better, and passes": {
			baseline: one, candidate: all(10, "sssss").but("fffff", 0, 1), cost: dollar,
			want: gate.Pass, says: "pass_rate: better better",
		},
		"a margin that hardly anything exceeds": {
			baseline: all(10, "sssss"), candidate: all(10, "sssss"), cost: dollar,
			policy: func(p *gate.Policy) { p.PassRateMaxDrop = 0.97 },
			want:   gate.Inconclusive, says: `"count":50,"of":50,"margin":0.97`, settle: gate.Settle{By: gate.ByDeeperBaseline, Attempts: 8, Trials: 80, BaselineTrials: 80, USD: new(160.0)},
			used: map[gate.Mode]int{gate.Fixed: 50},
		},
		"costs not gated: a round is enough": {
			baseline: one, candidate: one, cost: dollar,
			policy: func(p *gate.Policy) { p.TypicalCostMaxRatio, p.CostPerSolvedMaxRatio = 0, 0 },
			want:   gate.Inconclusive, says: "nothing_can_fall",
			used: map[gate.Mode]int{gate.Informed: 10, gate.Strict: 10, gate.Fixed: 50},
		},
	}
	for name, test := range tests {
		for _, mode := range []gate.Mode{gate.Informed, gate.Strict, gate.Fixed} {
			t.Run(name+", "+string(mode), func(t *testing.T) {
				p := policy(mode)
				if test.policy != nil {
					test.policy(&p)
				}
				v := gate.Decide(p, run(baselines.Baseline, "old", test.baseline, dollar), run(baselines.Candidate, "new", test.candidate, test.cost))
				if v.Outcome != test.want || !strings.Contains(said(v), test.says) {
					t.Errorf("%s after %d trials, want %s, and %s:\n%s", v.Outcome, v.TrialsUsed, test.want, test.says, said(v))
				}
				if used := test.used[mode]; used > 0 && v.TrialsUsed != used {
					t.Errorf("%d trials used, want %d", v.TrialsUsed, used)
				}
				if want := cmp.Or(test.settle, gate.Settle{By: gate.NotByTrials}); v.Outcome == gate.Inconclusive {
					if diff := gocmp.Diff(&want, v.Settle); diff != "" {
						t.Errorf("it would be settled otherwise (-want +got):\n%s", diff)
					}
				}
			})
		}
	}
}
