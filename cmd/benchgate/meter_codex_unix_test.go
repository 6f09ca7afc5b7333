//go:build unix

package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/realparts"
	"github.com/benchgate/benchgate/internal/scriptedmodel"
)

// The real Codex as a command: its requests and its telemetry are led to us, both
// agree, and of what went wrong on the way each kind is told.
func TestTheRealCodexIsMetered(t *testing.T) {
	program := realparts.CodexProgram(t)
	for name, test := range map[string]struct {
		script     string
		flags      []string // to benchgate meter
		code       int
		requests   int
		retries    int
		calls      int
		failed     int
		unfinished int
		ended      baselines.Ended
	}{
		"normal":     {script: "", requests: 3, calls: 2, failed: 1},
		"rate limit": {script: `errors: [{status: 429, retry_after: "1"}]`, requests: 3, retries: 1, calls: 2, failed: 1},
		"broken":     {script: `errors: [{status: 503}, {status: 500}]`, requests: 3, retries: 2, calls: 2, failed: 1},
		"reset":      {script: `errors: [{reset: true}]`, requests: 3, retries: 1, calls: 2, failed: 1, unfinished: 1},
		"cut":        {script: `errors: [{cut: true}]`, requests: 3, retries: 1, calls: 2, failed: 1, unfinished: 1},
		"no money":   {flags: []string{"--usd", "0.02"}, code: 1, requests: 1, ended: baselines.Budget},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script, err := scriptedmodel.Decode(strings.NewReader(`
conversations:
  - turns:
      - tool_uses: [{name: exec_command, input: {cmd: "echo hi > greeting.txt"}}]
        usage: {input: 2000, output: 120, cache_read: 90000}
      - tool_uses: [{name: exec_command, input: {cmd: "exit 3"}}]
        usage: {input: 700, output: 60, cache_read: 9500}
        `+test.script+`
      - text: All done.
        usage: {input: 900, output: 20, cache_read: 9060}
`), "test.yaml")
			if err != nil {
				t.Fatal(err)
			}
			server := scriptedmodel.New(script, scriptedmodel.Options{Key: storyKey})
			address, stop, err := server.Listen(t.Context(), "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = stop() }()
			arguments := append(test.flags, "--format", "json", "--output", "bill", "--model", "gpt-5.3-codex", "--",
				program, "exec", "--model", "gpt-5.3-codex", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", "write the greeting")
			c, stderr := meterCommand(t, address, arguments...)
			c.Env = append(c.Env, "CODEX_HOME="+t.TempDir(), "OPENAI_BASE_URL="+address+"/v1", "OPENAI_API_KEY="+storyKey)
			out, _ := c.Output()
			if code := c.ProcessState.ExitCode(); code != test.code {
				t.Fatalf("codex ended with %d\n%s%s", code, out, stderr)
			}
			bill, err := os.ReadFile(filepath.Join(c.Dir, "bill"))
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s", bill)
			var got baselines.Trial
			if err := json.Unmarshal(bill, &got); err != nil {
				t.Fatal(err)
			}
			var served baselines.Tokens
			for _, s := range server.Truth() {
				if s.Complete {
					served = served.Add(s.Tokens)
				}
			}
			switch {
			case got.Tokens == nil || *got.Tokens != served:
				t.Errorf("tokens %+v, served were %+v", got.Tokens, served)
			case *got.Requests != test.requests || *got.Retries != test.retries:
				t.Errorf("%d requests, %d retries", *got.Requests, *got.Retries)
			case test.ended == "" && (got.ToolCalls == nil || *got.ToolCalls != test.calls || *got.ToolErrors != test.failed):
				t.Errorf("%v calls of tools, %v failed", got.ToolCalls, got.ToolErrors)
			case got.Flagged(baselines.Unfinished) != (test.unfinished > 0) || got.Flagged(baselines.MeterMissed) || got.Flagged(baselines.TelemetryLossy) || got.Flagged(baselines.CostUnknown):
				t.Errorf("flags %v", got.Flags)
			case test.ended != "" && got.Ended != test.ended:
				t.Errorf("it ended as %q", got.Ended)
			case got.Agreement == nil || got.Agreement.MeterUSD == nil || got.Agreement.TelemetryUSD == nil:
				t.Errorf("agreement %+v", got.Agreement)
			case test.unfinished == 0 && math.Abs(*got.Agreement.MeterUSD-*got.Agreement.TelemetryUSD) > 1e-9:
				t.Errorf("the meter has $%v, telemetry $%v", *got.Agreement.MeterUSD, *got.Agreement.TelemetryUSD)
			}
		})
	}
}
