package baselines_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/golden"
	"github.com/google/go-cmp/cmp"
)

// example is the example of the format's description, and a second trial of
// which next to nothing is known.
func example() *baselines.Run {
	return &baselines.Run{
		Header: baselines.Header{
			Schema:    "benchgate.run/v1",
			ID:        "20261123-030000-7f3a",
			Created:   time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC),
			Benchgate: "v0.1.0",
			Arm:       baselines.Candidate,
			Plan:      "sha256:1f0e",
			Compare:   "model",
			Stopping:  baselines.ByInformedGate,
			Against:   "20261101-030000-1c55",
			Variant: baselines.Variant{
				Name:  "opus-4-8",
				Agent: baselines.Agent{Name: "claude-code", Version: "2.1.330"},
				Model: "claude-opus-4-8",
			},
			Suite: baselines.Suite{
				Name:   "coding-10",
				Digest: "sha256:5a17",
				Tasks:  []baselines.Task{{ID: "countdown-game", Digest: "sha256:c0de", Tier: "easy", Image: "sha256:1a9e"}},
			},
			Prices: baselines.Prices{
				Source: "embedded 2026-11-20", Digest: "sha256:9b1c",
				Rates: map[string]baselines.Rates{"claude-opus-4-8": {Input: 5, Output: 25, CacheWrite5m: 6.25, CacheWrite1h: 10, CacheRead: 0.5}},
			},
			Limits: baselines.Limits{
				Attempts: 5, TimeoutMultiplier: 1, USD: new(60.0), USDPerTrial: new(5.0), CPUs: 2, MemoryMB: 4096,
			},
			OrderSeed: 1,
			Host:      baselines.Host{OS: "linux", Arch: "amd64", CPUs: 4, Engine: "docker 28.5"},
		},
		Trials: []baselines.Trial{{
			Seq: 1, Task: "countdown-game", Attempt: 1, Try: 1,
			Ended:     baselines.Finished,
			Solved:    new(true),
			Image:     "sha256:1a9e",
			Started:   time.Date(2026, 11, 23, 3, 0, 5, 0, time.UTC),
			SessionID: "0b6f2c1e-5d1c-4c53-9f0e-3f6d2f6a9a11",
			Seconds:   baselines.Seconds{Setup: 3.1, Agent: 41.2, Verify: 2, Total: 47.9, Image: 12.5, Active: new(39.8)},
			CostUSD:   &baselines.CostUSD{Main: 0.061, Auxiliary: 0.0007, Unfinished: 0.02},
			Tokens:    &baselines.Tokens{Input: 120, Output: 900, CacheRead: 41000, CacheWrite5m: 5200},
			Models: map[string]baselines.Model{"claude-opus-4-8": {
				Role: "main", Requests: 9, CostUSD: new(0.061),
				Tokens: baselines.Tokens{Input: 110, Output: 890, CacheRead: 41000, CacheWrite5m: 5200},
			}},
			USDByKind: &baselines.USDByKind{
				Compared:  baselines.KindUSD{Input: 0.001, Output: 0.02, CacheRead: 0.02, CacheWrite5m: 0.01, WebSearch: 0.01, Estimated: 0.02},
				Auxiliary: &baselines.KindUSD{Input: 0.0003, Output: 0.0004},
			},
			Unfinished: &baselines.UnfinishedRequests{Requests: 1, LowUSD: 0.0125, HighUSD: 0.04, OutputTokens: 800},
			Requests:   new(10), Retries: new(0), ToolCalls: new(9), ToolErrors: new(1),
			Lines:          &baselines.Lines{Added: 40, Removed: 3, Kept: new(int64(37))},
			Errors:         []baselines.SpanError{{Span: "claude_code.tool.execution", Tool: "Bash", Error: "ShellError", Seconds: 0.3}},
			NetworkRefused: &baselines.NetworkRefused{Packets: 2, To: []string{"tcp 169.254.169.254:80"}},
			HostsAsked:     &baselines.HostsAsked{Names: []string{"pypi.org", "answers.example"}, More: 3, Lost: 1},
			Sources:        map[string]string{"cost_usd": "meter", "tokens": "meter", "tool_calls": "telemetry"},
			Agreement:      &baselines.Agreement{MeterUSD: new(0.0617), TelemetryUSD: new(0.0617), AgentUSD: new(0.0617)},
			Flags:          []baselines.Flag{baselines.TelemetryMissing},
		}, {
			Seq: 2, Task: "countdown-game", Attempt: 2, Try: 1,
			Ended:   baselines.InfraError,
			Reason:  "the engine did not answer within 30 s",
			Started: time.Date(2026, 11, 23, 3, 1, 0, 0, time.UTC),
			Seconds: baselines.Seconds{Setup: 30, Total: 30},

			Unpriced: map[string]int{"usage.audio_tokens": 2},
		}},
	}
}

func TestTheFormatIsTheGoldenFile(t *testing.T) {
	var got bytes.Buffer
	if err := baselines.Encode(&got, example()); err != nil {
		t.Fatal(err)
	}
	const file = "testdata/run.jsonl"
	golden.Check(t, file, got.Bytes())
	back, err := baselines.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(example(), back); diff != "" {
		t.Errorf("decoded run (-want +got):\n%s", diff)
	}
}
