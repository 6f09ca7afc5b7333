package meter_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/realparts"
)

// oneCall is a script of two turns of Codex, the first of which runs a command; what is
// put in goes wrong before the second one.
func oneCall(faults string) string {
	return `
conversations:
  - match: do it
    turns:
      - tool_uses: [{name: exec_command, input: {cmd: "true"}}]
        usage: {input: 500, output: 120, cache_read: 9000}
      - text: Done.
        usage: {input: 700, output: 60, cache_read: 9500}
` + faults
}

// Whatever the real Codex meets, the ledger has what was served, request by request.
func TestTheRealCodexInTrouble(t *testing.T) {
	program := realparts.CodexProgram(t)
	again := oneCall("") + `      - text: And more.
        usage: {input: 3, output: 4, cache_read: 9900}
`
	impatient := []string{"--config", "model_providers.benchgate.stream_idle_timeout_ms=1500"}
	mcp, err := json.Marshal([]string{"-test.run", "TestMCPServer"})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		script  string
		first   []string // arguments before exec
		resumed []string // a second command, with what follows exec
		more    func(t *testing.T, told told)
	}{
		"a reset before any answer": {oneCall("        errors: [{drop: true}]\n"), nil, nil, unanswered(meter.Network)},
		"an end too early":          {oneCall("        errors: [{cut: true}]\n"), nil, nil, cut(meter.Network)},
		// Before the headers of an answer come, it waits: stream_idle_timeout_ms does not end that.
		"a hang in the middle": {oneCall("        errors: [{hang: true}]\n"), impatient, nil, cut(meter.Aborted)},
		"a model without a price": {oneCall(""), []string{"--config", `model = "gpt-99"`}, nil, func(t *testing.T, told told) {
			if line := told.lines[len(told.lines)-1]; line.USD != nil || line.Tokens == nil || line.Model != "gpt-99" {
				t.Errorf("the last line is %+v", line)
			}
		}},
		"goes on": {again, nil, []string{"resume", "--last", "--json", "--skip-git-repo-check", "more of it"}, func(t *testing.T, told told) {
			if len(told.truth) != 3 || told.truth[2].SessionID != told.truth[0].SessionID {
				t.Errorf("served were %+v, want three requests of one session", told.truth)
			}
		}},
		"an MCP server": {
			strings.Replace(oneCall(""), `{name: exec_command, input: {cmd: "true"}}`, "{name: mcp__house__greet, input: {}}", 1),
			[]string{"--config", fmt.Sprintf("mcp_servers.house={command=%q, args=%s, env={%s=\"1\"}}", os.Args[0], mcp, asMCPServer)},
			nil,
			func(t *testing.T, told told) {
				if !strings.Contains(string(told.out), "greetings from the house") {
					t.Errorf("the server's answer is not in\n%s", told.out)
				}
			},
		},
		// What goes on after it begins with the summary.
		"a compaction": {
			`
conversations:
  - match: Another language model
    turns: [{text: Done., usage: {input: 40, output: 6}}]
` + strings.TrimPrefix(strings.Replace(oneCall(""), "9000}", "90000}", 1), "\nconversations:\n"),
			[]string{"--config", "model_auto_compact_token_limit=50000"},
			nil,
			func(t *testing.T, told told) {
				if n := len(told.truth); n != 3 || told.truth[n-1].Tokens.Input != 40 {
					t.Errorf("served were %+v, want a turn, a summary, and a turn that knows it by that alone", told.truth)
				}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, upstream := scripted(t, test.script)
			r := newRig(t, nil, func(o *meter.Options) { o.OpenAI, o.Upstream = openAIAt(upstream), upstream })
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			base, work, home := r.admit("t"), t.TempDir(), t.TempDir()
			args := append(test.first, "exec", "--json", "--skip-git-repo-check", "do it")
			out, err := codexCommand(ctx, program, work, home, base, args...).CombinedOutput()
			if err == nil && test.resumed != nil {
				out, err = codexCommand(ctx, program, work, home, base, append([]string{"exec"}, test.resumed...)...).CombinedOutput()
			}
			if err != nil {
				t.Errorf("codex: %v\n%s", err, out)
			}
			all := told{out, server.Truth(), r.settled("t")}
			compareCodexWithTruth(t, all)
			test.more(t, all)
		})
	}
}

// cut wants one line of the class whose answer broke off, and an answer after it.
func cut(class meter.RetryClass) func(*testing.T, told) {
	return func(t *testing.T, told told) {
		n := 0
		for _, e := range told.lines {
			if e.Kind == meter.Finished && e.Cut && e.Retry == class && e.Status == 200 {
				n++
			}
		}
		if last := told.lines[len(told.lines)-1]; n != 1 || last.Retry != "" || last.Tokens == nil {
			t.Errorf("%d lines of class %s broke off, want 1; the last line is %+v", n, class, last)
		}
	}
}

// A Codex that is killed while it is answered leaves a line that says so.
func TestTheRealCodexIsKilledMidRequest(t *testing.T) {
	program := realparts.CodexProgram(t)
	server, upstream := scripted(t, oneCall("        errors: [{hang: true}]\n"))
	r := newRig(t, nil, func(o *meter.Options) { o.OpenAI, o.Upstream = openAIAt(upstream), upstream })
	cmd := codexCommand(t.Context(), program, t.TempDir(), t.TempDir(), r.admit("t"), "exec", "--json", "--skip-git-repo-check", "do it")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); len(server.Truth()) < 1 || !hanging(r); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it never hung")
		}
	}
	time.Sleep(100 * time.Millisecond) // what the hanging answer begins with
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	all := told{nil, server.Truth(), r.settled("t")}
	if last := all.lines[len(all.lines)-1]; !last.Cut || last.Retry != meter.Aborted {
		t.Errorf("the last line is %+v", last)
	}
	compareCodexWithTruth(t, all)
}

// compareCodexWithTruth is compareWithTruth for an API that reports usage at the end
// only: of an answer without its end nothing is known.
func compareCodexWithTruth(t *testing.T, told told) {
	t.Helper()
	for i := range told.truth {
		if s := &told.truth[i]; !s.Complete {
			s.Tokens = baselines.Tokens{}
		}
	}
	compareServed(t, told.truth, told.lines, 0)
}
