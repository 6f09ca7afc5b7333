package gate_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// at costs every attempt the same.
func at(usd float64) func(task, attempt int) float64 {
	return func(int, int) float64 { return usd }
}

// Only a regression that costs alone make against a stored baseline asks for
// live pairs. Until they are there it stands, unconfirmed.
func TestWhichVerdictsAskToBeConfirmed(t *testing.T) {
	solved := all(10, "sssss")
	tests := map[string]struct {
		candidate outcomes
		dearer    float64
		change    func(p *gate.Policy, baseline, candidate *baselines.Header)
		outcome   gate.Outcome
		want      string
	}{
		"typical cost fails":     {solved, 1.6, nil, gate.Regression, `{"state":"unconfirmed","need":1.1067,"why":{"code":"no_live_pairs"}}`},
		"nothing fails":          {solved, 1, nil, gate.Pass, "null"},
		"the pass rate fails":    {all(10, "fffff"), 1, nil, gate.Regression, "null"},
		"both fail":              {all(10, "fffff"), 1.6, nil, gate.Regression, "null"},
		"it is not wanted":       {solved, 1.6, func(p *gate.Policy, _, _ *baselines.Header) { p.Confirm = false }, gate.Regression, "null"},
		"measured side by side":  {solved, 1.6, onePlan, gate.Regression, "null"},
		"the smaller margin":     {solved, 1.6, func(p *gate.Policy, _, _ *baselines.Header) { p.CostPerSolvedMaxRatio = 1.2 }, gate.Regression, `{"state":"unconfirmed","need":1.0466,"why":{"code":"no_live_pairs"}}`},
		"cost per solved fails":  {all(10, "sssff"), 1.1, onlyCostPerSolved, gate.Regression, `{"state":"unconfirmed","need":1.1067,"why":{"code":"no_live_pairs"}}`},
		"infrastructure doubted": {all(10, "sssii"), 1.6, nil, gate.Inconclusive, "null"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := fixed(10)
			baseline := run(baselines.Baseline, "old", solved, at(1))
			candidate := run(baselines.Candidate, "new", test.candidate, at(test.dearer))
			if test.change != nil {
				test.change(&p, &baseline.Header, &candidate.Header)
			}
			v := replayed(p, baseline, candidate)
			if v.Outcome != test.outcome || confirmation(t, v) != test.want {
				t.Errorf("%s, confirm %s; want %s, %s\n%s", v.Outcome, confirmation(t, v), test.outcome, test.want, said(v))
			}
		})
	}
}

// onlyCostPerSolved lets the pass rate fall far.
func onlyCostPerSolved(p *gate.Policy, _, _ *baselines.Header) {
	p.PassRateMaxDrop, p.CostPerSolvedMaxRatio = 0.9, 1.5
}

func confirmation(t *testing.T, v gate.Verdict) string {
	t.Helper()
	if c := v.Confirm; c != nil {
		rounded := *c
		rounded.Need = math.Round(c.Need*1e4) / 1e4
		v.Confirm = &rounded
	}
	text, err := json.Marshal(v.Confirm)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The sequential modes ask for it where they stop.
func TestEarlyVerdictsAskToBeConfirmedToo(t *testing.T) {
	for _, mode := range []gate.Mode{gate.Informed, gate.Strict} {
		p := gate.DefaultPolicy(10)
		p.Mode = mode
		v := replayed(p, run(baselines.Baseline, "old", all(10, "sssss"), at(1)), run(baselines.Candidate, "new", all(10, "sssss"), at(1.6)))
		if v.Outcome != gate.Regression || !v.StoppedEarly || v.Confirm == nil {
			t.Errorf("%s: %s, stopped early %v, confirm %v", mode, v.Outcome, v.StoppedEarly, v.Confirm)
		}
	}
}

// One live pair a task, and nothing else, decides: a mean log ratio of a quarter
// of the margin's logarithm confirms.
func TestLivePairsDecide(t *testing.T) {
	need := math.Pow(1.5, 0.25)
	tests := map[string]struct {
		pairs    outcomes
		cost     func(task, attempt int) float64 // of the candidate; the baseline costs 1
		change   func(baseline, candidate *baselines.Run)
		state    gate.ConfirmState
		outcome  gate.Outcome
		ratio    float64
		tasks    int
		why      string
		usd      float64
		exitCode int
	}{
		"as dear as before":     {all(10, "s"), at(1.6), nil, gate.Confirmed, gate.Regression, 1.6, 10, "null", 26, 1},
		"exactly enough":        {all(10, "s"), at(need), nil, gate.Confirmed, gate.Regression, need, 10, "null", 10 + 10*need, 1},
		"a little less":         {all(10, "s"), at(need - 1e-6), nil, gate.Refuted, gate.Inconclusive, need, 10, "null", 10 + 10*need, 3},
		"an effect of the run":  {all(10, "s"), at(0.9), nil, gate.Refuted, gate.Inconclusive, 0.9, 10, "null", 19, 3},
		"solved or not":         {all(10, "f"), at(1.6), nil, gate.Confirmed, gate.Regression, 1.6, 10, "null", 26, 1},
		"tasks weigh the same":  {all(10, "s"), func(task, _ int) float64 { return []float64{1, 4}[task%2] }, nil, gate.Confirmed, gate.Regression, 2, 10, "null", 35, 1},
		"two pairs are missing": {all(10, "s").but("i", 3, 4), at(1.6), nil, gate.Confirmed, gate.Regression, 1.6, 8, "null", 26, 1},
		"three are":             {all(10, "s").but("i", 3, 4).but("c", 5), at(0.9), nil, gate.Unconfirmed, gate.Regression, 0.9, 7, `{"code":"live_pairs_missing","count":7,"of":10}`, math.NaN(), 1},
		"costs are not known":   {all(10, "s"), nil, nil, gate.Unconfirmed, gate.Regression, math.NaN(), 0, `{"code":"live_pairs_missing","of":10}`, math.NaN(), 1},
		"free on both sides":    {all(10, "s"), at(0), func(b, _ *baselines.Run) { reprice(b, 0) }, gate.Refuted, gate.Inconclusive, 1, 10, "null", 0, 3},
		"free on one":           {all(10, "s"), at(0), nil, gate.Unconfirmed, gate.Regression, math.NaN(), 0, `{"code":"live_pairs_missing","of":10}`, 10, 1},
		"half seen by the meter": {
			all(10, "s"), at(1.6), func(b, _ *baselines.Run) { b.Trials[0].Flags = []baselines.Flag{baselines.MeterMissed} }, gate.Confirmed, gate.Regression,
			1.6, 9, "null", 26, 1,
		},
		"of another model": {
			all(10, "s"), at(0.9), func(_, c *baselines.Run) { c.Header.Variant.Model = "newer" }, gate.Unconfirmed, gate.Regression,
			0.9, 10, `{"code":"live_pairs_of_other"}`, 19, 1,
		},
	}
	v := gate.Decide(fixed(10), run(baselines.Baseline, "old", all(10, "sssss"), at(1)), run(baselines.Candidate, "new", all(10, "sssss"), at(1.6)))
	before := written(t, v)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			baseline, candidate := run(baselines.Baseline, "old", all(10, "s"), at(1)), run(baselines.Candidate, "new", test.pairs, test.cost)
			if test.change != nil {
				test.change(baseline, candidate)
			}
			final := gate.Confirm(v, baseline, candidate)
			c := final.Confirm
			if final.Outcome != test.outcome || final.ExitCode != test.exitCode || c.State != test.state {
				t.Errorf("%s (%d), %s; want %s (%d), %s", final.Outcome, final.ExitCode, c.State, test.outcome, test.exitCode, test.state)
			}
			if !near(c.Ratio, test.ratio) || !near(c.USD, test.usd) || c.Tasks != test.tasks {
				t.Errorf("ratio %s of %d tasks for %s; want %v, %d, %v", shown(c.Ratio), c.Tasks, shown(c.USD), test.ratio, test.tasks, test.usd)
			}
			if why, _ := json.Marshal(c.Why); string(why) != test.why {
				t.Errorf("why is %s, want %s", why, test.why)
			}
			if after := written(t, v); after != before {
				t.Errorf("the gate's own verdict was changed")
			}
		})
	}
}

// near takes what is not there for NaN.
func near(x *float64, want float64) bool {
	if x == nil {
		return math.IsNaN(want)
	}
	return math.Abs(*x-want) <= 1e-4
}

func shown(x *float64) string {
	if x == nil {
		return "nothing"
	}
	return fmt.Sprint(*x)
}

func reprice(r *baselines.Run, usd float64) {
	for i := range r.Trials {
		r.Trials[i].CostUSD = &baselines.CostUSD{Main: usd}
	}
}

// What was refuted says so at the metric that failed, and what would tell.
func TestARefutedRegression(t *testing.T) {
	p := gate.DefaultPolicy(10)
	v := replayed(p, run(baselines.Baseline, "old", all(10, "sssss"), at(1)), run(baselines.Candidate, "new", all(10, "sssss"), at(1.6)))
	final := gate.Confirm(v, run(baselines.Baseline, "old", all(10, "s"), at(1)), run(baselines.Candidate, "new", all(10, "s"), at(1)))
	for _, want := range []string{
		`typical_cost: unclear worse {"code":"live_pairs_differ","tasks":10,"value":1,"margin":1.10668`,
		`settle: {"by":"new_baseline"}`,
	} {
		if !strings.Contains(said(final), want) {
			t.Errorf("it says\n%swant %s", said(final), want)
		}
	}
	if s := final.Metrics[compare.TypicalCost].Status; s != gate.Unclear || !final.StoppedEarly {
		t.Errorf("typical cost is %s, stopped early %v; want unclear, and still stopped early", s, final.StoppedEarly)
	}
}

// A verdict that asks for nothing takes nothing.
func TestPairsThatNobodyAskedFor(t *testing.T) {
	same := run(baselines.Candidate, "new", all(10, "sssss"), at(1))
	v := replayed(gate.DefaultPolicy(10), run(baselines.Baseline, "old", all(10, "sssss"), at(1)), same)
	final := gate.Confirm(v, run(baselines.Baseline, "old", all(10, "s"), at(1)), run(baselines.Candidate, "new", all(10, "s"), at(2)))
	if written(t, final) != written(t, v) || written(t, v.Unconfirmed(compare.Fact{Code: gate.ModelGone})) != written(t, v) {
		t.Errorf("a %s changed:\n%s", v.Outcome, said(final))
	}
}

// The forecast counts live pairs where they may be asked for: their trials and
// dollars, and how often.
func TestTheForecastCountsLivePairs(t *testing.T) {
	baseline := run(baselines.Baseline, "old", usual, costing(1, 1))
	candidate := header(baselines.Candidate, "new", 10, 5)
	predict := func(change func(*gate.Policy), baseline *baselines.Run) gate.Forecast {
		p := gate.DefaultPolicy(10)
		if change != nil {
			change(&p)
		}
		return gate.Predict(p, baseline, candidate, gate.Order(p, baseline, candidate.Suite, 5, 1, nil), 200, 1)
	}
	f := predict(nil, baseline)
	if f.LiveTrials != 20 || math.Abs(*f.LiveUSD-*f.WorstUSD*2/5) > 1e-9 {
		t.Errorf("%d live trials for $%v, want 20 for two fifths of $%v", f.LiveTrials, *f.LiveUSD, *f.WorstUSD)
	}
	for name, f := range map[string]gate.Forecast{
		"confirmation is off":      predict(func(p *gate.Policy) { p.Confirm = false }, baseline),
		"no cost is gated":         predict(func(p *gate.Policy) { p.TypicalCostMaxRatio, p.CostPerSolvedMaxRatio = 0, 0 }, baseline),
		"the baseline is not here": predict(nil, nil),
	} {
		if f.LiveTrials != 0 || f.LiveUSD != nil || f.Unchanged.Confirm != 0 {
			t.Errorf("%s: %d live trials in %v of runs", name, f.LiveTrials, f.Unchanged.Confirm)
		}
	}

	// At such a level costs alone make a regression often, by chance, and live
	// pairs refute most of them.
	wild := func(p *gate.Policy) { p.Alpha, p.TypicalCostMaxRatio = 0.49, 1.05 }
	asked := predict(wild, baseline)
	if without := predict(func(p *gate.Policy) { wild(p); p.Confirm = false }, baseline); asked.Unchanged.Confirm == 0 || asked.Unchanged.Regression >= without.Unchanged.Regression {
		t.Errorf("%v of runs ask, %v are regressions, %v without asking", asked.Unchanged.Confirm, asked.Unchanged.Regression, without.Unchanged.Regression)
	}
}
