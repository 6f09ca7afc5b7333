package gate_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// In the fixed mode it means nothing which attempt has which number: no pass and no
// interval of a gated metric rests on pairs.
func TestRenumberedAttemptsChangeNothing(t *testing.T) {
	decide := func(random *rand.Rand, baseline, candidate *baselines.Run) (gate.Outcome, []gate.Metric) {
		p := fixed(10)
		p.CostPerSolvedMaxRatio = 0 // its test for a regression swaps the halves of pairs
		v := gate.Decide(p, renumbered(random, baseline), renumbered(random, candidate))
		var gated []gate.Metric
		for _, m := range []compare.Metric{compare.PassRate, compare.TypicalCost, compare.CostPerSolved} {
			metric := v.Metrics[m]
			if m == compare.CostPerSolved { // its p value, and what follows from that, are those of pairs
				metric.PValue, metric.Status, metric.Notes = nil, "", nil
			}
			gated = append(gated, metric)
		}
		return v.Outcome, gated
	}
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 9))
		draw := func(rate float64) outcomes {
			o := make(outcomes, 10)
			for task := range o {
				for range 3 {
					o[task] += map[bool]string{true: "s", false: "f"}[random.Float64() < rate]
				}
			}
			return o
		}
		baseline := run(baselines.Baseline, "old", draw(0.8), costing(1, 2*seed))
		candidate := run(baselines.Candidate, "new", draw(0.75), costing(1.1, 2*seed+1))
		was, before := decide(nil, baseline, candidate)
		is, after := decide(random, baseline, candidate)
		if was != is {
			t.Errorf("seed %d: %s became %s", seed, was, is)
		}
		if diff := cmp.Diff(before, after, cmpopts.EquateApprox(1e-9, 1e-9)); diff != "" {
			t.Errorf("seed %d (-as numbered +renumbered):\n%s", seed, diff)
		}
	}
}

// renumbered exchanges the numbers of each task's attempts; without chance it
// leaves them as they are.
func renumbered(random *rand.Rand, r *baselines.Run) *baselines.Run {
	out := &baselines.Run{Header: r.Header, Trials: slices.Clone(r.Trials)}
	if random == nil {
		return out
	}
	for _, task := range r.Header.Suite.Tasks {
		numbers := random.Perm(r.Header.Limits.Attempts)
		for i := range out.Trials {
			if t := &out.Trials[i]; t.Task == task.ID {
				t.Attempt = numbers[t.Attempt-1] + 1
			}
		}
	}
	return out
}

// One attempt lost of fifteen is not rare for a candidate that loses one in five
// of what the baseline is sure to solve.
func TestOneLostOfFifteenRulesOutNothing(t *testing.T) {
	v := gate.Decide(fixed(15),
		run(baselines.Baseline, "old", all(15, "s"), costing(1, 1)),
		run(baselines.Candidate, "new", all(15, "s").but("f", 3), costing(1, 2)))
	if v.Outcome != gate.Inconclusive || !strings.Contains(said(v), "pass_rate: unclear open") || v.Settle.By != gate.ByMoreAttempts {
		t.Errorf("%s\n%s", v.Outcome, said(v))
	}
}

// A pass of the typical cost stands beside a number that allows it: the one over
// all attempts, not that of the pairs, where the baseline's first attempts were
// its dearest.
func TestTheGuardReadsTheReportedCost(t *testing.T) {
	baseline := run(baselines.Baseline, "old", all(10, "sssss"), func(_, attempt int) float64 {
		if attempt == 1 {
			return 1
		}
		return 0.7
	})
	candidate := run(baselines.Candidate, "new", all(10, "s"), func(int, int) float64 { return 1 })
	p := gate.DefaultPolicy(10)
	p.Mode = gate.Informed
	v := gate.Decide(p, baseline, candidate)
	m := v.Metrics[compare.TypicalCost]
	if want := math.Pow(0.7, -0.8); math.Abs(*m.Ratio-want) > 1e-9 {
		t.Fatalf("the ratio is %v, want %v", *m.Ratio, want)
	}
	if m.Status != gate.Unclear || !strings.Contains(said(v), "typical_cost: unclear margin_not_good") {
		t.Errorf("beside a ratio of %.2f it is %s; said\n%s", *m.Ratio, m.Status, said(v))
	}
}

// Two models that always solve half of the tasks, each another half, solve equally
// much, and their second round shows it: nothing varies inside a task.
func TestStrictPassesAnotherModel(t *testing.T) {
	v := gate.Decide(strict(10),
		run(baselines.Baseline, "old", all(10, "sssss").but("fffff", 0, 1, 2, 3, 4), costing(1, 1)),
		run(baselines.Candidate, "new", all(10, "sssss").but("fffff", 5, 6, 7, 8, 9), costing(1, 2)))
	if v.Outcome != gate.Pass || v.TrialsUsed != 20 {
		t.Errorf("%s after %d trials, want a pass after two rounds:\n%s", v.Outcome, v.TrialsUsed, said(v))
	}
}

func strict(tasks int) gate.Policy {
	p := gate.DefaultPolicy(tasks)
	p.Mode = gate.Strict
	return p
}
