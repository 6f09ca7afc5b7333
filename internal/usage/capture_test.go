package usage_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/otlp/otlptest"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/usage"
)

// What is known of each session of the real agent, beyond money and tokens,
// which are the server's truth in all of them.
func TestFillRealSessions(t *testing.T) {
	type want struct {
		Requests, Retries    int
		RateLimited          float64
		Calls, Failures      *int
		ToolSource           string
		Lines                *baselines.Lines
		Active               *float64
		Errors               []baselines.SpanError
		Flags                []baselines.Flag
		Explained            string
		Telemetry, AgentBill bool // whether these views exist
	}
	none := &baselines.Lines{}
	tests := map[string]want{
		"a-default-intervals": {
			Requests: 4, Calls: new(3), Failures: new(0), ToolSource: "telemetry",
			Lines: &baselines.Lines{Added: 7, Removed: 1}, Active: new(1.343), Telemetry: true, AgentBill: true,
		},
		// Three of nine calls fail validation and are in no signal.
		"b-tool-failures": {
			Requests: 10, Calls: new(6), Failures: new(3), ToolSource: "telemetry",
			Lines: &baselines.Lines{Added: 6, Removed: 2}, Active: new(3.216), Telemetry: true, AgentBill: true,
			Errors: []baselines.SpanError{
				{Span: "claude_code.tool.execution", Tool: "Bash", Error: "ShellError"},
				{Span: "claude_code.tool.execution", Tool: "Read", Error: "TelemetrySafeError"},
				{Span: "claude_code.tool.execution", Tool: "Bash", Error: "ShellError"},
			},
		},
		"d-subagent-foreground": {
			Requests: 5, Calls: new(4), Failures: new(1), ToolSource: "telemetry",
			Lines: &baselines.Lines{Added: 3}, Active: new(1.107), Telemetry: true, AgentBill: true,
			Errors: []baselines.SpanError{{Span: "claude_code.tool.execution", Tool: "Bash", Error: "ShellError"}},
		},
		// The client prices a model it does not know as another; we do not.
		"e-price-claude-opus-9-9-20261120": {
			Requests: 6, Calls: new(5), Failures: new(0), ToolSource: "telemetry",
			Lines: none, Active: new(1.251), Flags: []baselines.Flag{baselines.CostUnknown}, Explained: "client_price",
		},
		"f-429-then-ok": {
			Requests: 2, Retries: 1, RateLimited: 1, Calls: new(1), Failures: new(0), ToolSource: "telemetry",
			Lines: none, Active: new(1.404), Telemetry: true, AgentBill: true,
		},
		"f-500-give-up-2": {
			Requests: 1, Retries: 2, Calls: new(1), Failures: new(0), ToolSource: "telemetry",
			Lines: none, Active: new(2.06), Telemetry: true, AgentBill: true,
			Errors: []baselines.SpanError{{Span: "claude_code.llm_request", Error: "server_error"}},
		},
		// The fallback model is on the small-model list: telemetry tells that
		// its answers are the main thread's.
		"f-529-fallback-model": {
			Requests: 2, Retries: 3, RateLimited: 3, Calls: new(1), Failures: new(0), ToolSource: "telemetry",
			Lines: none, Active: new(2.216), Flags: []baselines.Flag{baselines.FallbackModel}, Telemetry: true, AgentBill: true,
		},
		"f-reset-mid-stream": {
			Requests: 2, Retries: 1, Calls: new(1), Failures: new(0), ToolSource: "telemetry",
			Lines: none, Active: new(1.256), Flags: []baselines.Flag{baselines.Unfinished}, Explained: "cut_requests", Telemetry: true, AgentBill: true,
		},
		"g-kill-midrequest-default": {
			Requests: 2, Flags: []baselines.Flag{baselines.Unfinished, baselines.TelemetryMissing, baselines.Killed}, Explained: "cut_requests",
		},
		"g-term-midrequest-default": {
			Requests: 2, Calls: new(2), Failures: new(0), ToolSource: "telemetry",
			Lines: none, Flags: []baselines.Flag{baselines.Unfinished, baselines.Killed}, Explained: "cut_requests", Telemetry: true,
		},
		// Metrics and logs were lost: spans alone tell of tools and tokens.
		"g-term-recvslow": {
			Requests: 2, Calls: new(2), Failures: new(0), ToolSource: "telemetry",
			Flags: []baselines.Flag{baselines.Unfinished, baselines.Killed}, Explained: "cut_requests", Telemetry: true,
		},
		// Every payload was sent twice.
		"h-final-503-once": {
			Requests: 4, Calls: new(3), Failures: new(0), ToolSource: "telemetry",
			Lines: &baselines.Lines{Added: 7, Removed: 1}, Active: new(0.988), Telemetry: true, AgentBill: true,
		},
		"h-slow1.5s-http": {
			Requests: 7, Calls: new(1), Failures: new(0), ToolSource: "telemetry", // of 6: a lower bound
			Lines: none, Flags: []baselines.Flag{baselines.TelemetryLossy}, Telemetry: true, AgentBill: true,
		},
		"j-ctx-overflow": {
			Requests: 4, Calls: new(1), Failures: new(0), ToolSource: "telemetry",
			Lines: none, Active: new(0.791), Telemetry: true, AgentBill: true,
			Errors: []baselines.SpanError{{Span: "claude_code.llm_request", Error: "prompt_too_long"}},
		},
		// The events lack the request that crossed the budget, metrics have it.
		"j-max-budget": {
			Requests: 3, Calls: new(3), Failures: new(0), ToolSource: "telemetry",
			Lines: none, Active: new(0.722), Telemetry: true, AgentBill: true,
		},
		"x-metrics-only": {
			Requests: 4, Calls: new(3), Failures: new(0), ToolSource: "transcript",
			Lines: &baselines.Lines{Added: 7, Removed: 1}, Active: new(0.851),
			Flags: []baselines.Flag{baselines.TranscriptOnly}, Telemetry: true, AgentBill: true,
		},
		// An agent in the agent's shell: the meter sees what telemetry does not.
		"x-nested-claude": {
			Requests: 3, Calls: new(1), Failures: new(0), ToolSource: "telemetry",
			Lines: none, Active: new(1.544), Flags: []baselines.Flag{baselines.TelemetryLossy}, Explained: "nested_agent", Telemetry: true, AgentBill: true,
		},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			c := readCapture(t, name)
			var trial baselines.Trial
			usage.Fill(&trial, c.input)

			got := wantOf(want, trial)
			if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-3), cmpopts.EquateEmpty(), ignoreSeconds); diff != "" {
				t.Errorf("trial (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.tokens, *trial.Tokens); diff != "" {
				t.Errorf("tokens against what the server served (-want +got):\n%s", diff)
			}
			if trial.CostUSD != nil {
				whole := trial.CostUSD.Total() - trial.CostUSD.Unfinished
				if math.Abs(whole-c.truth.CostListUSD) > 1e-9 {
					t.Errorf("whole answers cost %v, want %v", whole, c.truth.CostListUSD)
				}
			}
			if trial.Flagged(baselines.MeterMissed) {
				t.Error("meter_missed, though the ledger is complete")
			}
			if from := trial.Sources["tokens"]; from != "meter" {
				t.Errorf("tokens from %q, want meter", from)
			}
		})
	}
}

func wantOf[W any](_ W, trial baselines.Trial) (w W) {
	b, err := json.Marshal(map[string]any{
		"Requests": trial.Requests, "Retries": trial.Retries, "RateLimited": trial.Seconds.RateLimited,
		"Calls": trial.ToolCalls, "Failures": trial.ToolErrors, "ToolSource": trial.Sources["tool_calls"],
		"Lines": trial.Lines, "Active": trial.Seconds.Active, "Errors": trial.Errors, "Flags": trial.Flags,
		"Explained": trial.Agreement.Explained, "Telemetry": trial.Agreement.TelemetryUSD != nil, "AgentBill": trial.Agreement.AgentUSD != nil,
	})
	if err == nil {
		err = json.Unmarshal(b, &w)
	}
	if err != nil {
		panic(err)
	}
	return w
}

var ignoreSeconds = cmpopts.IgnoreFields(baselines.SpanError{}, "Seconds")

// capturedTrial is a recorded session as Fill is given it, and the truth.
type capturedTrial struct {
	input  usage.Input
	truth  truth
	tokens baselines.Tokens // served, cut answers as far as they had come
	summed map[string]int64 // tokens by their type in telemetry's metrics; nil: the file does not say
}

type truth struct {
	CostListUSD float64 `json:"cost_list_usd"`
	ToolUses    int     `json:"tool_use_blocks"`
}

func readCapture(t testing.TB, name string) capturedTrial {
	t.Helper()
	dir := filepath.Join("testdata", "captures", name)
	b, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var expected struct {
		Truth  truth `json:"ground_truth"`
		Exit   int   `json:"exit"`
		Summed struct {
			Tokens map[string]int64 `json:"tokens"`
		} `json:"telemetry"`
		Results *struct {
			SessionID      string  `json:"session_id"`
			TotalUSD       float64 `json:"total_cost_usd"`
			TerminalReason string  `json:"terminal_reason"`
			Models         map[string]struct {
				Tokens    baselines.Tokens `json:"tokens"`
				USD       float64          `json:"usd"`
				CostBasis string           `json:"cost_basis"`
			} `json:"model_usage"`
		} `json:"result"`
		Requests []struct {
			Model     string            `json:"model"`
			Route     string            `json:"route"`
			Status    int               `json:"status"`
			Complete  bool              `json:"complete"`
			RequestID string            `json:"request_id"`
			Tokens    *baselines.Tokens `json:"tokens"`
		} `json:"requests"`
	}
	if err := json.Unmarshal(b, &expected); err != nil {
		t.Fatal(err)
	}
	records, errs := otlp.DecodeAll(otlptest.ReadDir(t, dir))
	if len(errs) > 0 {
		t.Fatal(errs)
	}

	c := capturedTrial{truth: expected.Truth, summed: expected.Summed.Tokens}
	c.input = usage.Input{
		Model:       "claude-sonnet-4-6",
		SmallModels: []string{"claude-haiku-4-5", "claude-haiku-5-5"},
		Records:     records,
		Killed:      expected.Exit < 0 || expected.Exit == 143,
		Prices:      listPrices,
	}
	if model, ok := strings.CutPrefix(name, "e-price-"); ok {
		c.input.Model = model
	}
	session := "session"
	if r := expected.Results; r != nil {
		session = r.SessionID
		agent := &usage.AgentResult{SessionID: session, TotalUSD: &r.TotalUSD, TerminalReason: r.TerminalReason, ToolCalls: new(3), ToolErrors: new(0)}
		agent.Models = make(map[string]usage.AgentModel)
		for model, m := range r.Models {
			agent.Models[model] = usage.AgentModel{Tokens: m.Tokens, USD: m.USD, CostBasis: m.CostBasis}
		}
		c.input.Agent = agent
	} else if len(records.Spans) > 0 {
		session = records.Spans[0].Attributes["session.id"].(string)
	}

	at := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	for i, q := range expected.Requests {
		asked := meter.Entry{Kind: meter.Started, Time: at, Request: i + 1, Model: q.Model, SessionID: session, EstimatedInput: 4000}
		switch q.Route {
		case "sub":
			asked.AgentID = "agent"
		case "nested":
			asked.SessionID = "another session"
		}
		answer := asked
		answer.Kind, answer.Time, answer.Seconds = meter.Finished, at.Add(time.Second), 1
		answer.Status, answer.RequestID, answer.Tokens = q.Status, q.RequestID, q.Tokens
		answer.Cut = q.Status == 200 && !q.Complete
		switch {
		case answer.Cut:
			answer.Retry = meter.Network
		case q.Status == 429:
			answer.Retry = meter.RateLimited
		case q.Status == 529:
			answer.Retry = meter.Overloaded
		case q.Status >= 500:
			answer.Retry = meter.ServerError
		case q.Status >= 400:
			answer.Retry = meter.Rejected
		}
		if q.Tokens != nil {
			answer.Answered = q.Model
			c.tokens = c.tokens.Add(*q.Tokens)
			answer = answer.Repriced(listPrices)
		}
		c.input.Ledger = append(c.input.Ledger, asked, answer)
		at = at.Add(2 * time.Second) // one second of answer, one of pause
	}
	return c
}

// listPrices has the prices of two models.
var listPrices = func() *prices.Table {
	t, err := prices.Decode(strings.NewReader(`{"schema": "benchgate.prices/v1", "source": "two models", "date": "2026-11-23", "web_search": 0.01, "models": {
		"claude-sonnet-4-6": [{"input": 3, "output": 15, "cache_write_5m": 3.75, "cache_write_1h": 6, "cache_read": 0.3}],
		"claude-haiku-4-5": [{"input": 1, "output": 5, "cache_write_5m": 1.25, "cache_write_1h": 2, "cache_read": 0.1}]}}`), "list.json")
	if err != nil {
		panic(err)
	}
	return t
}()
