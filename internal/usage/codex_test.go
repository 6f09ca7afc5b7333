package usage_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/otlp/otlptest"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/usage"
)

// codexRun is the telemetry of a run of the real Codex, and what it was served: twice
// 1,000 input, of it 600 from the cache, and 50 output.
func codexRun(t *testing.T) (records otlp.Records, served baselines.Tokens) {
	t.Helper()
	records, broken := otlp.DecodeAll(otlptest.ReadDir(t, "testdata/others/codex-run"))
	if len(broken) > 0 {
		t.Fatal(broken)
	}
	return records, baselines.Tokens{Input: 800, CacheRead: 1200, Output: 100}
}

func codexInput(records otlp.Records) usage.Input {
	return usage.Input{Model: "gpt-5.3-codex", AskedModel: "gpt-5.3-codex", Records: records, Prices: prices.Default()}
}

// Input has in it what was cached, counts come as numbers and as text, and of a command
// that failed "success" is true.
func TestCodexTelemetry(t *testing.T) {
	records, served := codexRun(t)
	events := otlp.Records{Events: records.Events}
	metrics := otlp.Records{Points: records.Points}
	twice := otlp.Records{Events: slices.Concat(records.Events, records.Events), Points: slices.Concat(records.Points, records.Points)}
	for name, test := range map[string]struct {
		records otlp.Records
		events  bool
	}{"all": {records, true}, "events": {events, true}, "metrics": {metrics, false}, "sent twice": {twice, true}} {
		t.Run(name, func(t *testing.T) {
			var got baselines.Trial
			usage.Fill(&got, codexInput(test.records))
			if got.Tokens == nil || *got.Tokens != served {
				t.Fatalf("tokens %+v, served were %+v", got.Tokens, served)
			}
			// $1.75, 0.175 and 14 a million.
			if want := 0.0014 + 0.00021 + 0.0014; got.CostUSD == nil || got.CostUSD.Total()-want > 1e-9 || want-got.CostUSD.Total() > 1e-9 {
				t.Errorf("it cost %+v, want %v", got.CostUSD, want)
			}
			if !test.events {
				return
			}
			if *got.Requests != 2 || *got.Retries != 1 || *got.ToolCalls != 1 || *got.ToolErrors != 1 || got.SessionID == "" {
				t.Errorf("%d requests, %d retries, %d calls, %d failed, session %q", *got.Requests, *got.Retries, *got.ToolCalls, *got.ToolErrors, got.SessionID)
			}
		})
	}
}

// Ledger, telemetry and the run's own line agree, and each says so when it does not.
func TestThreeSourcesOfACodexRun(t *testing.T) {
	records, served := codexRun(t)
	session := ""
	for _, e := range records.Events {
		if id, ok := e.Attributes["conversation.id"].(string); ok {
			session = id
		}
	}
	at := time.Date(2026, 11, 27, 11, 0, 0, 0, time.UTC)
	line := func(n int, change func(*meter.Entry)) meter.Entry {
		tokens := baselines.Tokens{Input: 400, CacheRead: 600, Output: 50}
		e := meter.Entry{Schema: meter.SchemaV1, Kind: meter.Finished, Time: at, Trial: "t", Request: n, Model: "gpt-5.3-codex", SessionID: session, Status: 200, Tokens: &tokens, Seconds: 1}
		change(&e)
		return e.Repriced(prices.Default())
	}
	limited := line(1, func(e *meter.Entry) { e.Status, e.Tokens, e.Retry = 429, nil, meter.RateLimited })
	plain := func(*meter.Entry) {}
	agent := func(tokens baselines.Tokens) *usage.AgentResult {
		return &usage.AgentResult{SessionID: session, Tokens: &tokens}
	}
	more := served.Add(baselines.Tokens{Input: 5})
	for name, test := range map[string]struct {
		ledger []meter.Entry
		agent  *usage.AgentResult
		flags  []baselines.Flag
	}{
		"all agree":                  {[]meter.Entry{limited, line(2, plain), line(3, plain)}, agent(served), nil},
		"the meter missed a request": {[]meter.Entry{limited, line(2, plain)}, agent(served), []baselines.Flag{baselines.MeterMissed}},
		"the run's line has more":    {[]meter.Entry{limited, line(2, plain), line(3, plain)}, agent(more), []baselines.Flag{baselines.MeterMissed}},
		"telemetry lost a request":   {[]meter.Entry{limited, line(2, plain), line(3, plain), line(4, plain)}, nil, []baselines.Flag{baselines.TelemetryLossy}},
		"killed in the middle of a fourth": {[]meter.Entry{limited, line(2, plain), line(3, plain), line(4, func(e *meter.Entry) {
			e.Tokens, e.Cut, e.Retry = nil, true, meter.Aborted
		})}, nil, []baselines.Flag{baselines.Unfinished}},
	} {
		t.Run(name, func(t *testing.T) {
			in := codexInput(records)
			in.Ledger, in.Agent = test.ledger, test.agent
			var got baselines.Trial
			usage.Fill(&got, in)
			if diff := cmp.Diff(test.flags, got.Flags); diff != "" {
				t.Errorf("flags %v: %s; %+v", got.Flags, diff, got.Agreement)
			}
			if test.flags == nil && (*got.Agreement.MeterUSD != *got.Agreement.TelemetryUSD || *got.Agreement.AgentUSD != *got.Agreement.MeterUSD || *got.Retries != 1) {
				t.Errorf("agreement %+v, %d retries", got.Agreement, *got.Retries)
			}
		})
	}
}
