package usage_test

import (
	"math"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/usage"
)

// Claude Code's telemetry and result line say other things than happened, in twenty
// known ways. Each has a test here, in package agent or in package otlp; one beside
// the house's rules looks that none is missing.
func TestSurprises(t *testing.T) {
	session := func(t *testing.T, name string) (baselines.Trial, capturedTrial) {
		c := readCapture(t, name)
		return fill(c.input), c
	}
	for name, test := range map[string]func(*testing.T){
		"surprise_01_an_unknown_model_is_priced_as_another": func(t *testing.T) {
			trial, c := session(t, "e-price-claude-opus-9-9-20261120")
			if c.input.Agent.TotalUSD == nil || *c.input.Agent.TotalUSD == 0 {
				t.Fatal("the agent names no dollars")
			}
			if trial.CostUSD != nil || trial.Agreement.Explained != "client_price" || trial.Agreement.AgentUSD != nil {
				t.Errorf("cost %v, agreement %+v", trial.CostUSD, trial.Agreement)
			}
		},
		"surprise_02_the_agent_prices_the_model_it_asked_for": func(t *testing.T) {
			million := baselines.Tokens{Input: 1e6}
			line := priced(meter.Entry{Request: 1, Model: opus, Answered: "claude-haiku-4-5-20251001", Tokens: &million})
			trial := fill(usage.Input{Model: opus, Ledger: []meter.Entry{line}, Prices: prices.Default()})
			if trial.CostUSD.Main != 1 || !trial.Flagged(baselines.OtherModel) || trial.Models["claude-haiku-4-5-20251001"].Requests != 1 {
				t.Errorf("cost %+v, flags %v, models %v; want the dollar of Haiku", trial.CostUSD, trial.Flags, trial.Models)
			}
		},
		"surprise_03_calls_that_fail_validation_are_in_no_signal": func(t *testing.T) {
			trial, c := session(t, "b-tool-failures")
			if c.truth.ToolUses != 9 || *trial.ToolCalls != 6 || *trial.ToolErrors != 3 {
				t.Errorf("%d calls and %d failures of %d", *trial.ToolCalls, *trial.ToolErrors, c.truth.ToolUses)
			}
			c.input.Records = otlp.Records{}
			c.input.Agent.ToolCalls, c.input.Agent.ToolErrors = new(9), new(6)
			if trial := fill(c.input); *trial.ToolCalls != 9 || *trial.ToolErrors != 6 || trial.Sources["tool_calls"] != "transcript" {
				t.Errorf("the transcript has all: %d and %d from %s", *trial.ToolCalls, *trial.ToolErrors, trial.Sources["tool_calls"])
			}
		},
		"surprise_04_only_spans_show_retries_that_end_well": func(t *testing.T) {
			for name, want := range map[string]int{"f-429-then-ok": 1, "f-reset-mid-stream": 1, "f-529-give-up": 3} {
				trial, c := session(t, name)
				c.input.Ledger = nil
				told := fill(c.input)
				if *trial.Retries != want || told.Retries == nil || *told.Retries != want {
					t.Errorf("%s: %d by the meter, %v by telemetry, want %d", name, *trial.Retries, told.Retries, want)
				}
			}
		},
		"surprise_08_the_second_process_of_a_session_names_both_bills": func(t *testing.T) {
			first, second := baselines.Tokens{Input: 20_000}, baselines.Tokens{Input: 4_000}
			both, dollars := first.Add(second), 0.072
			trial := fill(usage.Input{
				Model: sonnet, Ledger: []meter.Entry{priced(meter.Entry{Request: 1, Model: sonnet, Tokens: &first}), priced(meter.Entry{Request: 2, Model: sonnet, Tokens: &second})},
				Records: otlp.Records{Points: []otlp.Point{inputTokens("one", 20_000), inputTokens("two", 4_000)}},
				Agent:   &usage.AgentResult{TotalUSD: &dollars, Models: map[string]usage.AgentModel{sonnet: {Tokens: both, USD: dollars, CostBasis: "list"}}},
				Prices:  prices.Default(),
			})
			if a := trial.Agreement; trial.Flagged(baselines.BillDiffers) || a.Explained != "" || math.Abs(*a.TelemetryUSD-dollars) > 1e-9 || math.Abs(trial.CostUSD.Main-dollars) > 1e-9 {
				t.Errorf("cost %+v, agreement %+v, flags %v", trial.CostUSD, *a, trial.Flags)
			}
		},
		"surprise_09_events_lack_the_request_that_crossed_the_agents_budget": func(t *testing.T) {
			_, c := session(t, "j-max-budget")
			c.input.Ledger = nil
			if told := fill(c.input); *told.Tokens != c.tokens || *told.Requests != 2 {
				t.Errorf("telemetry tells of %+v in %d requests, want all tokens of the three", told.Tokens, *told.Requests)
			}
		},
		"surprise_10_cut_streams_are_in_the_ledger_alone": func(t *testing.T) {
			trial, c := session(t, "f-reset-mid-stream")
			if trial.CostUSD.Unfinished == 0 || trial.Agreement.Explained != "cut_requests" || *trial.Tokens != c.tokens {
				t.Errorf("cost %+v, explained by %q", trial.CostUSD, trial.Agreement.Explained)
			}
			if *trial.Agreement.TelemetryUSD >= *trial.Agreement.MeterUSD {
				t.Errorf("telemetry %v, meter %v", *trial.Agreement.TelemetryUSD, *trial.Agreement.MeterUSD)
			}
		},
		"surprise_12_a_nested_agent_sends_nothing": func(t *testing.T) {
			trial, c := session(t, "x-nested-claude")
			if *trial.Tokens != c.tokens || trial.Agreement.Explained != "nested_agent" || *trial.Agreement.TelemetryUSD >= *trial.Agreement.MeterUSD {
				t.Errorf("tokens %+v, agreement %+v", *trial.Tokens, *trial.Agreement)
			}
		},
		"surprise_13_a_slow_receiver_loses_telemetry": func(t *testing.T) {
			trial, c := session(t, "h-slow1.5s-http")
			if *trial.Tokens != c.tokens || !trial.Flagged(baselines.TelemetryLossy) {
				t.Errorf("tokens %+v, flags %v", *trial.Tokens, trial.Flags)
			}
		},
		"surprise_15_a_fallback_model_ends_well": func(t *testing.T) {
			trial, _ := session(t, "f-529-fallback-model")
			if !trial.Flagged(baselines.FallbackModel) || *trial.Retries != 3 || trial.CostUSD.Auxiliary != 0 {
				t.Errorf("flags %v, %d retries, cost %+v", trial.Flags, *trial.Retries, trial.CostUSD)
			}
		},
		"surprise_16_a_400_is_sent_six_times": func(t *testing.T) {
			var l ledger
			for range 6 {
				l.failed(sonnet, 400, meter.Rejected)
			}
			trial := fill(usage.Input{Model: sonnet, Ledger: l.lines, Prices: prices.Default()})
			if *trial.Requests != 0 || trial.CostUSD.Total() != 0 || *trial.Retries != 0 {
				t.Errorf("%d answered, %d sent again, cost %+v; they are no retries after trouble, and cost nothing", *trial.Requests, *trial.Retries, trial.CostUSD)
			}
		},
		"surprise_17_a_final_newline_counts_as_a_line": func(t *testing.T) {
			added, _ := session(t, "c1-write-new-trailing-nl") // a file of three lines
			edited, _ := session(t, "c5-edit-add-remove")
			if *added.Lines != (baselines.Lines{Added: 4}) || *edited.Lines != (baselines.Lines{Added: 3, Removed: 2}) {
				t.Errorf("%+v and %+v", *added.Lines, *edited.Lines)
			}
			c := readCapture(t, "c1-write-new-trailing-nl")
			kept := baselines.Trial{Lines: &baselines.Lines{Kept: new(int64(3))}}
			usage.Fill(&kept, c.input)
			if kept.Lines.Added != 4 || *kept.Lines.Kept != 3 {
				t.Errorf("%d added, %d kept: what was kept is counted by us", kept.Lines.Added, *kept.Lines.Kept)
			}
		},
		"surprise_18_a_killed_run_has_no_active_time": func(t *testing.T) {
			for _, name := range []string{"g-kill-midrequest-1s", "g-term-midrequest-1s", "g-term-midrequest-default"} {
				if trial, _ := session(t, name); trial.Seconds.Active != nil || !trial.Flagged(baselines.Killed) {
					t.Errorf("%s: active %v, flags %v; want it not known", name, trial.Seconds.Active, trial.Flags)
				}
			}
		},
		"surprise_20_without_session_ids": func(t *testing.T) {
			whole, c := session(t, "a-default-intervals")
			for _, p := range c.input.Records.Points {
				delete(p.Attributes, "session.id")
			}
			for _, e := range c.input.Records.Events {
				delete(e.Attributes, "session.id")
			}
			for _, s := range c.input.Records.Spans {
				delete(s.Attributes, "session.id")
			}
			trial := fill(c.input)
			if *trial.ToolCalls != *whole.ToolCalls || *trial.Lines != *whole.Lines || *trial.Agreement.TelemetryUSD != *whole.Agreement.TelemetryUSD || trial.Flagged(baselines.TelemetryLossy) {
				t.Errorf("%d calls, lines %+v, telemetry %v, flags %v", *trial.ToolCalls, *trial.Lines, *trial.Agreement.TelemetryUSD, trial.Flags)
			}
		},
	} {
		t.Run(name, test)
	}
}

// inputTokens is a point of a process of the session.
func inputTokens(session string, n float64) otlp.Point {
	at := time.Date(2026, 11, 27, 3, 0, 0, 0, time.UTC)
	return otlp.Point{
		Name: "claude_code.token.usage", Kind: otlp.Sum, Delta: true, Monotonic: true, Start: at, Time: at.Add(time.Second), Value: n,
		Attributes: otlp.Attributes{"session.id": session, "type": "input", "model": sonnet, "query_source": "main"},
	}
}
