package usage_test

import (
	"math"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/usage"
)

const tiny = "claude-haiku-5-5" // $0.1 input, $0.5 with prompts above 100,000 tokens

// asked is an api_request event with so much input.
func asked(model, source, id string, input int64, pairs ...any) otlp.Event {
	all := []any{"model", model, "query_source", source, "request_id", id, "input_tokens", input, "speed", "normal"}
	return event("api_request", append(all, pairs...)...)
}

// summed are the points of the agent's metrics for such requests.
func summed(model, role string, input, usd float64, more ...any) []otlp.Point {
	point := func(name string, value float64, pairs ...any) otlp.Point {
		return otlp.Point{
			Name: name, Kind: otlp.Sum, Monotonic: true, Delta: true, Start: begin, Time: begin.Add(seconds(1)), Value: value,
			Attributes: attributes(append([]any{"model", model, "query_source", role}, append(pairs, more...)...)),
		}
	}
	return []otlp.Point{point("claude_code.token.usage", input, "type", "input"), point("claude_code.cost.usage", usd)}
}

// Without a ledger the trial costs what telemetry's requests cost, each on its own:
// by its size of prompt, its speed, and the searches that its tokens do not show.
func TestTelemetryIsPricedByRequest(t *testing.T) {
	for name, test := range map[string]struct {
		events []otlp.Event
		points []otlp.Point
		want   float64
		why    string // it is not known
	}{
		"a large prompt": {
			events: []otlp.Event{asked(tiny, "sdk", "a", 200_000)}, want: 0.1,
		},
		"two small ones, large together": {
			events: []otlp.Event{asked(tiny, "sdk", "a", 100_000), asked(tiny, "sdk", "b", 100_000)}, want: 0.02,
		},
		"a small and a large one": {
			events: []otlp.Event{asked(tiny, "sdk", "a", 100_000), asked(tiny, "sdk", "b", 100_001)}, want: 0.01 + 0.0500005,
		},
		"what is read from and written to the cache is of the prompt": {
			events: []otlp.Event{asked(tiny, "sdk", "a", 50_000, "cache_read_tokens", int64(50_000), "cache_creation_tokens", int64(50_000))},
			want:   0.025 + 0.0025 + 0.03125,
		},
		"fast":                  {events: []otlp.Event{asked(opus, "sdk", "a", 1000, "speed", "fast")}, want: 0.01},
		"fast, sold by nobody":  {events: []otlp.Event{asked(tiny, "sdk", "a", 1000, "speed", "fast")}, why: "speed=fast"},
		"a search":              {events: []otlp.Event{asked(opus, "web_search_tool", "a", 1000, "cost_usd", 0.015)}, want: 0.015},
		"three searches":        {events: []otlp.Event{asked(opus, "web_search_tool", "a", 1000, "cost_usd", 0.035)}, want: 0.035},
		"no search":             {events: []otlp.Event{asked(opus, "sdk", "a", 1000, "cost_usd", 0.025)}, want: 0.005},
		"dollars of other kind": {events: []otlp.Event{asked(opus, "web_search_tool", "a", 1000, "cost_usd", 0.0171)}, want: 0.005},

		"sums of small prompts": {points: summed(tiny, "main", 90_000, 0.009), want: 0.009},
		"sums that can be of large prompts, by the agent's dollars": {
			points: summed(tiny, "main", 300_000, 0.07), want: 0.07,
		},
		"and when those are none that it can have cost": {
			points: summed(tiny, "main", 300_000, 0.7), why: "prompt sizes",
		},
		"sums of fast requests": {points: summed(opus, "main", 1000, 0.01, "speed", "fast"), want: 0.01},
		"sums with searches":    {points: summed(opus, "auxiliary", 1000, 0.025), want: 0.025},
		"one of three requests is in no event": {
			events: []otlp.Event{asked(tiny, "sdk", "a", 200_000, "cost_usd", 0.1), asked(tiny, "sdk", "b", 100_000, "cost_usd", 0.01)},
			points: summed(tiny, "main", 350_000, 0.115), want: 0.115,
		},
	} {
		t.Run(name, func(t *testing.T) {
			trial := fill(usage.Input{Model: opus, Records: otlp.Records{Events: test.events, Points: test.points}, Prices: prices.Default()})
			if test.why != "" {
				if trial.Unpriced[test.why] != 1 || trial.CostUSD != nil || trial.Agreement != nil && trial.Agreement.TelemetryUSD != nil || !trial.Flagged(baselines.CostUnknown) {
					t.Errorf("unpriced %v, cost %v, agreement %v, flags %v; want none known for %s", trial.Unpriced, trial.CostUSD, trial.Agreement, trial.Flags, test.why)
				}
				return
			}
			if trial.CostUSD == nil || math.Abs(trial.CostUSD.Total()-test.want) > 1e-9 {
				t.Fatalf("cost %+v, want %v", trial.CostUSD, test.want)
			}
			if got := trial.Agreement.TelemetryUSD; got == nil || math.Abs(*got-test.want) > 1e-9 {
				t.Errorf("telemetry's dollars %v, want %v", got, test.want)
			}
		})
	}
}

// Beside a ledger the other views are priced on the terms that it has: none of them
// tells the place, and the agent's own counts are sums.
func TestOtherViewsHaveTheLedgersTerms(t *testing.T) {
	line := func(n int, id, model string, input int64, change func(*meter.Entry)) meter.Entry {
		e := meter.Entry{Request: n, RequestID: id, Model: model, Tokens: &baselines.Tokens{Input: input}}
		if change != nil {
			change(&e)
		}
		return priced(e)
	}
	inUS := func(e *meter.Entry) { e.Geo = "us" }
	fast := func(e *meter.Entry) { e.Speed = "fast" }
	for name, test := range map[string]struct {
		lines  []meter.Entry
		events []otlp.Event
		own    usage.AgentModel
		want   float64
	}{
		"in the United States": {
			[]meter.Entry{line(1, "a", opus, 1000, inUS)},
			[]otlp.Event{asked(opus, "sdk", "a", 1000)},
			usage.AgentModel{Tokens: baselines.Tokens{Input: 1000}, USD: 0.0055},
			0.0055,
		},
		"small prompts, large together": {
			[]meter.Entry{line(1, "a", tiny, 90_000, nil), line(2, "b", tiny, 90_000, nil)},
			[]otlp.Event{asked(tiny, "sdk", "a", 90_000), asked(tiny, "sdk", "b", 90_000)},
			usage.AgentModel{Tokens: baselines.Tokens{Input: 180_000}, USD: 0.018},
			0.018,
		},
		"one of two is large": {
			[]meter.Entry{line(1, "a", tiny, 90_000, nil), line(2, "b", tiny, 200_000, nil)},
			[]otlp.Event{asked(tiny, "sdk", "a", 90_000), asked(tiny, "sdk", "b", 200_000)},
			usage.AgentModel{Tokens: baselines.Tokens{Input: 290_000}, USD: 0.109},
			0.109,
		},
		"one of two is fast": {
			[]meter.Entry{line(1, "a", opus, 1000, fast), line(2, "b", opus, 1000, nil)},
			[]otlp.Event{asked(opus, "sdk", "a", 1000, "speed", "fast"), asked(opus, "sdk", "b", 1000)},
			usage.AgentModel{Tokens: baselines.Tokens{Input: 2000}, USD: 0.015},
			0.015,
		},
		"two searches": {
			[]meter.Entry{line(1, "a", opus, 1000, func(e *meter.Entry) { e.WebSearch = 2 })},
			[]otlp.Event{asked(opus, "web_search_tool", "a", 1000, "cost_usd", 0.025)},
			usage.AgentModel{Tokens: baselines.Tokens{Input: 1000}, USD: 0.025, WebSearches: 2},
			0.025,
		},
	} {
		t.Run(name, func(t *testing.T) {
			total, model := test.own.USD, test.lines[0].Model
			test.own.CostBasis = "list"
			trial := fill(usage.Input{
				Model: opus, Ledger: test.lines, Records: otlp.Records{Events: test.events}, Prices: prices.Default(),
				Agent: &usage.AgentResult{TotalUSD: &total, Models: map[string]usage.AgentModel{model: test.own}},
			})
			for view, usd := range map[string]*float64{
				"the meter": trial.Agreement.MeterUSD, "telemetry": trial.Agreement.TelemetryUSD, "the agent": trial.Agreement.AgentUSD,
			} {
				if usd == nil || math.Abs(*usd-test.want) > 1e-9 {
					t.Errorf("%s has %v dollars, want %v", view, usd, test.want)
				}
			}
			if trial.Flagged(baselines.BillDiffers) || trial.Flagged(baselines.MeterMissed) {
				t.Errorf("flags %v, though all agree", trial.Flags)
			}
		})
	}
}
