// Package quickstart_test holds the quickstart to what its README says: every
// task can be solved and is not solved already, and every scripted attempt
// ends as the table says, at the price the table says.
package quickstart_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/golden"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/scriptedmodel"
)

func TestEachTaskIsUnsolvedUntilItsSolutionIsThere(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs dozens of small test programs")
	}
	for _, id := range tasks(t) {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			untouched := newSandbox(t, id)
			if solved, output := untouched.judge(t); solved {
				t.Errorf("solved before anything was done:\n%s", output)
			}
			repaired := newSandbox(t, id)
			repaired.run(t, "bash", filepath.Join(taskDir(t, id), "solution", "solve.sh"))
			if solved, output := repaired.judge(t); !solved {
				t.Errorf("the reference solution does not pass:\n%s", output)
			}
		})
	}
}

// An agent may write what it likes below /app; none of this may pass.
func TestTamperingDoesNotPass(t *testing.T) {
	const id = "merge-bookings"
	for name, files := range map[string]map[string]string{
		"an empty test in place of the failing one": {"rooms_test.go": "package rooms\n"},
		"a TestMain that says it went well":         {"main_test.go": "package rooms\n\nimport (\"os\"; \"testing\")\n\nfunc TestMain(*testing.M) { os.Exit(0) }\n"},
		"a program that ends before the tests":      {"init.go": "package rooms\n\nimport \"os\"\n\nfunc init() { os.Exit(0) }\n"},
		"another module":                            {"go.mod": "module other\n"},
		"a reward written beforehand":               {"../logs/verifier/reward.json": `{"reward": 1}`, "../logs/verifier/reward.txt": "1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSandbox(t, id)
			for file, content := range files {
				s.write(t, file, content)
			}
			if solved, output := s.judge(t); solved {
				t.Errorf("passed:\n%s", output)
			}
			if _, err := os.Stat(filepath.Join(s.root, "logs/verifier/reward.json")); err == nil {
				t.Error("the agent's reward.json is still there")
			}
		})
	}
}

// Only the files an attempt leaves matter to its tests, so attempts that leave
// the same files are judged once, and the Go tools do nothing while they are
// replayed.
func TestScriptedAttemptsEndAsTheTableSays(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs dozens of small test programs")
	}
	table := priceTable(t)
	ids := tasks(t)
	rows := make([]row, len(ids))
	t.Run("task", func(t *testing.T) {
		for i, id := range ids {
			t.Run(id, func(t *testing.T) {
				t.Parallel()
				rows[i] = replayTask(t, id, table)
			})
		}
	})
	if !t.Failed() {
		checkReadme(t, rows)
	}
}

func replayTask(t *testing.T, id string, table *prices.Table) row {
	t.Helper()
	r := row{task: id}
	judged := map[string]bool{}
	for _, conversation := range readScript(t, id).Conversations {
		if !strings.HasPrefix(instruction(t, id), "# "+conversation.Match+"\n") {
			t.Errorf("%q is not the heading of the instruction", conversation.Match)
		}
		rate, ok := table.Rate(conversation.Model, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
		if !ok {
			t.Fatalf("no price for %q", conversation.Model)
		}
		var c cell
		for _, turns := range conversation.Attempts {
			s := newSandbox(t, id)
			s.replay(t, turns)
			state := s.state(t)
			solved, known := judged[state]
			if !known {
				solved, _ = s.judge(t)
				judged[state] = solved
			}
			c.add(solved, turns, rate)
		}
		r.cells = append(r.cells, c)
	}
	return r
}

// cell is what the attempts of one model at one task come to.
type cell struct {
	outcomes string // an S for every solved attempt, a dot for the others
	requests int
	usd      float64
}

func (c *cell) add(solved bool, turns []scriptedmodel.Turn, rate prices.Rate) {
	outcome := "."
	if solved {
		outcome = "S"
	}
	c.outcomes += outcome
	c.requests += len(turns)
	for _, turn := range turns {
		c.usd += rate.USD(turn.Usage.Tokens())
	}
}

func (c cell) solved() int { return strings.Count(c.outcomes, "S") }

type row struct {
	task  string
	cells []cell // model-a, model-b
}

func (r row) String() string {
	line := "| " + r.task
	for _, c := range r.cells {
		line += fmt.Sprintf(" | %d of %d | `%s` | %d | $%.4f", c.solved(), len(c.outcomes), c.outcomes, c.requests, c.usd)
	}
	return line + " |\n"
}

const tableHead = "| task | model-a | attempts | requests | cost | model-b | attempts | requests | cost |\n" +
	"| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"

// markdown writes the rows, their sum, and what a solved task costs.
func markdown(rows []row) string {
	var out strings.Builder
	out.WriteString(tableHead)
	sum := row{task: "**all**", cells: make([]cell, 2)}
	for _, r := range rows {
		out.WriteString(r.String())
		for i, c := range r.cells {
			sum.cells[i].outcomes += c.outcomes
			sum.cells[i].requests += c.requests
			sum.cells[i].usd += c.usd
		}
	}
	all := "| " + sum.task
	perSolved := "| **cost per solved task**"
	for _, c := range sum.cells {
		all += fmt.Sprintf(" | %d of %d | | %d | $%.4f", c.solved(), len(c.outcomes), c.requests, c.usd)
		perSolved += fmt.Sprintf(" | | | | $%.4f", c.usd/float64(c.solved()))
	}
	fmt.Fprintf(&out, "%s |\n%s |\n", all, perSolved)
	return out.String()
}

func checkReadme(t *testing.T, rows []row) {
	t.Helper()
	const begin, end = "<!-- table: written by go test -update -->\n", "<!-- end of table -->\n"
	readme := read(t, "README.md")
	head, rest, ok := strings.Cut(readme, begin)
	old, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("README.md lacks the marks of its table")
	}
	want := markdown(rows)
	if *golden.Update {
		if err := os.WriteFile("README.md", []byte(head+begin+want+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, old); diff != "" {
		t.Errorf("the table in README.md is not what the scripts come to (-want +README); go test -update rewrites it:\n%s", diff)
	}
}

func tasks(t *testing.T) []string {
	t.Helper()
	// Easy ones first, as in benchgate.yaml.
	ids := []string{"count-call-stacks", "merge-bookings", "reconcile-ledger", "rate-limiter", "lru-cache", "cancel-worker-pool"}
	found, err := filepath.Glob("tasks/*/task.toml")
	if err != nil || len(found) != len(ids) {
		t.Fatalf("tasks/ holds %q, %v; want %d tasks", found, err, len(ids))
	}
	return ids
}

func taskDir(t *testing.T, id string) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("tasks", id))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func instruction(t *testing.T, id string) string {
	t.Helper()
	return read(t, filepath.Join("tasks", id, "instruction.md"))
}

func readScript(t *testing.T, id string) scriptedmodel.Script {
	t.Helper()
	file := filepath.Join("scripts", id+".yaml")
	script, err := scriptedmodel.Decode(strings.NewReader(read(t, file)), file)
	if err != nil {
		t.Fatal(err)
	}
	var models []string
	for _, c := range script.Conversations {
		models = append(models, c.Model)
		for attempt, turns := range c.Attempts {
			if slices.ContainsFunc(turns, func(t scriptedmodel.Turn) bool { return t.Usage == nil }) {
				t.Fatalf("%s: %s, attempt %d: a turn without usage", file, c.Model, attempt+1)
			}
		}
	}
	if want := []string{"model-a", "model-b"}; !slices.Equal(models, want) {
		t.Fatalf("%s: conversations of %q, want %q", file, models, want)
	}
	return script
}

func priceTable(t *testing.T) *prices.Table {
	t.Helper()
	table, err := prices.Decode(strings.NewReader(read(t, "prices.json")), "prices.json")
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")))
}

// needBash skips where the tasks' scripts cannot run.
func needBash(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("the tasks' scripts need bash:", err)
	}
}
