package gate_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// Three tasks fail now and then and everything is a fifth dearer: pass rate and
// typical cost are both inside their margins, and a solved task costs more than a
// third more.
func aLittleOfBoth() (baseline, candidate *baselines.Run) {
	return run(baselines.Baseline, "old", usual, costing(1, 1)),
		run(baselines.Candidate, "new", usual.but("sfsfs", 0, 4).but("sfsss", 1), costing(1.2, 2))
}

func TestCostPerSolvedFailsWhereTheOthersPass(t *testing.T) {
	for _, mode := range []gate.Mode{gate.Informed, gate.Strict, gate.Fixed} {
		p := policy(mode)
		baseline, candidate := aLittleOfBoth()
		if mode == gate.Fixed {
			candidate = run(baselines.Candidate, "new", usual.but("sssff", 0, 1), costing(1.2, 2))
		}
		v := replayed(p, baseline, candidate)
		if says := said(v); v.Outcome != gate.Regression || !strings.Contains(says, "cost_per_solved: worse worse\n") || strings.Count(says, ": worse worse\n") != 1 {
			t.Errorf("%s: %s after %d trials, by\n%s", mode, v.Outcome, v.TrialsUsed, says)
		}
		p.CostPerSolvedMaxRatio = 0
		v = replayed(p, baseline, candidate)
		if says := said(v); v.Outcome == gate.Regression || strings.Contains("\n"+says, "\ncost_per_solved: ") {
			t.Errorf("%s, cost per solved off: %s, by\n%s", mode, v.Outcome, says)
		}
	}
}

// What stops a gate says nothing about cost per solved task: the pass comes as
// early as without it, and says that the margin is not ruled out.
func TestAPassDoesNotWaitForCostPerSolved(t *testing.T) {
	for _, mode := range []gate.Mode{gate.Informed, gate.Strict} {
		p := policy(mode)
		baseline := run(baselines.Baseline, "old", usual, costing(1, 1))
		candidate := run(baselines.Candidate, "new", usual, costing(1.2, 2))
		v := replayed(p, baseline, candidate)
		m := v.Metrics[compare.CostPerSolved]
		if v.Outcome != gate.Pass || m.Status != gate.Unclear || !m.Gated || *m.Margin != 1.5 {
			t.Errorf("%s: %s, cost per solved %s, gated %v", mode, v.Outcome, m.Status, m.Gated)
		}
		p.CostPerSolvedMaxRatio = 0
		if without := replayed(p, baseline, candidate); without.Outcome != gate.Pass || without.TrialsUsed != v.TrialsUsed {
			t.Errorf("%s: %d trials, without cost per solved %s after %d", mode, v.TrialsUsed, without.Outcome, without.TrialsUsed)
		}
	}
	nothingSolved := all(10, "fffff")
	p := policy(gate.Fixed)
	v := replayed(p, run(baselines.Baseline, "old", nothingSolved, costing(1, 1)), run(baselines.Candidate, "new", nothingSolved, costing(1, 2)))
	if says := said(v); !strings.Contains(says, `cost_per_solved: not_measured not_judged {"code":"solved_none"}`) {
		t.Errorf("nothing solved: %s, by\n%s", v.Outcome, says)
	}
}

// It looks after the first round, at a stop and at the planned end, and nowhere
// between: each look on other pairs has to be paid from its share of alpha.
func TestCostPerSolvedLooksSeldom(t *testing.T) {
	baseline, candidate := aLittleOfBoth()
	g := open(t, policy(gate.Informed), baseline, candidate.Header)
	var looks []int
	last := 0.0
	for i, trial := range candidate.Trials {
		g.Add(trial)
		v := g.Verdict()
		e := v.Evidence[compare.CostPerSolved]
		if e.P != last {
			looks, last = append(looks, i+1), e.P
		}
		if open := strings.Contains(said(v), `cost_per_solved: unclear not_judged {"code":"first_round_open"}`); open != (i+1 < 10) {
			t.Errorf("after %d trials it is still to be looked at: %v", i+1, open)
		}
	}
	if len(looks) != 2 || looks[0] != 10 || looks[1] != 50 || g.Verdict().Outcome != gate.Regression {
		t.Errorf("looks after %v trials, then %s", looks, g.Verdict().Outcome)
	}
	// A third of 0.010 is for the last of five rounds.
	text, err := json.Marshal(g.Verdict().Evidence[compare.CostPerSolved])
	if want := `{"p":0.0001,"p_at":0.003333}`; err != nil || string(text) != want {
		t.Errorf("the evidence is written as %s, want %s (%v)", text, want, err)
	}
}

// Alpha is shared by those that are gated.
func TestSharesOfAlpha(t *testing.T) {
	for _, c := range []struct{ typical, perSolved, want, wantTypical float64 }{
		{1.5, 1.5, 1 / 0.025, 1 / 0.015},
		{1.5, 0, 1 / 0.03125, 1 / 0.01875},
		{0, 1.5, 1 / (0.05 * 5 / 7), 0},
		{0, 0, 1 / 0.05, 0},
	} {
		p := policy(gate.Informed)
		p.TypicalCostMaxRatio, p.CostPerSolvedMaxRatio = c.typical, c.perSolved
		baseline, candidate := aLittleOfBoth()
		v := replayed(p, baseline, candidate)
		within(t, "the pass rate's threshold", v.Evidence[compare.PassRate].FailAt, c.want)
		within(t, "the typical cost's threshold", v.Evidence[compare.TypicalCost].FailAt, c.wantTypical)
	}
}
