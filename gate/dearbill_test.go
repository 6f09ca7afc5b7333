package gate_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/google/go-cmp/cmp"
)

// ruledByTwo is a bill on which two tasks take most of the dollars.
func ruledByTwo(two, others float64) func(task, attempt int) float64 {
	return func(task, _ int) float64 {
		if task == 3 || task == 6 {
			return 10 * two
		}
		return others
	}
}

// The two tasks that rule the bill became much dearer, and the other eight hardly:
// the typical cost is inside its margin, and the bill is not. The
// candidate solves two tasks more, which pays for it per solved task.
func TestAPassIsWithheldForADearBill(t *testing.T) {
	for _, mode := range []gate.Mode{gate.Informed, gate.Strict, gate.Fixed} {
		baseline, candidate := watched(policy(mode), run(baselines.Baseline, "old", usual, ruledByTwo(1, 1)),
			run(baselines.Candidate, "new", all(10, "sssss"), ruledByTwo(1.8, 1.06)))
		v := gate.Decide(policy(mode), baseline, candidate)
		says := said(v)
		if v.Outcome != gate.Inconclusive || v.TrialsUsed != 50 || !strings.Contains(says, `held: {"code":"bill_worse","count":`) || !strings.Contains(says, "typical_cost: no_worse") {
			t.Errorf("%s: %s after %d trials, want the pass withheld to the end:\n%s", mode, v.Outcome, v.TrialsUsed, says)
		}
		for _, fact := range v.Held {
			for _, trial := range fact.Trials {
				if trial.Task != "task-03" && trial.Task != "task-06" {
					t.Errorf("%s: it names %v", mode, trial)
				}
			}
			if fact.Count < 2 || fact.Count > 10 || len(fact.Trials) != fact.Count {
				t.Errorf("%s: %d trials made it, %d are named", mode, fact.Count, len(fact.Trials))
			}
		}
		g := open(t, policy(mode), baseline, candidate.Header)
		for _, trial := range candidate.Trials {
			g.Add(trial)
		}
		if diff := cmp.Diff(v, g.Verdict()); diff != "" {
			t.Errorf("%s: a live gate and the replay differ:\n%s", mode, diff)
		}

		p := policy(mode)
		p.TypicalCostMaxRatio = 0
		if v := gate.Decide(p, baseline, candidate); v.Outcome != gate.Pass || strings.Contains(said(v), "bill_") {
			t.Errorf("%s, typical cost not gated: %s\n%s", mode, v.Outcome, said(v))
		}
	}
}

// No trial is paid for where none can change the bill: a stored baseline of
// three attempts has no counterpart of the fourth.
func TestADearBillWithoutPairsLeftEndsTheGate(t *testing.T) {
	baseline := run(baselines.Baseline, "old", all(10, "sss").but("fff", 8, 9), ruledByTwo(1, 1))
	candidate := run(baselines.Candidate, "new", all(10, "sssss"), ruledByTwo(1.8, 1.06))
	p := policy(gate.Informed)
	v := gate.Decide(p, baseline, left(p, baseline, candidate, 0))
	if v.Outcome != gate.Inconclusive || v.TrialsUsed != 30 || !strings.Contains(said(v), "bill_worse") {
		t.Errorf("%s after %d trials, want inconclusive after 30:\n%s", v.Outcome, v.TrialsUsed, said(v))
	}
}

// One trial that ran away makes the bill, and proves nothing: the pass stands,
// and names it.
func TestAPassNamesTheTrialThatMadeTheBill(t *testing.T) {
	for _, mode := range []gate.Mode{gate.Informed, gate.Strict, gate.Fixed} {
		candidate := run(baselines.Candidate, "new", usual, func(task, attempt int) float64 {
			usd := costing(1, 2)(task, attempt)
			if task == 0 && attempt == 1 {
				usd *= 1000
			}
			return usd
		})
		v := replayed(policy(mode), run(baselines.Baseline, "old", usual, costing(1, 1)), candidate)
		var named []compare.TrialCost
		for _, fact := range v.Caveats {
			if fact.Code == gate.BillHigh {
				named = append(named, fact.Trials...)
			}
		}
		text, err := json.Marshal(named)
		if v.Outcome != gate.Pass || err != nil || len(named) != 1 || named[0].Task != "task-00" || named[0].Attempt != 1 || named[0].USD < 100 || named[0].UsualUSD > 1 {
			t.Errorf("%s: %s, which names %s\n%s", mode, v.Outcome, text, said(v))
		}
	}
}
