package usage_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/usage"
)

const opus = "claude-opus-4-8" // 5 / 25 / 6.25 / 10 / 0.5 dollars, fast twice that

// priced is a finished line at list prices.
func priced(e meter.Entry) meter.Entry {
	e.Kind, e.Status, e.Time = meter.Finished, 200, time.Date(2026, 11, 27, 3, 0, 0, 0, time.UTC)
	if e.Answered == "" {
		e.Answered = e.Model
	}
	return e.Repriced(prices.Default())
}

// Only a model that the agent says it priced as another explains that its printed
// dollars are not ours, and only for that model's dollars.
func TestTheAgentsBill(t *testing.T) {
	million := baselines.Tokens{Input: 1e6} // $5 of Opus
	usual := priced(meter.Entry{Request: 1, Model: opus, Tokens: &million})
	fast := priced(meter.Entry{Request: 1, Model: opus, Tokens: &million, Speed: "fast"})
	searched := priced(meter.Entry{Request: 1, Model: opus, Tokens: &million, WebSearch: 100})
	other := priced(meter.Entry{Request: 2, Model: "gpt-9", Tokens: &million})
	for name, test := range map[string]struct {
		lines     []meter.Entry
		printed   float64
		models    map[string]usage.AgentModel
		explained string
		flagged   bool
	}{
		"as we count": {[]meter.Entry{usual}, 5, map[string]usage.AgentModel{opus: {Tokens: million, USD: 5, CostBasis: "list"}}, "", false},
		"fast mode, which its tokens do not show": {
			[]meter.Entry{fast}, 10, map[string]usage.AgentModel{opus: {Tokens: million, USD: 10, CostBasis: "list"}}, "", false,
		},
		"fast mode that the meter did not see": {
			[]meter.Entry{usual}, 10, map[string]usage.AgentModel{opus: {Tokens: million, USD: 10, CostBasis: "list"}}, "", true,
		},
		"web searches": {
			[]meter.Entry{searched}, 6, map[string]usage.AgentModel{opus: {Tokens: million, USD: 6, CostBasis: "list"}}, "web_search", false,
		},
		"a model priced as another": {
			[]meter.Entry{usual, other},
			9,
			map[string]usage.AgentModel{opus: {Tokens: million, USD: 5, CostBasis: "list"}, "gpt-9": {Tokens: million, USD: 4, CostBasis: "unknown"}},
			"client_price", false,
		},
		"a model priced as another does not explain the rest": {
			[]meter.Entry{usual, other},
			14,
			map[string]usage.AgentModel{opus: {Tokens: million, USD: 10, CostBasis: "list"}, "gpt-9": {Tokens: million, USD: 4, CostBasis: "unknown"}},
			"client_price", true,
		},
		"an agent that does not say how it prices": {[]meter.Entry{usual}, 4, map[string]usage.AgentModel{opus: {Tokens: million}}, "", true},
	} {
		trial := fill(usage.Input{
			Model: opus, Ledger: test.lines, Prices: prices.Default(),
			Agent: &usage.AgentResult{TotalUSD: &test.printed, Models: test.models},
		})
		if trial.Agreement.Explained != test.explained || trial.Flagged(baselines.BillDiffers) != test.flagged {
			t.Errorf("%s: explained by %q, flags %v; want %q, flagged %v", name, trial.Agreement.Explained, trial.Flags, test.explained, test.flagged)
		}
	}
}

// A request whose usage is not understood makes the trial's dollars unknown, and the
// trial says what it was and how often.
func TestWhatIsNotPricedIsSaid(t *testing.T) {
	some := baselines.Tokens{Input: 1000, Output: 10}
	lines := []meter.Entry{
		priced(meter.Entry{Request: 1, Model: opus, Tokens: &some}),
		priced(meter.Entry{Request: 2, Model: opus, Tokens: &some, Unknown: []string{"usage.audio_tokens"}}),
		priced(meter.Entry{Request: 3, Model: opus, Unknown: []string{"usage.input_tokens"}}),
		priced(meter.Entry{Request: 4, Model: opus, Tokens: &some, Unknown: []string{"usage.audio_tokens"}, Tier: "priority"}),
		priced(meter.Entry{Request: 5, Model: "gpt-9", Tokens: &some}),
	}
	trial := fill(usage.Input{Model: opus, Ledger: lines, Prices: prices.Default()})
	want := map[string]int{"usage.audio_tokens": 2, "usage.input_tokens": 1, "service_tier=priority": 1, "model gpt-9": 1}
	if diff := cmp.Diff(want, trial.Unpriced); diff != "" {
		t.Errorf("unpriced (-want +got):\n%s", diff)
	}
	wantFlags(t, trial, baselines.UsageUnknown, baselines.CostUnknown, baselines.TelemetryMissing)
	if trial.CostUSD != nil || *trial.Requests != 5 || trial.Tokens.Input != 4000 {
		t.Errorf("cost %v, %d requests, %v", trial.CostUSD, *trial.Requests, trial.Tokens)
	}

	// A model without a price is the table's gap, not the usage's.
	gap := fill(usage.Input{Model: "gpt-9", Ledger: lines[4:], Prices: prices.Default()})
	wantFlags(t, gap, baselines.CostUnknown, baselines.TelemetryMissing)
}

// An answer's parts are counted under the models that gave them.
func TestPartsAreTheirModels(t *testing.T) {
	own, advice := baselines.Tokens{Input: 1e6}, baselines.Tokens{Output: 1e6}
	both := own.Add(advice)
	line := priced(meter.Entry{Request: 1, Model: "claude-sonnet-5", Tokens: &both, WebSearch: 10, Parts: []meter.Part{
		{Kind: "message", Tokens: own}, {Kind: "advisor_message", Model: opus, Tokens: advice},
	}})
	trial := fill(usage.Input{Model: "claude-sonnet-5", Ledger: []meter.Entry{line}, Prices: prices.Default()})
	want := map[string]baselines.Model{
		"claude-sonnet-5": {Role: "main", Requests: 1, CostUSD: new(2.1), Tokens: own},
		opus:              {Role: "main", CostUSD: new(25.0), Tokens: advice},
	}
	if diff := cmp.Diff(want, trial.Models, approx); diff != "" {
		t.Errorf("models (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&baselines.CostUSD{Main: 27.1}, trial.CostUSD, approx); diff != "" {
		t.Errorf("cost (-want +got):\n%s", diff)
	}
}

// What a trial cost is worked out again from its ledger as it was live.
func TestRepricingGivesTheSameDollars(t *testing.T) {
	some, large := baselines.Tokens{Input: 1000, Output: 10, CacheWrite5m: 3}, baselines.Tokens{Input: 150_000, Output: 10}
	both := some.Add(large)
	lines := []meter.Entry{
		priced(meter.Entry{Request: 1, Model: opus, Tokens: &some, Speed: "fast", Geo: "us"}),
		priced(meter.Entry{Request: 2, Model: "claude-haiku-5-5", AgentID: "a", Tokens: &large}),
		priced(meter.Entry{Request: 3, Model: opus, Tokens: &both, WebSearch: 3, Parts: []meter.Part{
			{Kind: "compaction", Tokens: some}, {Kind: "advisor_message", Model: "claude-haiku-5-5", Tokens: large},
		}}),
		priced(meter.Entry{Request: 4, Model: opus, Tokens: &some, Tier: "batch", Cut: true, Streamed: &meter.Streamed{Text: 5000}}),
		{Kind: meter.Started, Time: time.Date(2026, 11, 27, 3, 0, 0, 0, time.UTC), Request: 5, Model: opus, EstimatedInput: 5000},
	}
	in := usage.Input{Model: opus, Ledger: lines, Prices: prices.Default()}
	live := fill(in)
	if live.CostUSD == nil {
		t.Fatalf("no cost: %v", live.Unpriced)
	}
	again, ok := usage.Reprice(live, lines, usage.Input{Model: opus}, prices.Default())
	if diff := cmp.Diff(live.Unfinished, again.Unfinished, approx); diff != "" {
		t.Errorf("unfinished (-live +again):\n%s", diff)
	}
	if diff := cmp.Diff(live.CostUSD, again.CostUSD, approx); !ok || diff != "" {
		t.Errorf("%v; cost (-live +again):\n%s", ok, diff)
	}
	if diff := cmp.Diff(live.Models, again.Models, approx); diff != "" {
		t.Errorf("models (-live +again):\n%s", diff)
	}

	// With a table that lacks one of them the dollars are gone, and come back.
	without, ok := usage.Reprice(live, lines, usage.Input{Model: opus}, listPrices)
	if !ok || without.CostUSD != nil || without.Unpriced["model "+opus] == 0 || !without.Flagged(baselines.CostUnknown) {
		t.Errorf("%v: cost %v, unpriced %v, flags %v", ok, without.CostUSD, without.Unpriced, without.Flags)
	}
	back, ok := usage.Reprice(without, lines, usage.Input{Model: opus}, prices.Default())
	if diff := cmp.Diff(live.CostUSD, back.CostUSD, approx); !ok || diff != "" || back.Unpriced != nil || back.Flagged(baselines.CostUnknown) {
		t.Errorf("%v; unpriced %v, flags %v, cost (-live +back):\n%s", ok, back.Unpriced, back.Flags, diff)
	}
}

// The cost of what was cut is in Unfinished with its bounds, and of housekeeping in
// Auxiliary; estimated tokens are in no sum.
func TestWhatWasCutIsEstimatedWithBounds(t *testing.T) {
	reported := baselines.Tokens{Input: 1000, Output: 1}
	lines := []meter.Entry{
		priced(meter.Entry{Request: 1, Model: opus, Tokens: &reported, Cut: true, Streamed: &meter.Streamed{Thinking: 80_000}}),
		priced(meter.Entry{Request: 2, Model: opus, EstimatedInput: 100_000, Cut: true}),
		priced(meter.Entry{Request: 3, Model: "claude-haiku-4-5", Tokens: &reported, Cut: true, Streamed: &meter.Streamed{Text: 4000}}),
	}
	trial := fill(usage.Input{Model: opus, SmallModels: []string{"claude-haiku-4-5"}, Ledger: lines, Prices: prices.Default()})
	// 1,000 input and 20,000 output: $0.505; a prompt of 100,000: $0.5.
	want := &baselines.CostUSD{Unfinished: 1.005, Auxiliary: 0.006}
	if diff := cmp.Diff(want, trial.CostUSD, approx); diff != "" {
		t.Errorf("cost (-want +got):\n%s", diff)
	}
	bounds := &baselines.UnfinishedRequests{Requests: 2, LowUSD: 0.255, HighUSD: 1.005 + 0.5, OutputTokens: 19_999}
	if diff := cmp.Diff(bounds, trial.Unfinished, approx); diff != "" {
		t.Errorf("unfinished (-want +got):\n%s", diff)
	}
	if trial.Tokens.Output != 2 {
		t.Errorf("%d output tokens, want the two that were reported", trial.Tokens.Output)
	}
}
