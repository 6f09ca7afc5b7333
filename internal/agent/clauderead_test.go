package agent

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/leak"
	"github.com/benchgate/benchgate/internal/usage"
)

// The ends of real runs of Claude Code 2.1.330 against a scripted model: the
// last lines of its standard output, and its exit code.
func TestReadingRealEnds(t *testing.T) {
	sonnet := func(tokens baselines.Tokens, usd float64) map[string]usage.AgentModel {
		return map[string]usage.AgentModel{"claude-sonnet-4-6": {Tokens: tokens, USD: usd, CostBasis: "list"}}
	}
	tests := []struct {
		capture string
		exit    int
		ended   baselines.Ended
		reason  string
		models  map[string]usage.AgentModel
	}{
		{
			"a-default-intervals", 0, baselines.Finished, "",
			sonnet(baselines.Tokens{Input: 23, Output: 333, CacheRead: 45600, CacheWrite5m: 15540}, 0.07701899999999999),
		},
		{
			"b-tool-failures", 0, baselines.Finished, "",
			sonnet(baselines.Tokens{Input: 50, Output: 380, CacheRead: 138600, CacheWrite5m: 15850}, 0.1068675),
		},
		// A background subagent causes two result lines; each has the whole
		// process's bill, so adding them up would double it.
		{
			"d-subagent", 0, baselines.Finished, "",
			sonnet(baselines.Tokens{Input: 32, Output: 216, CacheRead: 44350, CacheWrite5m: 22740}, 0.101916),
		},
		// Cache writes of five minutes and of an hour are told apart.
		{
			"e-price-claude-opus-4-8", 0, baselines.Finished, "",
			map[string]usage.AgentModel{"claude-opus-4-8": {
				Tokens: baselines.Tokens{Input: 10001, Output: 10001, CacheRead: 10000, CacheWrite5m: 10000, CacheWrite1h: 10000},
				USD:    0.46753, CostBasis: "list",
			}},
		},
		{
			"f-429-then-ok", 0, baselines.Finished, "",
			sonnet(baselines.Tokens{Input: 10, Output: 70, CacheRead: 15000, CacheWrite5m: 15100}, 0.062204999999999996),
		},
		{
			"f-500-give-up-2", 1, baselines.InfraError, "the model API answered 500",
			sonnet(baselines.Tokens{Input: 5, Output: 50, CacheWrite5m: 15000}, 0.057014999999999996),
		},
		{"f-529-give-up", 1, baselines.InfraError, "the model API answered 529", map[string]usage.AgentModel{}},
		{
			"f-529-fallback-model", 0, baselines.Finished, "",
			map[string]usage.AgentModel{"claude-haiku-4-5": {
				Tokens: baselines.Tokens{Input: 10, Output: 70, CacheRead: 15000, CacheWrite5m: 15000}, USD: 0.02061, CostBasis: "list",
			}},
		},
		{
			"j-max-budget", 1, baselines.Budget, "the agent's own dollar limit was reached",
			sonnet(baselines.Tokens{Input: 15, Output: 15000, CacheRead: 3000, CacheWrite5m: 30000}, 0.338445),
		},
		{
			"j-max-turns", 1, baselines.Turns, "turn limit reached after 4 turns",
			sonnet(baselines.Tokens{Input: 15, Output: 150, CacheRead: 3000, CacheWrite5m: 300}, 0.004319999999999999),
		},
		// The client calls this an API error, too, though the API answered.
		{
			"j-max-tokens-always", 1, baselines.AgentError, "the model's answers exceeded their output limit",
			sonnet(baselines.Tokens{Input: 25, Output: 128050, CacheRead: 400, CacheWrite5m: 100}, 1.9213199999999997),
		},
		{
			"j-ctx-overflow", 0, baselines.Finished, "",
			sonnet(baselines.Tokens{Input: 20, Output: 110, CacheWrite5m: 100}, 0.002085),
		},
	}
	for _, tt := range tests {
		t.Run(tt.capture, func(t *testing.T) {
			out, err := os.Open(filepath.Join("testdata", "stream", tt.capture+".jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			defer out.Close()
			got := readClaude(Exit{Code: tt.exit}, out)
			if got.Ended != tt.ended || got.Reason != tt.reason {
				t.Errorf("ended %s (%q), want %s (%q)", got.Ended, got.Reason, tt.ended, tt.reason)
			}
			if diff := cmp.Diff(tt.models, got.Result.Models); diff != "" {
				t.Errorf("the bill (-want +got):\n%s", diff)
			}
			if len(got.Result.SessionID) != len("e3cc013a-8aae-4971-ae01-3aafc4f73023") {
				t.Errorf("session %q, want a UUID", got.Result.SessionID)
			}
		})
	}
}

// Ends of which there is no capture, in the fields that the client gives.
func TestReadingOtherEnds(t *testing.T) {
	tests := []struct {
		name   string
		stdout string
		exit   Exit
		ended  baselines.Ended
		reason string
	}{
		{
			"a refusal comes as a success and as an API error",
			`{"type":"result","subtype":"success","is_error":true,"terminal_reason":"api_error","stop_reason":"refusal"}`,
			Exit{Code: 1},
			baselines.Refused, "the model refused",
		},
		{
			"the API refuses connections",
			`{"type":"result","subtype":"success","is_error":true,"terminal_reason":"api_error","api_error_status":null,"api_error":"connection_failed"}`,
			Exit{Code: 1},
			baselines.InfraError, "the model API could not be reached, or its answer could not be used",
		},
		{
			"the meter has no more money for it",
			`{"type":"result","subtype":"success","is_error":true,"terminal_reason":"api_error","api_error_status":402}`,
			Exit{Code: 1},
			baselines.Budget, "the trial's dollar limit was reached",
		},
		{
			"a request that the API finds wrong is the agent's",
			`{"type":"result","subtype":"success","is_error":true,"terminal_reason":"api_error","api_error_status":400}`,
			Exit{Code: 1},
			baselines.AgentError, "the model API answered 400",
		},
		{
			"a key that the API does not know is nobody's merit",
			`{"type":"result","subtype":"success","is_error":true,"terminal_reason":"api_error","api_error_status":401}`,
			Exit{Code: 1},
			baselines.InfraError, "the model API answered 401",
		},
		{
			"an interrupt exits with 0",
			`{"type":"result","subtype":"error_during_execution","is_error":true}`,
			Exit{},
			baselines.AgentError, "the agent reports an error: error_during_execution",
		},
		{
			"a result and then a crash",
			`{"type":"result","subtype":"success","terminal_reason":"completed"}`,
			Exit{Code: 139},
			baselines.AgentError, "exit code 139",
		},
		{
			"killed: no result line at all",
			`{"type":"system","subtype":"init","session_id":"s-1"}`,
			Exit{Code: 137, OutOfMemory: true},
			baselines.AgentError,
			"exit code 137: a process was killed for memory, without a result line",
		},
		{"nothing was said", "", Exit{Code: 1}, baselines.AgentError, "exit code 1, without a result line"},
		{
			"what the agent writes stays plain",
			`{"type":"result","subtype":"success","is_error":true,"terminal_reason":"::error::\u001b[31m<b>x</b>\n"}`,
			Exit{Code: 1},
			baselines.AgentError, "the agent reports an error: ::error::[31mbx/b",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := readClaude(tt.exit, strings.NewReader(tt.stdout))
			if got.Ended != tt.ended || got.Reason != tt.reason {
				t.Errorf("ended %s (%q), want %s (%q)", got.Ended, got.Reason, tt.ended, tt.reason)
			}
		})
	}
}

func TestToolCallsAndAnswersAreCountedByID(t *testing.T) {
	got := readClaude(Exit{}, strings.NewReader(`{"type":"system","subtype":"init","session_id":"s-1"}
{"type":"assistant","message":{"id":"m1","model":"claude-opus-4-8","content":[{"type":"text","text":"I will look."},{"type":"tool_use","id":"t1","name":"Bash"}]},"session_id":"s-1"}
{"type":"assistant","message":{"id":"m1","model":"claude-opus-4-8","content":[{"type":"tool_use","id":"t1","name":"Bash"},{"type":"tool_use","id":"t2","name":"Edit"}]}}
{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"t1"},{"type":"tool_result","tool_use_id":"t2","is_error":true}]}}
{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"t2","is_error":true}]}}
{"type":"user","message":{"content":"plain text"}}
{"type":"assistant","message":{"id":"m2","model":"claude-opus-4-8","content":[{"type":"text","text":"Done."}]}}
{"type":"assistant","message":{"id":"u-1","model":"<synthetic>","content":[{"type":"text","text":"No answer came."}]}}
no JSON at all
{"type":"result","subtype":"success","terminal_reason":"completed","num_turns":3,"total_cost_usd":0.5}`))
	calls, failures, answers, usd := 2, 1, 2, 0.5
	want := &usage.AgentResult{
		SessionID: "s-1", TotalUSD: &usd, Models: map[string]usage.AgentModel{},
		NumTurns: 3, TerminalReason: "completed", ToolCalls: &calls, ToolErrors: &failures, Answers: &answers, Uses: []leak.Use{},
	}
	if diff := cmp.Diff(want, got.Result); diff != "" {
		t.Errorf("what the agent says of itself (-want +got):\n%s", diff)
	}
}

// Without a message in the transcript nobody knows whether tools were called:
// that is absent, not zero.
func TestNoTranscriptIsNoToolCount(t *testing.T) {
	got := readClaude(Exit{}, strings.NewReader(`{"type":"result","subtype":"success"}`))
	if got.Result.ToolCalls != nil || got.Result.ToolErrors != nil {
		t.Errorf("tool calls %v, errors %v; want neither known", got.Result.ToolCalls, got.Result.ToolErrors)
	}
}

// Whatever an agent prints, what is read from it can be recorded: one of the
// closed list of ends, one plain line of a reason, no negative amounts.
func FuzzReadClaude(f *testing.F) {
	captures, err := filepath.Glob(filepath.Join("testdata", "stream", "*.jsonl"))
	if err != nil || len(captures) == 0 {
		f.Fatal("no captures to start from", err)
	}
	for _, name := range captures {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content, 0)
	}
	f.Add([]byte(`{"type":"result","modelUsage":{"m\u0000":{"inputTokens":-5,"cacheCreationInputTokens":1,"cacheCreationEphemeral1hInputTokens":9}},"total_cost_usd":-1}`), 1)
	f.Add([]byte(`{"type":"assistant","message":{"content":[{"type":"tool_use"},{}]}}`+"\n[[[["), 137)
	f.Fuzz(func(t *testing.T, stdout []byte, code int) {
		got := readClaude(Exit{Code: code}, bytes.NewReader(stdout))
		trial := baselines.Trial{Seq: 1, Task: "t", Attempt: 1, Try: 1, Ended: got.Ended, Reason: got.Reason}
		for _, m := range got.Result.Models {
			trial.Tokens, trial.CostUSD = &m.Tokens, &baselines.CostUSD{Main: m.USD}
			if err := trial.Validate(); err != nil {
				t.Fatal(err)
			}
		}
		if err := trial.Validate(); err != nil {
			t.Fatal(err)
		}
		if (got.Ended == baselines.Finished) != (got.Reason == "") {
			t.Errorf("ended %s with reason %q", got.Ended, got.Reason)
		}
		if strings.ContainsAny(got.Reason+got.Result.SessionID, "\n\x1b") {
			t.Errorf("reason %q or session %q is not plain", got.Reason, got.Result.SessionID)
		}
	})
}
