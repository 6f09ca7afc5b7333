package meter_test

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/realparts"
)

const sonnet = "claude-sonnet-4-6"

// oneTool is a script of two turns, the first of which runs a tool; what is put in
// goes wrong before the second one.
func oneTool(faults string) string {
	return `
conversations:
  - match: do it
    turns:
      - tool_uses: [{name: Bash, input: {command: "true", description: Nothing}}]
        usage: {input: 5, output: 120, cache_write_5m: 9000}
      - text: Done.
        usage: {input: 7, output: 60, cache_read: 9000, cache_write_5m: 300}
` + faults
}

// Whatever the real Claude Code meets, the ledger has what was served, request by
// request.
func TestTheRealClaudeInTrouble(t *testing.T) {
	program := realparts.ClaudeProgram(t)
	for name, test := range map[string]struct {
		script string
		args   []string
		more   func(t *testing.T, lines []meter.Entry)
	}{
		"a rate limit":     {oneTool("        errors: [{status: 429, retry_after: \"1\"}]\n"), nil, retried(meter.RateLimited, 1)},
		"a server's error": {oneTool("        errors: [{status: 500}]\n"), nil, retried(meter.ServerError, 1)},
		"overloaded twice": {oneTool("        errors: [{status: 529, times: 2}]\n"), nil, retried(meter.Overloaded, 2)},
		"a reset":          {oneTool("        errors: [{reset: true}]\n"), nil, retried(meter.Network, 1)},
		"an end too early": {oneTool("        errors: [{cut: true}]\n"), nil, retried(meter.Network, 1)},
		"a prompt that is too long": {
			oneTool("        errors: [{status: 400, type: invalid_request_error, message: \"prompt is too long: 210000 tokens > 200000 maximum\"}]\n"), nil,
			retried(meter.Rejected, 1),
		},
		"a fallback to another model": {
			`
conversations:
  - match: do it
    model: claude-sonnet-4-6
    turns: [{text: Never said., usage: {input: 5, output: 6}, errors: [{status: 529, times: 3}]}]
  - match: do it
    model: claude-haiku-4-5
    turns: [{text: Done by another., usage: {input: 50, output: 6}}]
`, []string{"--model", sonnet, "--fallback-model", "claude-haiku-4-5"}, func(t *testing.T, lines []meter.Entry) {
				retried(meter.Overloaded, 3)(t, lines)
				if line := lines[len(lines)-1]; !strings.HasPrefix(line.Answered, "claude-haiku-4-5") {
					t.Errorf("the last line is %+v", line)
				}
			},
		},
		"a model without a price": {oneTool(""), []string{"--model", "claude-opus-9-9"}, func(t *testing.T, lines []meter.Entry) {
			if line := lines[len(lines)-1]; line.USD != nil || line.Tokens == nil || line.Model != "claude-opus-9-9" {
				t.Errorf("the last line is %+v", line)
			}
		}},
		"a context of a million": {oneTool(""), []string{"--model", sonnet + "[1m]"}, func(t *testing.T, lines []meter.Entry) {
			if line := lines[len(lines)-1]; line.USD == nil || line.Model != sonnet {
				t.Errorf("the last line is %+v", line)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, upstream := scripted(t, test.script)
			r := newRig(t, nil, func(o *meter.Options) { o.Upstream = upstream })
			args := append([]string{"-p", "do it"}, test.args...)
			if len(test.args) == 0 {
				args = append(args, "--model", opus)
			}
			out, err := claudeCommand(t.Context(), program, t.TempDir(), t.TempDir(), r.admit("t"), args...).CombinedOutput()
			if err != nil {
				t.Errorf("claude: %v\n%s", err, out)
			}
			lines := r.settled("t")
			compareWithTruth(t, server.Truth(), lines)
			if test.more != nil {
				test.more(t, lines)
			}
		})
	}
}

// retried wants so many lines of the class at least.
func retried(class meter.RetryClass, least int) func(*testing.T, []meter.Entry) {
	return func(t *testing.T, lines []meter.Entry) {
		n := 0
		for _, line := range lines {
			if line.Kind == meter.Finished && line.Retry == class {
				n++
			}
		}
		if n < least {
			t.Errorf("%d lines of class %s, want %d", n, class, least)
		}
	}
}

// A program that is killed while it is answered leaves a line that says so, with what
// had been reported.
func TestTheRealClaudeIsKilledMidRequest(t *testing.T) {
	program := realparts.ClaudeProgram(t)
	server, upstream := scripted(t, oneTool("        errors: [{hang: true}]\n"))
	r := newRig(t, nil, func(o *meter.Options) { o.Upstream = upstream })
	cmd := claudeCommand(t.Context(), program, t.TempDir(), t.TempDir(), r.admit("t"), "-p", "do it", "--model", opus)
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
	lines := r.settled("t")
	if last := lines[len(lines)-1]; !last.Cut || last.Retry != meter.Aborted || last.Tokens == nil {
		t.Errorf("the last line is %+v", last)
	}
	compareWithTruth(t, server.Truth(), lines)
}

// hanging reports whether the second request was started and has not ended.
func hanging(r *rig) bool {
	lines := r.Entries("t")
	return len(lines) > 0 && lines[len(lines)-1].Kind == meter.Started && lines[len(lines)-1].Request == 2
}

// A session that goes on in a second process, one that starts itself from its shell,
// and one on a terminal are all metered.
func TestTheRealClaudeInOtherPlaces(t *testing.T) {
	program := realparts.ClaudeProgram(t)
	nested := `
conversations:
  - match: do it
    turns:
      - tool_uses: [{name: Bash, input: {command: "claude -p 'the inner work' --model claude-haiku-4-5", description: Ask}}]
        usage: {input: 5, output: 120}
      - text: Done.
        usage: {input: 7, output: 60}
  - match: the inner work
    turns: [{text: Inner., usage: {input: 11, output: 12}}]
`
	again := oneTool("") + `      - text: And more.
        usage: {input: 3, output: 4}
`
	for name, test := range map[string]struct {
		script   string
		commands [][]string
		least    int // requests
	}{
		"goes on":       {again, [][]string{{"-p", "do it"}, {"--continue", "-p", "more of it"}}, 3},
		"starts itself": {nested, [][]string{{"-p", "do it"}}, 3},
		"on a terminal": {oneTool(""), [][]string{{"terminal"}}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, upstream := scripted(t, test.script)
			r := newRig(t, nil, func(o *meter.Options) { o.Upstream = upstream })
			base, work, home := r.admit("t"), t.TempDir(), t.TempDir()
			for _, args := range test.commands {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				cmd := claudeCommand(ctx, program, work, home, base, append(args, "--model", opus)...)
				if args[0] == "terminal" {
					cmd = onTerminal(ctx, t, claudeCommand(ctx, program, work, home, base, "-p", "do it", "--model", opus))
				}
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("claude %v: %v\n%s", args, err, out)
				}
			}
			truth := server.Truth()
			compareWithTruth(t, truth, r.settled("t"))
			if len(truth) < test.least {
				t.Errorf("%d requests were served, want %d", len(truth), test.least)
			}
			for _, line := range r.Entries("t") {
				if line.Kind == meter.Finished && line.Role(opus, nil) != baselines.RoleMain {
					t.Errorf("the line of %s", line.Role(opus, nil))
				}
			}
		})
	}
}

// onTerminal is the same command with a terminal of its own, which util-linux's script
// gives it.
func onTerminal(ctx context.Context, t *testing.T, c *exec.Cmd) *exec.Cmd {
	t.Helper()
	var line []string
	for _, arg := range c.Args {
		line = append(line, "'"+arg+"'")
	}
	on := exec.CommandContext(ctx, "script", "-qec", strings.Join(line, " "), "/dev/null")
	on.Dir, on.Env = c.Dir, c.Env
	return on
}
