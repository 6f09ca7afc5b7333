package agent_test

import (
	"fmt"
	"io"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/golden"
	"github.com/benchgate/benchgate/internal/suite"
)

func lookup(t *testing.T, name string) agent.Agent {
	t.Helper()
	row, err := agent.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func start(settings baselines.Settings) agent.Start {
	return agent.Start{
		Deadline: time.Date(2026, 11, 23, 3, 10, 0, 0, time.UTC),
		Task:     &suite.Task{ID: "parse-stack", Instruction: "Repair the parser.\nIt's \"broken\".\n"},
		Variant:  baselines.Variant{Model: "claude-opus-4-8", Settings: settings},
		Path:     func(p string) string { return p },
		MeterURL: "http://10.0.0.2:8080/METERTOKEN",
		OTLPURL:  "http://10.0.0.2:4318/OTLPTOKEN",
		TrialID:  "candidate/parse-stack/1.1",
	}
}

// The whole of what Claude Code is told. Among it: no key, no settings but the
// user's own in a directory of ours, and empty values for what an image could
// have set to lead requests elsewhere.
func TestStartingClaudeCode(t *testing.T) {
	tests := []struct {
		golden   string
		settings baselines.Settings
	}{
		{"claude-code", baselines.Settings{}},
		{"claude-code-settings", baselines.Settings{
			Effort: "high", MaxTurns: 30,
			Arguments: []string{"--append-system-prompt", "Be brief; don't ask."},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.golden, func(t *testing.T) {
			program, err := lookup(t, "claude-code").Command(start(tt.settings))
			if err != nil {
				t.Fatal(err)
			}
			goldenCommand(t, tt.golden, describe(t, program))
		})
	}
}

func describe(t *testing.T, p agent.Program) string {
	t.Helper()
	var b strings.Builder
	for _, arg := range p.Argv {
		fmt.Fprintf(&b, "arg   %s\n", arg)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Env)) {
		fmt.Fprintf(&b, "env   %s=%s\n", name, p.Env[name])
	}
	stdin, err := io.ReadAll(p.Stdin)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "stdin %q\n", stdin)
	return b.String()
}

// goldenCommand compares a program as describe writes it.
func goldenCommand(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	golden.Check(t, file, []byte(got))
}

// On engines without a root of their own all paths that the agent is told are
// translated.
func TestPathsAreTheSandboxs(t *testing.T) {
	s := start(baselines.Settings{})
	s.Path = func(p string) string { return path.Join("/box", p) }
	row := lookup(t, "claude-code")
	program, err := row.Command(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{program.Argv[0], program.Env["CLAUDE_CONFIG_DIR"], row.Preflight(s)[1].Argv[0]} {
		if !strings.HasPrefix(p, "/box/") {
			t.Errorf("%s is not below the sandbox's root", p)
		}
	}
}

// A trial's id names a task, and tasks are directories of any name: it must
// not add resource attributes of its own.
func TestTrialIDStaysOneAttribute(t *testing.T) {
	s := start(baselines.Settings{})
	s.TrialID = "candidate/a,session.id=forged %41/1.1"
	program, err := lookup(t, "claude-code").Command(s)
	if err != nil {
		t.Fatal(err)
	}
	want := "benchgate.trial=candidate/a_session.id_forged__41/1.1"
	if got := program.Env["OTEL_RESOURCE_ATTRIBUTES"]; got != want {
		t.Errorf("resource attributes %q, want %q", got, want)
	}
}

// The project's level is shut, so files for it go to the user's.
func TestLocatingTheVariantsFiles(t *testing.T) {
	locate := lookup(t, "claude-code").Locate
	for file, want := range map[string]string{
		"CLAUDE.md":                 "/logs/agent/claude/CLAUDE.md",
		"./CLAUDE.md":               "/logs/agent/claude/CLAUDE.md",
		".claude/agents/review.md":  "/logs/agent/claude/agents/review.md",
		".claude/skills/x/SKILL.md": "/logs/agent/claude/skills/x/SKILL.md",
		".claude/../../../etc/x":    "", // the working directory's own rules hold
		"docs/CLAUDE.md":            "",
		"notes.txt":                 "",
	} {
		if got := locate(file); got != want {
			t.Errorf("%s goes to %q, want %q", file, got, want)
		}
	}
}

func TestPlainAgents(t *testing.T) {
	s := start(baselines.Settings{Command: []string{"sh", "-c", "true"}})
	s.Task.Solution = suite.Solution{Script: "/solution/solve.sh", Shell: []string{"bash"}, Env: map[string]string{"A": "b"}}

	oracle, err := lookup(t, "oracle").Command(s)
	want := agent.Program{Argv: []string{"bash", "/solution/solve.sh"}, Env: map[string]string{"A": "b"}}
	if diff := cmp.Diff(want, oracle); diff != "" || err != nil {
		t.Errorf("oracle: %v (-want +got):\n%s", err, diff)
	}
	command, err := lookup(t, "command").Command(s)
	if err != nil {
		t.Fatal(err)
	}
	goldenCommand(t, "command", describe(t, command))

	s.Task.Solution, s.Variant.Settings.Command = suite.Solution{}, nil
	for name, want := range map[string]string{
		"oracle":  "the task has no solution script",
		"command": `agent "command" needs settings.command`,
	} {
		if _, err := lookup(t, name).Command(s); err == nil || err.Error() != want {
			t.Errorf("%s without anything to run: %v, want %q", name, err, want)
		}
	}
	for code, want := range map[int]baselines.Ended{0: baselines.Finished, 3: baselines.AgentError} {
		if got := lookup(t, "command").Read(agent.Exit{Code: code}, nil); got.Ended != want {
			t.Errorf("exit code %d is %s, want %s", code, got.Ended, want)
		}
	}
}
