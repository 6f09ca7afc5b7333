package agent

import (
	"os"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
)

// What Claude Code says of itself is not always what happened. The other surprises
// are in package usage.
func TestSurprises(t *testing.T) {
	ending := func(t *testing.T, stdout string, code int) Ending {
		return readClaude(Exit{Code: code}, strings.NewReader(stdout))
	}
	captured := func(t *testing.T, name string, code int) Ending {
		b, err := os.ReadFile("testdata/stream/" + name + ".jsonl")
		if err != nil {
			t.Fatal(err)
		}
		return ending(t, string(b), code)
	}
	for name, test := range map[string]func(*testing.T){
		"surprise_05_an_error_is_called_a_success": func(t *testing.T) {
			for name, want := range map[string]baselines.Ended{
				"f-500-give-up-2": baselines.InfraError, "f-529-give-up": baselines.InfraError, "j-max-tokens-always": baselines.AgentError,
			} {
				if got := captured(t, name, 1); got.Ended != want {
					t.Errorf("%s: ended %s, want %s", name, got.Ended, want)
				}
			}
		},
		"surprise_06_an_interrupt_exits_with_0_and_a_killed_run_says_nothing": func(t *testing.T) {
			interrupted := ending(t, `{"type":"result","subtype":"error_during_execution","is_error":true}`, 0)
			if interrupted.Ended != baselines.AgentError {
				t.Errorf("interrupted: ended %s", interrupted.Ended)
			}
			if killed := ending(t, `{"type":"system","subtype":"init","session_id":"s-1"}`, 143); killed.Ended == baselines.Finished || killed.Result.TotalUSD != nil {
				t.Errorf("killed: ended %s, result %+v", killed.Ended, killed.Result)
			}
		},
		"surprise_07_two_result_lines_have_one_bill": func(t *testing.T) {
			got := captured(t, "d-subagent", 0)
			if usd := got.Result.TotalUSD; usd == nil || *usd != 0.101916 || len(got.Result.Models) != 1 {
				t.Errorf("the bill is %+v", got.Result)
			}
		},
		"surprise_11_settings_in_the_task_cannot_lead_the_agent_elsewhere": func(t *testing.T) {
			start := Start{Path: func(p string) string { return p }, MeterURL: "http://meter.example/token", OTLPURL: "http://otlp.example/token"}
			files, err := claudeSettings(start)
			if err != nil || len(files) != 1 || files[0].Path != "/etc/claude-code/managed-settings.json" {
				t.Fatalf("%+v, %v; want the managed settings, which go before all others", files, err)
			}
			for _, variable := range []string{`"ANTHROPIC_BASE_URL": "http://meter.example/token"`, `"OTEL_EXPORTER_OTLP_ENDPOINT": "http://otlp.example/token"`, `"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"`, `"CLAUDE_CODE_ENABLE_TELEMETRY": "1"`} {
				if !strings.Contains(string(files[0].Content), variable) {
					t.Errorf("they lack %s:\n%s", variable, files[0].Content)
				}
			}
		},
		"surprise_19_the_stream_has_the_first_count_of_output": func(t *testing.T) {
			got := ending(t, `{"type":"assistant","message":{"id":"m1","model":"claude-opus-4-8","content":[{"type":"text","text":"a"}],"usage":{"output_tokens":1}}}
{"type":"assistant","message":{"id":"m1","model":"claude-opus-4-8","content":[{"type":"tool_use","id":"t1","name":"Bash"}],"usage":{"output_tokens":1}}}
{"type":"result","subtype":"success","terminal_reason":"completed","total_cost_usd":0.5,"modelUsage":{"claude-opus-4-8":{"inputTokens":5,"outputTokens":900,"costUSD":0.5}}}`, 0)
			if out := got.Result.Models["claude-opus-4-8"].Tokens.Output; out != 900 || *got.Result.Answers != 1 || *got.Result.ToolCalls != 1 {
				t.Errorf("%d tokens of output, %d answers, %d calls; want those of the result line, and each message once", out, *got.Result.Answers, *got.Result.ToolCalls)
			}
		},
	} {
		t.Run(name, test)
	}
}
