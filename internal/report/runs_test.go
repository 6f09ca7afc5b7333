package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/report"
)

// The figures of the article this project began with: one agent, ten tasks of
// Terminal-Bench, one attempt each, three models. How a run's totals spread
// over its ten tasks is made up.
type articleRun struct {
	model    string
	solved   []string
	timeouts []string
	totals   baselines.Trial // cost, tokens and so on of the whole run
}

var articleTasks = []baselines.Task{
	{ID: "countdown-game", Tier: "easy"},
	{ID: "cpp-compatibility", Tier: "easy"},
	{ID: "count-call-stack", Tier: "easy"},
	{ID: "debug-long-program", Tier: "medium"},
	{ID: "ode-solver-rk4", Tier: "medium"},
	{ID: "schemelike-metacircular-eval", Tier: "medium"},
	{ID: "reverse-engineering", Tier: "hard"},
	{ID: "write-compressor", Tier: "hard"},
	{ID: "cancel-async-tasks", Tier: "hard"},
	{ID: "polyglot-rust-c", Tier: "hard"},
}

// weights of the tasks in a run's totals, in percent.
var weights = []float64{1, 2, 2, 11, 4, 38, 6, 24, 7, 5}

func article() []*baselines.Run {
	easy := []string{"countdown-game", "cpp-compatibility", "count-call-stack", "ode-solver-rk4"}
	return []*baselines.Run{
		articleRun{
			"sonnet-4-6", append([]string{"debug-long-program"}, easy...),
			[]string{"schemelike-metacircular-eval", "write-compressor"},
			totals(6.30, 0.06, baselines.Tokens{Input: 0, Output: 80_000, CacheRead: 2_799_500, CacheWrite5m: 500}, 2208, 68, 116, 2, 317),
		}.run(),
		articleRun{
			"opus-4-7", append([]string{"debug-long-program", "reverse-engineering", "cancel-async-tasks"}, easy...), nil,
			totals(8.51, 0.09, baselines.Tokens{Input: 0, Output: 120_000, CacheRead: 5_759_500, CacheWrite5m: 500}, 2136, 109, 187, 3, 929),
		}.run(),
		articleRun{
			"opus-4-8", append([]string{"debug-long-program", "reverse-engineering", "cancel-async-tasks", "schemelike-metacircular-eval"}, easy...), nil,
			totals(8.06, 0.08, baselines.Tokens{Input: 29_600, Output: 130_000, CacheRead: 5_900_400}, 2985, 119, 235, 2, 979),
		}.run(),
	}
}

func totals(usd, auxiliary float64, tokens baselines.Tokens, active float64, requests, calls, errors int, lines int64) baselines.Trial {
	return baselines.Trial{
		CostUSD: &baselines.CostUSD{Main: usd, Auxiliary: auxiliary}, Tokens: &tokens, Seconds: baselines.Seconds{Active: &active},
		Requests: &requests, ToolCalls: &calls, ToolErrors: &errors, Lines: &baselines.Lines{Added: lines, Kept: &lines},
	}
}

func (a articleRun) run() *baselines.Run {
	r := &baselines.Run{Header: baselines.Header{
		Schema: baselines.SchemaV1, ID: "run-" + a.model, Arm: baselines.Candidate,
		Variant: baselines.Variant{Name: a.model, Model: "claude-" + a.model, Agent: baselines.Agent{Name: "claude-code", Version: "2.1.330"}},
		Suite:   baselines.Suite{Name: "coding-10", Digest: "sha256:10", Tasks: articleTasks},
		Limits:  baselines.Limits{Attempts: 1, TimeoutMultiplier: 1},
	}}
	for i, task := range articleTasks {
		part := weights[i] / 100
		t := baselines.Trial{
			Seq: i + 1, Task: task.ID, Attempt: 1, Try: 1, Ended: baselines.Finished, Solved: ptr(slices.Contains(a.solved, task.ID)),
			CostUSD: &baselines.CostUSD{Main: a.totals.CostUSD.Main * part, Auxiliary: a.totals.CostUSD.Auxiliary * part},
			Seconds: baselines.Seconds{Active: ptr(0.0)},
			Tokens:  &baselines.Tokens{}, Requests: ptr(0), ToolCalls: ptr(0), ToolErrors: ptr(0), Lines: &baselines.Lines{Kept: new(int64)},
		}
		if slices.Contains(a.timeouts, task.ID) {
			t.Ended = baselines.Timeout
		}
		if i == 0 { // the first task carries what need not be spread
			t.Seconds = a.totals.Seconds
			t.Tokens, t.Requests, t.ToolCalls, t.ToolErrors, t.Lines = a.totals.Tokens, a.totals.Requests, a.totals.ToolCalls, a.totals.ToolErrors, a.totals.Lines
		}
		r.Trials = append(r.Trials, t)
	}
	return r
}

func TestRunsSideBySideShowTheArticlesTable(t *testing.T) {
	write := func(format report.Format, opts report.TextOptions) func(*bytes.Buffer) error {
		return func(b *bytes.Buffer) error {
			return report.Runs(b, article(), format, report.Options{Text: opts})
		}
	}
	renders(t, "runs_article", []rendering{
		{"terminal", write(report.FormatText, report.TextOptions{})},
		{"terminal-50", write(report.FormatText, report.TextOptions{Width: 50})},
		{"table.md", write(report.FormatMarkdown, report.TextOptions{})},
	})

	var b bytes.Buffer
	if err := write(report.FormatText, report.TextOptions{})(&b); err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{ // as the article prints them
		"Tasks solved (of 10) 5 7 8",
		"Total cost $6.30 $8.51 $8.06",
		"Cost per solved task $1.26 $1.22 $1.01",
		"Total tokens 2.88M 5.88M 6.06M",
		"Cache utilization 100.0% 100.0% 99.5%",
		"Active time 36.8 min 35.6 min 49.8 min",
		"LLM requests 68 109 119",
		"Lines of code 317 929 979",
		"Error rate 1.7% 1.6% 0.85%",
	} {
		if !slices.ContainsFunc(strings.Split(b.String(), "\n"), func(line string) bool {
			return strings.Join(strings.Fields(line), " ") == row
		}) {
			t.Errorf("there is no row %q in\n%s", row, b.String())
		}
	}
}

func TestRunsOfSeveralAttempts(t *testing.T) {
	renders(t, "runs_attempts", []rendering{{"terminal", func(b *bytes.Buffer) error {
		return report.Runs(b, attempts(), report.FormatText, report.Options{})
	}}, {"table.md", func(b *bytes.Buffer) error {
		return report.Runs(b, attempts(), report.FormatMarkdown, report.Options{})
	}}})
}

// attempts are two runs with everything that goes wrong: infra errors tried
// again, a task that only one suite has, costs that are not known, hostile
// names, and nothing solved.
func attempts() []*baselines.Run {
	a := &baselines.Run{Header: baselines.Header{
		ID: "run-a", Variant: baselines.Variant{Name: "model-a"},
		Suite: baselines.Suite{Digest: "sha256:1", Tasks: []baselines.Task{{ID: "parse-stack", Tier: "easy"}, {ID: "lru-cache", Tier: "hard"}}},
	}}
	trial := func(task string, attempt, try int, ended baselines.Ended, solved *bool, usd *float64) baselines.Trial {
		t := baselines.Trial{Seq: attempt, Task: task, Attempt: attempt, Try: try, Ended: ended, Solved: solved}
		if usd != nil {
			t.CostUSD = &baselines.CostUSD{Main: *usd}
		}
		return t
	}
	yes, no := ptr(true), ptr(false)
	a.Trials = []baselines.Trial{
		trial("parse-stack", 1, 1, baselines.InfraError, nil, ptr(0.02)),
		trial("parse-stack", 1, 2, baselines.Finished, yes, ptr(0.06)),
		trial("parse-stack", 2, 1, baselines.Finished, yes, ptr(0.05)),
		trial("lru-cache", 1, 1, baselines.Timeout, yes, ptr(0.4)), // ran out of time, and solved it
		trial("lru-cache", 2, 1, baselines.Timeout, no, ptr(0.3)),
		trial("lru-cache", 3, 1, baselines.Cancelled, nil, ptr(0.1)),
	}
	b := &baselines.Run{Header: baselines.Header{
		ID: "run-b", Variant: baselines.Variant{Name: evil},
		Suite: baselines.Suite{Digest: "sha256:2", Tasks: []baselines.Task{{ID: "parse-stack", Tier: "easy"}, {ID: evil, Tier: "hard"}}},
	}}
	b.Trials = []baselines.Trial{
		trial("parse-stack", 1, 1, baselines.Finished, nil, nil),
		trial(evil, 1, 1, baselines.InfraError, nil, ptr(0.0)),
	}
	return []*baselines.Run{a, b}
}

func TestRunsKeepUnknownApartFromZero(t *testing.T) {
	a, b := report.Summarize(attempts()[0]), report.Summarize(attempts()[1])
	// 2 of 2 and 1 of 2 attempts solved: 1.5 tasks in one attempt at each.
	// $0.06 + $0.05 + $0.40 + $0.30 = $0.81 over three solved trials; the
	// infra error's $0.02 and the cancelled trial's $0.10 are overhead.
	want := "1.5 tasks, 3 of 4 trials, $0.81, $0.27 a solved one, $0.12 overhead, 1 timed out after $0.30"
	got := fmt.Sprintf("%.1f tasks, %d of %d trials, $%.2f, $%.2f a solved one, $%.2f overhead, %d timed out after $%.2f",
		*a.TasksSolved, a.Solved, a.Trials, *a.CostUSD, *a.CostPerSolvedUSD, *a.OverheadUSD, a.TimedOut, *a.TimedOutUSD)
	if got != want {
		t.Errorf("run a: %s\nwant   %s", got, want)
	}
	if a.Tokens != nil || a.Requests != nil || a.ToolErrorRate != nil || a.LinesAdded != nil {
		t.Errorf("run a has numbers that no trial told: %+v", a)
	}
	if b.CostUSD != nil || b.CostPerSolvedUSD != nil || b.CostUnknown != 1 || b.NoAnswer != 1 || b.Trials != 1 {
		t.Errorf("run b: %+v, want one trial of unknown cost and no answer", b)
	}
}

func TestRunsMarkdownOfOthersIsHarmless(t *testing.T) {
	var b bytes.Buffer
	if err := report.Runs(&b, attempts(), report.FormatMarkdown, report.Options{}); err != nil {
		t.Fatal(err)
	}
	tables := harmless(t, b.String()).tables
	if len(tables) != 2 || len(tables[0][0]) != 3 || len(tables[1]) != 4 {
		t.Errorf("tables are %q, want metrics with three columns and three tasks", tables)
	}
}

func TestRunsInJSON(t *testing.T) {
	var b bytes.Buffer
	if err := report.Runs(&b, article(), report.FormatJSON, report.Options{}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Schema string
		Runs   []report.Summary
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Schema != report.RunsSchemaV1 || len(got.Runs) != 3 || got.Runs[2].Solved != 8 {
		t.Errorf("got %s", b.String())
	}
}

func TestRunsRefuses(t *testing.T) {
	if err := report.Runs(&bytes.Buffer{}, nil, report.FormatText, report.Options{}); err == nil {
		t.Error("no error without a run")
	}
	if err := report.Runs(&bytes.Buffer{}, article(), report.FormatJUnit, report.Options{}); err == nil {
		t.Error("no error for JUnit, which has no form for runs")
	}
	if err := report.Runs(&bytes.Buffer{}, []*baselines.Run{{}}, report.FormatText, report.Options{}); err != nil {
		t.Errorf("an empty run: %v", err)
	}
}
