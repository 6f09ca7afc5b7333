package meter_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/realparts"
	"github.com/benchgate/benchgate/internal/scriptedmodel"
)

// told is what is known after an agent has worked: what it printed, what was served,
// and the ledger.
type told struct {
	out   []byte
	truth []scriptedmodel.Served
	lines []meter.Entry
}

// hooked is oneTool with an answer for a hook that asks a model before the tool runs.
func hooked() string {
	return `
conversations:
  - match: may this be done
    turns: [{text: "{\"ok\": true}", usage: {input: 800, output: 9}}]
` + strings.TrimPrefix(oneTool(""), "\nconversations:\n")
}

// hook is the setting for that hook; more are further keys of it.
func hook(more string) []string {
	return []string{"--settings", `{"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "prompt", ` + more + `"prompt": "may this be done? $ARGUMENTS"}]}]}}`}
}

// What the real Claude Code asks besides its turns, and what it does where no answer
// comes, is in the ledger as it was served.
func TestTheRealClaudeBesidesItsTurns(t *testing.T) {
	program := realparts.ClaudeProgram(t)
	for name, test := range map[string]struct {
		script string
		env    []string
		args   []string
		more   func(t *testing.T, told told)
	}{
		// Its model is the main one, and nothing in the request says what it is for.
		"a hook that asks a model": {hooked(), nil, hook(""), func(t *testing.T, told told) {
			if roles := byRole(told.lines); len(told.truth) != 3 || roles[baselines.RoleMain] != 3 {
				t.Errorf("%d were served, by role %v", len(told.truth), roles)
			}
		}},
		"a hook that asks a small model": {hooked(), nil, hook(`"model": "claude-haiku-5-5", `), func(t *testing.T, told told) {
			if roles := byRole(told.lines); roles[baselines.RoleMain] != 2 || roles[baselines.RoleAuxiliary] != 1 {
				t.Errorf("by role %v, want 2 turns and the hook's", roles)
			}
		}},
		// No setting makes it ask without streaming; a stream that is not found does.
		"an answer that is not streamed": {oneTool("        errors: [{status: 404}]\n"), nil, nil, func(t *testing.T, told told) {
			whole := 0
			for _, s := range told.truth {
				if s.Complete && !s.Stream {
					whole++
				}
			}
			if whole != 1 {
				t.Errorf("%d answers were whole, want the one after the stream that was not found: %+v", whole, told.truth)
			}
		}},
		"no answer until its patience ends": {
			oneTool("        errors: [{silent: true}]\n"), []string{"API_TIMEOUT_MS=2000"}, nil, unanswered(meter.Aborted),
		},
		"a reset before any answer": {oneTool("        errors: [{drop: true}]\n"), nil, nil, unanswered(meter.Network)},
		"a compaction": {
			strings.Replace(oneTool(""), "9000}", "190000}", 1), nil,
			[]string{"--model", sonnet, "--output-format", "stream-json", "--verbose"},
			func(t *testing.T, told told) {
				if !bytes.Contains(told.out, []byte(`"subtype":"compact_boundary"`)) || len(told.truth) < 3 {
					t.Errorf("%d were served, and it did not compact:\n%s", len(told.truth), told.out)
				}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, upstream := scripted(t, test.script)
			r := newRig(t, nil, func(o *meter.Options) { o.Upstream = upstream })
			args := append([]string{"-p", "do it", "--model", opus}, test.args...)
			cmd := claudeCommand(t.Context(), program, t.TempDir(), t.TempDir(), r.admit("t"), args...)
			cmd.Env = append(cmd.Env, test.env...)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("claude: %v\n%s", err, out)
			}
			all := told{out, server.Truth(), r.settled("t")}
			compareWithTruth(t, all.truth, all.lines)
			test.more(t, all)
		})
	}
}

// byRole counts answered requests.
func byRole(lines []meter.Entry) map[baselines.Role]int {
	roles := make(map[baselines.Role]int)
	for _, e := range lines {
		if e.Kind == meter.Finished && e.Retry == "" {
			roles[e.Role(opus, []string{"claude-haiku-5-5"})]++
		}
	}
	return roles
}

// unanswered wants one line of the class that has no answer and no dollars, and an
// answer after it.
func unanswered(class meter.RetryClass) func(*testing.T, told) {
	return func(t *testing.T, told told) {
		n := 0
		for _, e := range told.lines {
			if e.Kind == meter.Finished && e.Retry == class && e.Status == 0 && e.Cut && e.Tokens == nil && e.USD == nil {
				n++
			}
		}
		if last := told.lines[len(told.lines)-1]; n != 1 || last.Retry != "" || last.Tokens == nil {
			t.Errorf("%d lines of class %s without an answer, want 1; the last line is %+v", n, class, last)
		}
	}
}
