package suite

import (
	"strings"
	"time"
)

// Terminal-Bench 1's defaults (its harness, handlers/trial_handler.py).
const (
	tb1AgentTimeout = 360 * time.Second
	tb1TestTimeout  = 60 * time.Second // of the whole run-tests.sh
)

// readTerminalBench1 reads a task in Terminal-Bench 1 form: task.yaml,
// docker-compose.yaml with one service, run-tests.sh, tests/, and solution.sh
// where there is one.
func (r *reading) readTerminalBench1() {
	r.task.Form = TerminalBench1
	r.task.Network = Public
	r.readTaskYAML()
	r.tb1Tests()
	r.tb1Solution()
	r.readCompose()
}

// readTaskYAML reads the fields that mean something here.
func (r *reading) readTaskYAML() {
	data, ok := r.file("task.yaml", "it describes the task")
	if !ok {
		return
	}
	d, _ := parseYAML(r.show("task.yaml"), data, &r.problems)
	if d == nil {
		return
	}
	r.checkKeys(d, tb1Keys)
	t := r.task
	t.Instruction = d.text("instruction")
	v, given := d.get("instruction")
	if text, ok := v.(string); !given || ok && strings.TrimSpace(text) == "" {
		d.refuse("instruction", "instruction is missing: it tells the agent what to do")
	}
	t.AgentTimeout = d.seconds("max_agent_timeout_sec", tb1AgentTimeout)
	t.Tests.Timeout = d.seconds("max_test_timeout_sec", tb1TestTimeout)
	r.tb1Difficulty(d)

	if parser := d.text("parser_name"); parser != "" && parser != "pytest" {
		d.refuse("parser_name", "parser_name %s is not supported yet: benchgate reads the output of pytest", parser)
	}
	// The harness types the tests into the agent's own terminal. Here an agent
	// is a program that a shell starts; it cannot change that shell's directory
	// or variables, and its processes are stopped before the tests. A new shell
	// sees the same as that one would.
	if d.boolean("run_tests_in_same_shell", false) {
		r.note("run_tests_in_same_shell: the tests get a shell of their own, as root, since nothing of the agent outlives it")
	}
}

func (r *reading) tb1Difficulty(d *document) {
	switch difficulty := d.text("difficulty"); difficulty {
	case "easy", "medium", "hard", "unknown":
		r.setTier(difficulty)
	case "":
		if r.task.Tier == "" {
			d.refuse("difficulty", "difficulty is missing: want easy, medium, hard or unknown")
		}
	default:
		d.refuse("difficulty", "difficulty is %q, want easy, medium, hard or unknown", difficulty)
	}
}

// tb1Tests places run-tests.sh and the content of tests/ side by side in
// /tests. The script's exit code means nothing; its output is the answer.
func (r *reading) tb1Tests() {
	tests := &r.task.Tests
	tests.Reward = PytestOutput
	tests.User = "root" // also where the image says USER
	tests.Env = map[string]string{"TEST_DIR": tb1Variables["T_BENCH_TEST_DIR"]}
	if r.has("tests") {
		tests.Files = append(tests.Files, Placed{Host: r.path("tests"), Dir: "/tests"})
	}
	if !r.has("run-tests.sh") {
		r.problem("run-tests.sh", "is missing: it runs the task's tests")
		return
	}
	tests.Files = append(tests.Files, Placed{Host: r.path("run-tests.sh"), Dir: "/tests", Name: "run-tests.sh", Exec: true})
	tests.Script = "/tests/run-tests.sh"
	tests.Shell = []string{"bash"}
}

// tb1Solution takes solution.sh, which the harness runs as
// /oracle/solution.sh. A solution.yaml is keystrokes for a terminal: the task
// runs, but has no reference here.
func (r *reading) tb1Solution() {
	switch {
	case r.has("solution.sh"):
		r.task.Solution = Solution{
			Files:  []Placed{{Host: r.path("solution.sh"), Dir: "/oracle", Name: "solution.sh", Exec: true}},
			Script: "/oracle/solution.sh",
			Shell:  []string{"bash"},
		}
	case r.has("solution.yaml"):
		r.note("solution.yaml holds keystrokes, which the oracle agent cannot type: the task has no reference solution here")
	}
}
