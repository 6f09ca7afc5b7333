package report_test

import (
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// dearer is a regression of the typical cost against a stored baseline, six
// tasks, five attempts each.
func dearer() (drawn, gate.Verdict) {
	d := drawn{policy: gate.DefaultPolicy(6)}
	side := func(arm baselines.Arm, usd float64) *baselines.Run {
		r := &baselines.Run{Header: header(string(arm)+"-1", arm, "claude-"+string(arm), nil)}
		r.Header.Suite.Tasks = nil
		for task := range 6 {
			id := string(rune('a' + task))
			r.Header.Suite.Tasks = append(r.Header.Suite.Tasks, baselines.Task{ID: id, Tier: "easy", Digest: "sha256:t"})
		}
		for n := range 30 {
			t := attempt('s', r.Header.Suite.Tasks[n%6].ID, n/6+1, n+1)
			t.CostUSD = &baselines.CostUSD{Main: usd}
			r.Trials = append(r.Trials, t)
		}
		return r
	}
	d.baseline, d.candidate = side(baselines.Baseline, 0.2), side(baselines.Candidate, 0.34)
	d.watch()
	d.candidate.Trials = d.candidate.Trials[:8] // where the gate ended it
	return d, gate.Decide(d.policy, d.baseline, d.candidate)
}

// The headline says what live pairs did to the regression, and a reason says it
// with numbers.
func TestWordsOfAConfirmation(t *testing.T) {
	d, before := dearer()
	pairs := func(factor float64) gate.Verdict {
		baseline, candidate := d.livePairs(factor)
		return gate.Confirm(before, baseline, candidate)
	}
	limit, price := 3.0, 2.4
	tests := map[string]struct {
		verdict      gate.Verdict
		headline     string
		reason, next string
	}{
		"confirmed": {
			pairs(1.6), "Regression: a typical task costs 70% more with the candidate ($0.20 → $0.34), confirmed by live pairs; a solved task costs 70% more ($0.20 → $0.34); solved 100% → 100%",
			"Confirmed live: one pair of attempts at each of 6 tasks, measured side by side now ($3.12), changes by +60.0%, and +10.7% or more confirms", "",
		},
		"refuted": {
			pairs(1), "Inconclusive: a typical task costs 70% more with the candidate ($0.20 → $0.34) against the stored baseline, but live pairs do not show it; solved 100% → 100%",
			"Not confirmed: one pair of attempts at each of 6 tasks, measured side by side now ($2.40), changes by 0.0%, and a regression needs +10.7% or more; the stored baseline was measured in another run, and whole runs differ in cost",
			"What would settle it: not more trials of the candidate: a baseline that is measured anew (baseline.from: live, or a new one saved)",
		},
		"without the files": {
			before, "Regression: a typical task costs 70% more with the candidate ($0.20 → $0.34), not confirmed by live pairs; a solved task costs 70% more ($0.20 → $0.34); solved 100% → 100%",
			"Unconfirmed: there are no live pairs of attempts to confirm it with; the regression stands on the comparison with the stored baseline alone, and whole runs differ in cost", "",
		},
		"without the money": {
			before.Unconfirmed(compare.Fact{Code: gate.NoMoneyLeft, Value: &price, Margin: &limit}), ", not confirmed by live pairs; ",
			"Unconfirmed: a live pair of attempts at each task comes to about $2.40, which $3.00 (limits.usd) do not pay for; ", "",
		},
		"without the model": {
			before.Unconfirmed(compare.Fact{Code: gate.ModelGone, Arm: baselines.Baseline, Detail: "claude-opus-4-7"}), ", not confirmed by live pairs; ",
			"Unconfirmed: the model API does not know the baseline's model claude-opus-4-7 any more; ", "",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			report.Explain(&test.verdict)
			reasons := strings.Join(test.verdict.Reasons, "\n")
			if !strings.Contains(test.verdict.Headline, test.headline) || !strings.Contains(reasons, test.reason) || !strings.Contains(reasons, test.next) {
				t.Errorf("it says\n%s\n%s\nwant %q, %q, %q", test.verdict.Headline, reasons, test.headline, test.reason, test.next)
			}
		})
	}
}

// refuted is a regression that live pairs took back, as people see it.
func refuted() gate.Verdict {
	d, v := dearer()
	baseline, candidate := d.livePairs(1.02)
	v = gate.Confirm(v, baseline, candidate)
	report.Explain(&v)
	return v
}

// The plan says what a confirmation takes, and when the money may not do.
func TestThePlanOfAConfirmation(t *testing.T) {
	d, _ := dearer()
	p := report.Planned{Suite: "made-up", Tasks: 6, Policy: d.policy, Stored: "base", Workers: 1}
	p.Forecast = gate.Predict(d.policy, d.baseline, d.candidate.Header, gate.Order(d.policy, d.baseline, d.candidate.Header.Suite, 5, 1, nil), 20, 1)
	limit := 7.0
	for said, usd := range map[string]*float64{
		"confirm  12 trials more, a live pair at each task, where costs alone make a regression: about $2.40, in 0% of runs if nothing changed\n": nil,
		"if nothing changed; $7.00 may not pay for them, and then it stands unconfirmed\n":                                                        &limit,
		"at most about $8.40, at the baseline's costs":                                                                                            nil,
	} {
		p.LimitUSD = usd
		var b strings.Builder
		if err := report.Plan(&b, p, report.FormatText); err != nil || !strings.Contains(b.String(), said) {
			t.Errorf("the plan is\n%swant %q (%v)", &b, said, err)
		}
	}
}
