package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/leak"
	"github.com/benchgate/benchgate/internal/problem"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// references are compared by their text.
var asText = cmp.Transformer("text", func(r config.Reference) string { return r.String() })

// TestEveryKey reads the example of the design document with every other key
// there is.
func TestEveryKey(t *testing.T) {
	got, err := config.Load("testdata/full.yaml", config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	want := &config.Config{
		File: "testdata/full.yaml",
		Dir:  dir,
		Suite: config.Suite{
			Name:      "coding-10",
			Trusted:   true,
			AnswersAt: []leak.Place{"github.com/acme/tasks", "answers.example"},
			Exclude:   []string{"fix-*"},
			SolvedAt:  &baselines.SolvedAt{Key: "correct", Min: 0.5},
			Tasks: []suite.Source{
				{Path: "tasks/parse-stack", Tier: suite.Easy, KeepProcesses: true},
				{
					Path: "original-tasks/ode-solver-rk4", Tier: suite.Medium,
					Git: "https://github.com/harbor-framework/terminal-bench-1", Ref: "main",
				},
			},
		},
		Compare: baselines.CompareModel,
		Baseline: &config.Variant{
			Name: "before", Agent: config.Agent{Name: "claude-code", Version: "2.1.330"}, Model: "claude-opus-4-7",
			Settings: config.Settings{
				Effort: "high", MaxTurns: 100, Arguments: []string{"--verbose"},
				Files: map[string]config.File{"CLAUDE.md": {Path: "prompts/CLAUDE.md"}},
			},
		},
		From: config.Stored,
		Candidate: &config.Variant{
			Name: "after", Agent: config.Agent{Name: "claude-code", Version: "2.1.330"}, Model: "claude-opus-4-8",
			Settings: config.Settings{
				Effort: "high", MaxTurns: 100, Arguments: []string{"--verbose"},
				Files: map[string]config.File{"CLAUDE.md": {Path: "prompts/CLAUDE.md"}},
			},
		},
		Sandbox:  sandbox.Process,
		Verifier: baselines.VerifierShared,
		Tamper:   baselines.TamperFlag,
		Limits: config.Limits{
			Attempts: 5, USD: new(120.0), USDPerTrial: new(5.0), Workers: 8, TimeoutMultiplier: 1.5, TimeoutGrace: 300, CPUs: 2.5, MemoryMB: 4096,
		},
		Gate: config.Gate{
			Mode: gate.Strict, PassRateMaxDrop: new(0.1), TypicalCostMaxRatio: new(1.2), CostPerSolvedMaxRatio: new(1.3),
			Alpha: new(0.05), Beta: new(0.1), OnInconclusive: config.ConcludeFail, Confirm: config.ConfirmOff,
		},
		Baselines: config.Baselines{Branch: "benchgate-baselines"},
		PullRequests: config.PullRequests{
			Arguments: [][]string{{"--verbose"}, {"--max-thinking-tokens", "8000"}},
			Agents:    []config.Agent{{Name: "claude-code", Version: "2.1.330"}},
			Files:     []string{"AGENTS.md"},
		},
		Prices: filepath.Join(dir, "prices.json"),
		Lock:   filepath.Join(dir, "shared.lock"),
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(config.Config{}, "Forward"), cmpopts.IgnoreUnexported(config.File{})); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
	if len(got.Forward) != 1 || got.Forward[0].Endpoint != "https://ingest.example:443" {
		t.Fatalf("forward is %+v", got.Forward)
	}
	headers := map[string]string{"Signoz-Ingestion-Key": "${SIGNOZ_KEY}", "X-Team": "evals"}
	gotHeaders := make(map[string]string)
	for name, ref := range got.Forward[0].Headers {
		gotHeaders[name] = ref.String()
	}
	if diff := cmp.Diff(headers, gotHeaders); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

func parse(t *testing.T, text string) *config.Config {
	t.Helper()
	c, err := config.Parse([]byte(text), "benchgate.yaml", "/repo", config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const small = `
suite: {tasks: [{path: tasks/a}]}
candidate: {agent: claude-code, model: m2}
`

func TestDefaultsNeedNoStatistics(t *testing.T) {
	got := parse(t, small+"baseline: {agent: claude-code, model: m1}\n")
	want := &config.Config{
		File: "benchgate.yaml", Dir: "/repo", Lock: "/repo/benchgate.lock",
		Suite:     config.Suite{Name: "repo", Tasks: []suite.Source{{Path: "tasks/a"}}},
		Compare:   baselines.CompareModel,
		Baseline:  &config.Variant{Name: "m1", Agent: config.Agent{Name: "claude-code"}, Model: "m1"},
		From:      config.Auto,
		Candidate: &config.Variant{Name: "m2", Agent: config.Agent{Name: "claude-code"}, Model: "m2"},
		Sandbox:   sandbox.Docker,
		Verifier:  baselines.VerifierShared,
		Tamper:    baselines.TamperFlag,
		Limits:    config.Limits{TimeoutMultiplier: 1, CPUs: 2, MemoryMB: 4096},
		Gate:      config.Gate{Mode: gate.Auto, Confirm: config.ConfirmAuto, OnInconclusive: config.ConcludeNeutral},
		Baselines: config.Baselines{Dir: "/repo/.benchgate/baselines"},
	}
	if diff := cmp.Diff(want, got, asText); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
	for _, tasks := range []int{6, 10, 79, 80, 400} {
		if diff := cmp.Diff(gate.DefaultPolicy(tasks), got.Policy(tasks)); diff != "" {
			t.Errorf("policy for %d tasks (-default +got):\n%s", tasks, diff)
		}
	}
}

func TestPolicyTakesWhatTheFileSays(t *testing.T) {
	got := parse(t, small+`
compare: settings
limits: {attempts: 7}
gate: {mode: fixed, pass_rate: {max_drop: 0.3}, typical_cost: off, cost_per_solved: {max_ratio: 2}, alpha: 0.01, beta: 0.2}
`).Policy(200)
	want := gate.DefaultPolicy(200)
	want.Mode, want.Compare, want.Attempts = gate.Fixed, "settings", 7
	want.PassRateMaxDrop, want.TypicalCostMaxRatio, want.CostPerSolvedMaxRatio = 0.3, 0, 2
	want.Alpha, want.Beta = 0.01, 0.2
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("policy (-want +got):\n%s", diff)
	}
}

func TestCompareAndNamesFollowFromTheArms(t *testing.T) {
	for _, tt := range []struct {
		name, baseline, candidate string
		compare                   baselines.Compare
		names                     string
	}{
		{"two models", "{agent: claude-code, model: m1}", "{agent: claude-code, model: m2}", baselines.CompareModel, "m1 | m2"},
		{
			"two versions", "{agent: claude-code@2.1.330, model: m}", "{agent: claude-code@2.2.0, model: m}",
			baselines.CompareAgentVersion, "claude-code@2.1.330 | claude-code@2.2.0",
		},
		{
			"two settings", "{agent: claude-code, model: m, settings: {effort: low}}", "{agent: claude-code, model: m, settings: {effort: high}}",
			baselines.CompareSettings, "m (baseline) | m (candidate)",
		},
		{
			"two sets of files", "{agent: claude-code, model: m}", "{agent: claude-code, model: m, settings: {files: {CLAUDE.md: a.md}}}",
			baselines.CompareSettings, "m (baseline) | m (candidate)",
		},
		{
			"two commands", "{agent: command, settings: {command: [a]}}", "{agent: command, settings: {command: [b]}}",
			baselines.CompareSettings, "command (baseline) | command (candidate)",
		},
		{"the same twice", "&same {agent: claude-code, model: m}", "*same", baselines.CompareModel, "m (baseline) | m (candidate)"},
		{
			"recordings of two models, which are no setting", "{agent: replay, model: m1, settings: {recordings: r/a}}",
			"{agent: replay, model: m2, settings: {recordings: r/b}}", baselines.CompareModel, "m1 | m2",
		},
		{"names of one's own", "{name: old, agent: oracle}", "{name: new, agent: oracle}", baselines.CompareModel, "old | new"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := parse(t, "suite: {tasks: [{path: a}]}\nbaseline: "+tt.baseline+"\ncandidate: "+tt.candidate+"\n")
			if c.Compare != tt.compare {
				t.Errorf("compare is %s, want %s", c.Compare, tt.compare)
			}
			if got := c.Baseline.Name + " | " + c.Candidate.Name; got != tt.names {
				t.Errorf("names are %s, want %s", got, tt.names)
			}
		})
	}
}

// What the file may name is what there is.
func TestEveryAgentMayBeNamed(t *testing.T) {
	for _, name := range agent.Names() {
		_, err := config.Parse([]byte("candidate: {agent: "+name+", model: m}\n"), "benchgate.yaml", "/repo", config.Flags{})
		if err != nil && strings.Contains(err.Error(), "candidate.agent is") {
			t.Error(err)
		}
	}
	_, err := config.Parse([]byte("candidate: {agent: aider}\n"), "benchgate.yaml", "/repo", config.Flags{})
	for _, name := range agent.Names() {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not offered: %v", name, err)
		}
	}
}

func TestLoadNamesAMissingFile(t *testing.T) {
	_, err := config.Load(filepath.Join(t.TempDir(), "benchgate.yaml"), config.Flags{})
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error is %v, want fs.ErrNotExist", err)
	}
}

func TestLoadRefusesAFileThatIsNoConfiguration(t *testing.T) {
	path := filepath.Join(t.TempDir(), "huge.yaml")
	if err := os.WriteFile(path, []byte(strings.Repeat("# huge\n", 200_000)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(path, config.Flags{}); err == nil || !strings.Contains(err.Error(), "larger than 1 MiB") {
		t.Errorf("error is %v, want its size in it", err)
	}
}

// FuzzParse gives the parser what nobody would write. It must not crash, and
// each problem must have a place inside the file.
func FuzzParse(f *testing.F) {
	full, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(full)
	f.Add(config.Template(nil))
	f.Add([]byte("suite: &a {tasks: [*a]}\ncandidate: *a\n"))
	f.Add([]byte("? [a]\n: {<<: {}}\n"))
	f.Add([]byte("telemetry: {forward: {endpoint: 'http://a:b@c', headers: {key: \"x\ny\"}}}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := config.Parse(text, "f.yaml", "/repo", config.Flags{})
		if err == nil {
			c.Policy(10)
			return
		}
		var problems *problem.List
		if !errors.As(err, &problems) || problems.Len() == 0 {
			t.Fatalf("error is %T (%v), want a list of problems", err, err)
		}
		lines := strings.Count(string(text), "\n") + 1
		for _, p := range problems.All() {
			if p.Line == 0 && strings.HasPrefix(p.Message, "and ") {
				continue // "and 3 more"
			}
			if p.Line < 1 || p.Line > lines || p.Column < 1 || p.Message == "" {
				t.Errorf("problem at %d:%d of a file of %d lines: %q", p.Line, p.Column, lines, p.Message)
			}
		}
		_ = problems.Text()
	})
}
