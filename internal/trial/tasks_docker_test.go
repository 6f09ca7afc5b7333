package trial_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// Each archive in testdata/tasks is a task with one peculiarity, and what the real
// harness of its form (Harbor 0.26.0, Terminal-Bench 0.2.18) makes of it with its own
// reference solution (oracle) and with nothing done (nop); those of Terminal-Bench 1 are
// named tb1-. Where we differ by intent,
// the archive says why. Those in testdata/tasks/full, which unit tests cover or which
// never differed, take part with BENCHGATE_FULL.
func TestTasksAreUnderstoodAsTheirHarnessDoes(t *testing.T) {
	engine, run := overheadEngine(t)
	archives, err := filepath.Glob("testdata/tasks/*.txtar")
	if err == nil && os.Getenv("BENCHGATE_FULL") != "" {
		var more []string
		more, err = filepath.Glob("testdata/tasks/full/*.txtar")
		archives = append(archives, more...)
	}
	if err != nil || len(archives) == 0 {
		t.Fatalf("%d archives, %v", len(archives), err)
	}
	t.Run("tasks", func(t *testing.T) { // ends before the engine is swept
		for i, name := range archives {
			t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
				t.Parallel()
				a, err := txtar.ParseFile(name)
				if err != nil {
					t.Fatal(err)
				}
				task := taskIn(t, a)
				runner := overheadRunner(t, engine, run)
				if err := runner.Prepare(t.Context(), []*suite.Task{task}, nil); err != nil {
					t.Fatal(err)
				}
				got := answerTo(t, runner, task, "oracle", i) + answerTo(t, runner, task, "nop", i+1)
				if diff := cmp.Diff(string(a.Files[len(a.Files)-1].Data), got); diff != "" {
					t.Errorf("%s(-want +got)\n%s", a.Comment, diff)
				}
			})
		}
	})
}

// taskIn loads the task that an archive holds, whose last file is no part of it, and
// whose file "suite" has what a configuration says of it, a key and its values a line.
func taskIn(t *testing.T, a *txtar.Archive) *suite.Task {
	t.Helper()
	dir := t.TempDir()
	for _, f := range a.Files[:len(a.Files)-1] {
		file := filepath.Join(dir, "task", filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	source, opts := suite.Source{Path: "task"}, suite.LoadOptions{}
	said, _ := os.ReadFile(filepath.Join(dir, "task", "suite"))
	for line := range strings.Lines(string(said)) {
		switch words := strings.Fields(line); words[0] {
		case "keep_processes":
			source.KeepProcesses = true
		case "solved_at":
			opts.SolvedAt = &baselines.SolvedAt{Key: words[1]}
			if _, err := fmt.Sscan(words[2], &opts.SolvedAt.Min); err != nil {
				t.Fatal(err)
			}
		default:
			t.Fatalf("%q is nothing that a configuration says", line)
		}
	}
	s, err := suite.Load(t.Context(), dir, "tasks", []suite.Source{source}, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s.Tasks[0]
}

// answerTo says what a trial of an agent without a model came to; each of its
// flags has a line, and a reason that says more than the tests did.
func answerTo(t *testing.T, runner *trial.Runner, task *suite.Task, name string, attempt int) string {
	t.Helper()
	row, err := agent.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	made := runner.Run(t.Context(), trial.Job{
		Arm: baselines.Candidate, Seq: 1, Attempt: attempt + 1, Try: 1, Task: task,
		Subject:       trial.Subject{Agent: row, Variant: baselines.Variant{Name: name, Agent: baselines.Agent{Name: name}}},
		KeepProcesses: task.Source.KeepProcesses,
	})
	t.Logf("%s: %s %v %s", name, made.Ended, made.Flags, made.Reason)
	answer := " has no answer\n"
	if made.Solved != nil {
		answer = map[bool]string{true: " solved\n", false: " not solved\n"}[*made.Solved]
	}
	for _, f := range made.Flags {
		answer += fmt.Sprintf("\t%s\n", f)
	}
	if strings.Contains(made.Reason, "; ") { // more than what the tests said
		answer += fmt.Sprintf("\t%s\n", made.Reason)
	}
	return name + answer
}
