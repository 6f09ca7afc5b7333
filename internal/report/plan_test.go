package report_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// planned is a plan in which everything that a plan can say is said.
func planned() report.Planned {
	policy := gate.DefaultPolicy(10)
	policy.Attempts = 5
	return report.Planned{
		Suite: "coding-10", Tasks: 10, Policy: policy, Stored: "20261101-030000-1c55", Workers: 4, LimitUSD: ptr(120.0), LimitTokens: 20_000_000, LimitRequests: 2000, LimitMinutes: 110,
		Forecast: gate.Forecast{
			Mode: gate.Informed, Trials: 50, Counterparts: 3, SmallestDrop: 0.21, WithOneMore: 0.19,
			Unchanged: gate.Odds{Pass: 0.873, Regression: 0.011, Inconclusive: 0.116, Confirm: 0.07, Trials: 31.25, USD: ptr(38.123)},
			AtMargin:  gate.Odds{Pass: 0.021, Regression: 0.644, Inconclusive: 0.335, Confirm: 0.1, Trials: 27.5, USD: ptr(33.5)},
			WorstUSD:  ptr(61.5), WorstSeconds: ptr(7200.0), LiveTrials: 20, LiveUSD: ptr(24.25),
		},
		Prices: []report.ModelPrice{
			{Model: "claude-opus-4-8", PerMillion: &baselines.Rates{Input: 5, Output: 25, CacheRead: 0.5, CacheWrite5m: 6.25, CacheWrite1h: 10}, Date: "2026-11-23", Source: "embedded table"},
			{Model: "model-|x|\x1b[31m", PerMillion: &baselines.Rates{Input: 0.125, Output: 1, CacheRead: 0.0125}, Date: "2026-11-26", Source: "prices.json:7"},
			{Model: "model-y", From: "2027-01-01"},
		},
		Warnings: []string{"a warning of *some* kind"},
		Order:    []baselines.Key{{Task: "b", Attempt: 1}, {Task: "a", Attempt: 1}, {Task: "b", Attempt: 2}},
	}
}

func TestPlansAsPeopleSeeThem(t *testing.T) {
	incomparable := planned()
	incomparable.Incomparable, incomparable.Order, incomparable.Prices = "baseline and candidate differ in agent and model", nil, nil
	alone := report.Planned{
		Alone: baselines.Baseline, Variant: baselines.Variant{Name: "model-a"}, Suite: "coding-10", Tasks: 10, Policy: planned().Policy,
		Forecast: gate.Forecast{Trials: 50, WorstUSD: ptr(61.5)}, Stored: "20261101-030000-1c55", Workers: 4, Prices: planned().Prices[:1],
	}
	for name, p := range map[string]report.Planned{"plan": planned(), "plan-incomparable": incomparable, "plan-alone": alone} {
		var all []rendering
		for _, format := range []report.Format{report.FormatText, report.FormatMarkdown, report.FormatJSON} {
			all = append(all, rendering{string(format), func(b *bytes.Buffer) error { return report.Plan(b, p, format) }})
		}
		renders(t, name, all)
	}
}

// Text, Markdown and JSON of a plan are one plan: the same lines in both texts, and
// in the JSON the numbers that were rounded for them.
func TestAPlanIsTheSameInEveryFormat(t *testing.T) {
	p := planned()
	written := make(map[report.Format]string)
	for _, format := range []report.Format{report.FormatText, report.FormatMarkdown, report.FormatJSON} {
		var b bytes.Buffer
		if err := report.Plan(&b, p, format); err != nil {
			t.Fatal(err)
		}
		written[format] = b.String()
	}
	page := harmless(t, written[report.FormatMarkdown])
	shown := strings.Join(strings.Fields(strings.Join(page.prose, " ")), " ")
	for line := range strings.Lines(written[report.FormatText]) {
		for _, part := range strings.Split(strings.TrimSpace(line), "  ") {
			if part = strings.Join(strings.Fields(part), " "); part != "" && !strings.Contains(part, "#") && !strings.Contains(shown, part) {
				t.Errorf("the Markdown lacks %q", part)
			}
		}
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(written[report.FormatJSON]), &got); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]any{
		"schema": "benchgate.plan/v1", "tasks": 10.0, "attempts": 5.0, "mode": "informed", "requests_limit": 2000.0, "baseline.id": "20261101-030000-1c55",
		"usd.unchanged": 38.123, "usd.at_most": 85.75, "usd.limit": 120.0, "usd.confirm": 24.25, "trials.planned": 50.0, "trials.confirm": 20.0,
		"seconds.at_most": 1800.0, "seconds.unchanged": 1125.0, "odds.unchanged.pass": 0.873, "odds.at_margin.trials": 27.5,
		"margins.pass_rate_max_drop": 0.2, "smallest_drop.with_one_more_attempt": 0.19,
	} {
		var at any = got
		for key := range strings.SplitSeq(path, ".") {
			at = at.(map[string]any)[key]
		}
		if at != want {
			t.Errorf("%s is %v, want %v", path, at, want)
		}
	}
	for _, text := range []string{"$38.12", "$85.75", "$120", "18.8 min", "30.0 min", "87%", "27.5", "−19.0 pts", "$0.0125"} {
		if !strings.Contains(written[report.FormatText], text) {
			t.Errorf("the text lacks %s:\n%s", text, written[report.FormatText])
		}
	}
	if err := report.Plan(new(bytes.Buffer), p, report.FormatJUnit); err == nil {
		t.Error("a plan was written as test results")
	}
}

func TestWhatARunMayCost(t *testing.T) {
	for _, test := range []struct {
		name              string
		worst, live, most *float64
		want              string
	}{
		{name: "nothing is known"},
		{name: "a limit", most: ptr(15.0), want: "That costs at most $15.00 (limits.usd)."},
		{name: "a stored baseline", worst: ptr(9.6), want: "That costs about $9.60 at the stored baseline's costs, and less where the verdict stands early."},
		{name: "with live pairs, within the limit", worst: ptr(9.6), live: ptr(2.4), most: ptr(15.0), want: "That costs about $12.00 at the stored baseline's costs, and less where the verdict stands early."},
		{name: "live pairs may not get their money", worst: ptr(9.6), live: ptr(7.2), most: ptr(15.0), want: "That costs at most $15.00 (limits.usd)."},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := report.MostUSD(gate.Forecast{WorstUSD: test.worst, LiveUSD: test.live}, test.most); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
