package usage_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/usage"
)

// When the views differ, either something explains it or the meter is blamed.
func TestFillAgreement(t *testing.T) {
	million := baselines.Tokens{Input: 1e6} // $3
	agent := func(tokens baselines.Tokens) *usage.AgentResult {
		return &usage.AgentResult{Models: map[string]usage.AgentModel{sonnet: {Tokens: tokens, CostBasis: "list"}}}
	}
	request := func(id string, tokens baselines.Tokens) otlp.Records {
		e := event("api_request", "model", sonnet, "query_source", "sdk", "request_id", id,
			"input_tokens", tokens.Input, "output_tokens", tokens.Output)
		return otlp.Records{Events: []otlp.Event{e}}
	}
	one := func(l *ledger) { l.answered(sonnet, million, requestID("req_1")) }

	tests := map[string]struct {
		requests  func(l *ledger)
		in        usage.Input
		meter     *float64
		telemetry *float64
		agent     *float64
		explained string
		missed    bool
		lossy     bool
	}{
		"all three agree": {
			one,
			usage.Input{Records: request("req_1", million), Agent: agent(million)},
			new(3.0), new(3.0), new(3.0), "", false, false,
		},
		"telemetry tells of a request the meter never saw": {
			one,
			usage.Input{Records: request("req_2", million)},
			new(3.0), new(3.0), nil, "", true, false,
		},
		"telemetry has more tokens": {
			one,
			usage.Input{Records: request("req_1", baselines.Tokens{Input: 2e6})},
			new(3.0), new(6.0), nil, "", true, false,
		},
		"the agent has more output": {
			one,
			usage.Input{Agent: agent(baselines.Tokens{Input: 1e6, Output: 1e6})},
			new(3.0), nil, new(18.0), "", true, false,
		},
		"the agent used a model the meter never saw": {
			one,
			usage.Input{Agent: &usage.AgentResult{Models: map[string]usage.AgentModel{
				sonnet: {Tokens: million}, haiku: {Tokens: million},
			}}},
			new(3.0), nil, new(4.0), "", true, false,
		},
		"telemetry has less, nobody knows why": {
			one,
			usage.Input{Records: request("req_1", baselines.Tokens{Input: 5e5})},
			new(3.0), new(1.5), nil, "", false, true,
		},
		"telemetry has less after a kill": {
			one,
			usage.Input{Records: request("req_1", baselines.Tokens{Input: 5e5}), Killed: true},
			new(3.0), new(1.5), nil, "killed", false, true,
		},
		"telemetry has less, a payload was refused": {
			one,
			usage.Input{Records: request("req_1", baselines.Tokens{Input: 5e5}), ReceiverLossy: true},
			new(3.0), new(1.5), nil, "lossy_telemetry", false, true,
		},
		"the request that crosses the agent's budget": {
			one,
			usage.Input{
				Records: request("req_1", baselines.Tokens{Input: 5e5}),
				Agent:   &usage.AgentResult{TerminalReason: "budget_exhausted"},
			},
			new(3.0), new(1.5), nil, "agent_budget", false, true,
		},
		"the client counts a broken answer as one": {
			func(l *ledger) {
				one(l)
				l.cutOff(sonnet, &baselines.Tokens{Input: 1e6, Output: 1})
			},
			usage.Input{Agent: agent(baselines.Tokens{Input: 2e6, Output: 9})},
			new(6.000015), nil, new(6.000135), "cut_requests", false, false,
		},
		"a broken answer does not explain that much input": {
			func(l *ledger) {
				one(l)
				l.cutOff(sonnet, nil, estimate(1000))
			},
			usage.Input{Agent: agent(baselines.Tokens{Input: 2e6})},
			new(3.003), nil, new(6.0), "cut_requests", true, false,
		},
		"a broken answer explains the input it had": {
			func(l *ledger) {
				one(l)
				l.cutOff(sonnet, nil, estimate(8e5))
			},
			usage.Input{Agent: agent(baselines.Tokens{Input: 2e6})},
			new(5.4), nil, new(6.0), "cut_requests", false, false,
		},
		"only cache reads differ": {
			one,
			usage.Input{Agent: agent(baselines.Tokens{Input: 1e6, CacheRead: 1e6})},
			new(3.0), nil, new(3.3), "", true, false,
		},
		"an API that gives no request ids": {
			func(l *ledger) { l.answered(sonnet, million) },
			usage.Input{Records: request("req_1", million)},
			new(3.0), new(3.0), nil, "", false, false,
		},
		"web searches are billed apart": {
			func(l *ledger) {
				l.answered(sonnet, million, func(_, f *meter.Entry) { f.WebSearch = 2 })
			},
			usage.Input{Agent: agent(million)},
			new(3.02), nil, new(3.0), "web_search", false, false,
		},
		"the agent's own prices differ": {
			one,
			usage.Input{Agent: &usage.AgentResult{
				TotalUSD: new(4.0), Models: map[string]usage.AgentModel{sonnet: {Tokens: million}},
			}},
			new(3.0), nil, new(3.0), "", false, false, // flagged: TestTheAgentsBill
		},
		"the agent prices an unknown model as another": {
			func(l *ledger) { l.answered("gpt-9", million) },
			usage.Input{
				Agent: &usage.AgentResult{TotalUSD: new(4.0), Models: map[string]usage.AgentModel{"gpt-9": {Tokens: million, USD: 4, CostBasis: "unknown"}}},
			},
			nil, nil, nil, "client_price", false, false,
		},
		"the model's name with its context size": {
			one,
			usage.Input{Agent: &usage.AgentResult{
				Models: map[string]usage.AgentModel{sonnet + "[1m]": {Tokens: million}},
			}},
			new(3.0), nil, new(3.0), "", false, false,
		},
		"nothing went through the meter": {
			func(*ledger) {},
			usage.Input{Agent: agent(million)},
			nil, nil, new(3.0), "", true, false,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var l ledger
			tt.requests(&l)
			tt.in.Model, tt.in.Ledger = sonnet, l.lines
			trial := fill(tt.in)
			want := &baselines.Agreement{MeterUSD: tt.meter, TelemetryUSD: tt.telemetry, AgentUSD: tt.agent, Explained: tt.explained}
			if diff := cmp.Diff(want, trial.Agreement, approx); diff != "" {
				t.Errorf("agreement (-want +got):\n%s", diff)
			}
			if got := trial.Flagged(baselines.MeterMissed); got != tt.missed {
				t.Errorf("meter_missed %t, want %t", got, tt.missed)
			}
			if got := trial.Flagged(baselines.TelemetryLossy); got != tt.lossy {
				t.Errorf("telemetry_lossy %t, want %t", got, tt.lossy)
			}
		})
	}
}

// The views are never added up: more views change no number of the first.
func TestFillNeverAddsViewsUp(t *testing.T) {
	c := readCapture(t, "d-subagent-foreground")
	all := fill(c.input)
	c.input.Records, c.input.Agent = otlp.Records{}, nil
	alone := fill(c.input)
	if diff := cmp.Diff(alone.CostUSD, all.CostUSD); diff != "" {
		t.Errorf("cost (-ledger alone +all views):\n%s", diff)
	}
	if diff := cmp.Diff(alone.Models, all.Models); diff != "" {
		t.Errorf("models (-ledger alone +all views):\n%s", diff)
	}
	if want := (&baselines.CostUSD{Main: 0.06348, Subagent: 0.032313}); !cmp.Equal(want, all.CostUSD, approx) {
		t.Errorf("cost %v, want %v", *all.CostUSD, *want)
	}
}
