package run_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/dashboard"
	"github.com/benchgate/benchgate/internal/realparts"
)

// shown is what two models say: the candidate's second attempt gives up after a tool
// that fails.
const shown = `
conversations:
  - match: Write the answer
    model: claude-opus-4-8
    attempts:
      - - tool_uses: [{name: Write, input: {file_path: notes.txt, content: "one\ntwo\n"}}, {name: Bash, input: {command: "echo 42 > answer.txt", description: Write it}}]
          usage: {input: 5, output: 120, cache_write_5m: 9000}
        - {text: Done., usage: {input: 9, output: 20, cache_read: 9000}, errors: [{status: 529}]}
      - - tool_uses: [{name: Bash, input: {command: "exit 3", description: Fail}}]
          usage: {input: 5, output: 80, cache_write_5m: 9000}
        - {text: It cannot be done., usage: {input: 9, output: 20, cache_read: 9000}}
  - match: Write the answer
    turns:
      - tool_uses: [{name: Bash, input: {command: "echo 42 > answer.txt", description: Write it}}]
        usage: {input: 5, output: 120, cache_write_5m: 9000}
      - {text: Done., usage: {input: 9, output: 20, cache_read: 9000}}
`

// A whole run with the real Claude Code sends its telemetry to a real Prometheus,
// configured as docs/telemetry.md says, and every panel of Grafana's dashboard has
// data: the numbers of the run file.
func TestTheRealPrometheusAnswersTheDashboard(t *testing.T) {
	program := claude(t)
	prometheus := realparts.StartPrometheus(t, "../../docs/telemetry.md")
	r := &rig{t: t, runs: filepath.Join(t.TempDir(), "runs"), cache: t.TempDir(), env: make(map[string]string), said: new(transcript)}
	r.npm(program)
	script := filepath.Join(t.TempDir(), "script.yaml")
	if err := os.WriteFile(script, []byte(shown), 0o644); err != nil {
		t.Fatal(err)
	}
	r.scripted(script)
	r.mustRun(`
suite: {name: one, trusted: true, tasks: [{path: ../refusals/answer}]}
baseline: {agent: claude-code, model: claude-opus-4-7, from: live}
candidate: {agent: claude-code, model: claude-opus-4-8}
sandbox: process
limits: {attempts: 2, workers: 1}
gate: {mode: fixed}
telemetry: {forward: {endpoint: ` + prometheus.URL + `/api/v1/otlp, temporality: cumulative, signals: [metrics]}}
`)
	answers := prometheus.Dashboard(dashboard.Grafana())
	for name, got := range answers {
		if len(got) == 0 {
			t.Errorf("%s has no data", name)
		}
	}
	for name, want := range r.numbers() {
		if got := answers[name]; len(got) != 1 || math.Abs(got[0].Number-want) > 1e-9 {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if t.Failed() {
		t.Logf("%s", r.said)
	}
}

// numbers are what the run's records come to, by the panels that show it.
func (r *rig) numbers() map[string]float64 {
	r.t.Helper()
	var usd, unsolved, solved, trials, calls, errors, requests, added float64
	var tokens baselines.Tokens
	for _, arm := range []string{"baseline", "candidate"} {
		run, err := baselines.ReadFile(filepath.Join(r.onlyRun(), arm+".jsonl"))
		if err != nil {
			r.t.Fatal(err)
		}
		for _, trial := range run.Trials {
			cost, _ := trial.Cost()
			usd, trials = usd+cost, trials+1
			if trial.IsSolved() {
				solved++
			} else {
				unsolved += cost
			}
			calls, errors, requests = calls+float64(*trial.ToolCalls), errors+float64(*trial.ToolErrors), requests+float64(*trial.Requests)
			added += float64(trial.Lines.Added)
			tokens = tokens.Add(*trial.Tokens)
		}
	}
	if trials != 4 || solved != 3 || errors != 1 || usd == 0 {
		r.t.Errorf("%v trials, %v solved, %v tool errors, $%v: want 4, 3, 1 and some\n%s", trials, solved, errors, usd, strings.TrimSpace(r.said.String()))
	}
	utilization, _ := tokens.CacheUtilization()
	return map[string]float64{
		"Cost per solved task/F1":    usd / solved,
		"Pass rate/F1":               solved / trials,
		"Spent on unsolved trials/A": unsolved,
		"Cache utilization/F1":       utilization,
		"Tool calls/A":               calls,
		"Tool error rate/F1":         errors / calls,
		"Model requests/A":           requests,
		"Lines of code/A":            added,
	}
}
