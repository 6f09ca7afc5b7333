package gate_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// Two models' runs that were gathered for their own sake, or by a version that
// did not say what watched them: all that was paid for is read.
func TestCompleteRunsThatNoGateWatchedAreReadWhole(t *testing.T) {
	for _, stopping := range []baselines.Stopping{"", baselines.ByNothing} {
		baseline := run(baselines.Baseline, "old", usual, costing(1, 1))
		candidate := run(baselines.Candidate, "new", usual, costing(1, 2))
		candidate.Header.Stopping = stopping
		v := gate.Decide(gate.DefaultPolicy(10), baseline, candidate)
		if v.Mode != gate.Fixed || v.TrialsUsed != 50 || v.StoppedEarly || v.USDSaved != nil || !v.Once {
			t.Errorf("stopping %q: %s mode, %d trials used, stopped early %v, saved %v; want all 50 read once", stopping, v.Mode, v.TrialsUsed, v.StoppedEarly, v.USDSaved)
		}
		if v.Outcome != gate.Pass || strings.Contains(said(v), "stop") {
			t.Errorf("stopping %q: %s\n%s", stopping, v.Outcome, said(v))
		}
	}
}

// The candidate's header decides how the pair is read, and only a run that is
// read against the baseline it was stopped against is no worse for having been
// stopped.
func TestTheCandidatesHeaderSaysHowAPairIsRead(t *testing.T) {
	const (
		informed, strict = baselines.ByInformedGate, baselines.ByStrictGate
		fixed, none      = baselines.ByFixedGate, baselines.ByNothing
		this, other      = "baseline-1", "another"
	)
	stopped := usual.but("s....", 0, 1, 2, 3, 4, 5, 6, 7).but("f....", 8, 9)
	whole := usual
	stoppedAfter10 := func(detail string) string {
		return `caveat: {"code":"stopped_by_gate","arm":"candidate","count":10,"of":50` + detail + `}`
	}
	tests := map[string]struct {
		stopping  baselines.Stopping
		against   string
		candidate outcomes
		asked     gate.Mode
		mode      gate.Mode
		outcome   gate.Outcome
		says      string // of stopping; empty: nothing
	}{
		"its gate, its baseline":              {informed, this, whole, gate.Auto, gate.Informed, gate.Pass, ""},
		"its gate, its baseline, strict":      {strict, this, whole, gate.Auto, gate.Strict, gate.Pass, ""},
		"its baseline, cut":                   {informed, this, stopped, gate.Auto, gate.Informed, gate.Inconclusive, ""},
		"another baseline":                    {informed, other, stopped, gate.Auto, gate.Fixed, gate.Inconclusive, stoppedAfter10(`,"detail":"another"`)},
		"another baseline, strict":            {strict, other, stopped, gate.Auto, gate.Fixed, gate.Inconclusive, stoppedAfter10(`,"detail":"another"`)},
		"another baseline, to the end":        {informed, other, whole, gate.Auto, gate.Fixed, gate.Pass, ""},
		"no baseline is named":                {strict, "", stopped, gate.Auto, gate.Fixed, gate.Inconclusive, stoppedAfter10("")},
		"a gate that reads once":              {fixed, this, whole, gate.Auto, gate.Fixed, gate.Pass, ""},
		"a gate that reads once, cut":         {fixed, other, stopped, gate.Auto, gate.Fixed, gate.Inconclusive, ""},
		"no gate":                             {none, "", whole, gate.Auto, gate.Fixed, gate.Pass, ""},
		"no gate, cut":                        {none, "", stopped, gate.Auto, gate.Fixed, gate.Inconclusive, ""},
		"nobody knows":                        {"", "", whole, gate.Auto, gate.Fixed, gate.Pass, ""},
		"nobody knows, cut":                   {"", "", stopped, gate.Auto, gate.Fixed, gate.Inconclusive, `caveat: {"code":"stopping_unknown","arm":"candidate","count":10,"of":50}`},
		"nobody knows, asked":                 {"", "", whole, gate.Informed, gate.Informed, gate.Pass, ""},
		"nobody knows, cut, asked":            {"", "", stopped, gate.Informed, gate.Informed, gate.Inconclusive, ""},
		"its baseline, asked to be read once": {informed, this, stopped, gate.Fixed, gate.Fixed, gate.Inconclusive, stoppedAfter10("")},
		"another baseline, asked":             {informed, other, stopped, gate.Informed, gate.Informed, gate.Inconclusive, stoppedAfter10(`,"detail":"another"`)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			candidate := run(baselines.Candidate, "new", test.candidate, costing(1, 2))
			candidate.Header.Limits.Attempts = 5
			candidate.Header.Stopping, candidate.Header.Against = test.stopping, test.against
			v := gate.Decide(policy(test.asked), run(baselines.Baseline, "old", usual, costing(1, 1)), candidate)
			if v.Mode != test.mode || v.Outcome != test.outcome {
				t.Errorf("%s in %s mode, want %s in %s\n%s", v.Outcome, v.Mode, test.outcome, test.mode, said(v))
			}
			got := said(v)
			if says := strings.Contains(got, "stop"); !strings.Contains(got, test.says) || says != (test.says != "") {
				t.Errorf("it says\n%swant of stopping %q", got, test.says)
			}
			if v.Mode == gate.Fixed && (v.StoppedEarly || v.USDSaved != nil) {
				t.Errorf("read whole, it stopped early: %v, and saved: %v", v.StoppedEarly, v.USDSaved)
			}
		})
	}
}

// A stored baseline that was itself stopped is warned of where it is taken for a
// whole run, by the run that compares with it as by its replay.
func TestABaselineThatAGateHadStopped(t *testing.T) {
	baseline := run(baselines.Baseline, "old", all(10, "sss").but("fff", 8, 9), costing(1, 1))
	baseline.Header.Limits.Attempts = 5
	baseline.Header.Stopping, baseline.Header.Against = baselines.ByInformedGate, "older"
	candidate := run(baselines.Candidate, "new", usual, costing(1, 2))
	want := `caveat: {"code":"stopped_by_gate","arm":"baseline","count":30,"of":50}`
	g := open(t, policy(gate.Fixed), baseline, candidate.Header)
	for _, trial := range candidate.Trials {
		g.Add(trial)
	}
	for what, v := range map[string]gate.Verdict{"live": g.Verdict(), "files": gate.Decide(policy(gate.Auto), baseline, candidate)} {
		if !strings.Contains(said(v), want) {
			t.Errorf("%s: it says\n%swant %s", what, said(v), want)
		}
	}
}

// Of complete files that no gate watched every report prints the whole files'
// ratio. Stopped where a gate would have stopped, as they once were read, a good
// part of them is off by more than a quarter.
func TestThePrintedRatioIsThatOfTheWholeFiles(t *testing.T) {
	pairs, early, off := 20, 0, 0
	if !testing.Short() {
		pairs = 120
	}
	random := rand.New(rand.NewPCG(9, 9))
	for range pairs {
		rates := make([]float64, 10)
		for i := range rates {
			rates[i] = []float64{0, 0.2, 0.6, 0.9, 1}[random.IntN(5)]
		}
		price := make([]float64, 10)
		for i := range price {
			price[i] = math.Exp(1.1 * random.NormFloat64())
		}
		side := func(arm baselines.Arm) *baselines.Run {
			o := make(outcomes, 10)
			for task := range o {
				for range 5 {
					letter := "f"
					if random.Float64() < rates[task] {
						letter = "s"
					}
					o[task] += letter
				}
			}
			return run(arm, string(arm), o, func(task, _ int) float64 { return price[task] * math.Exp(0.35*random.NormFloat64()) })
		}
		baseline, candidate := side(baselines.Baseline), side(baselines.Candidate)
		printed := gate.Decide(gate.DefaultPolicy(10), baseline, candidate).Metrics[compare.CostPerSolved].Ratio
		whole := compare.Compare(baseline, candidate).Estimates[compare.CostPerSolved].Ratio
		if printed == nil || whole == nil || *printed != *whole {
			t.Fatalf("the ratio is %s, the whole files' is %s", shown(printed), shown(whole))
		}
		replayed := gate.Decide(policy(gate.Informed), baseline, candidate)
		if replayed.StoppedEarly {
			early++
		}
		if r := replayed.Metrics[compare.CostPerSolved].Ratio; r == nil || math.Abs(math.Log(*r / *whole)) > math.Log(1.25) {
			off++
		}
	}
	t.Logf("of %d pairs a gate would have stopped %d early, and %d ratios would be off by more than x1.25", pairs, early, off)
	if off == 0 {
		t.Error("stopping changes no ratio: this test shows nothing")
	}
}
