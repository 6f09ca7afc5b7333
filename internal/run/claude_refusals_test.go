package run_test

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/site"
)

// solving is what the model says to solve the task, in two requests.
const solving = `
conversations:
  - match: Write the answer
    turns:
      - tool_uses: [{name: Bash, input: {command: "echo 42 > answer.txt", description: Write it}}]
        usage: {input: 5, output: 120, cache_write_5m: 9000}
      - {text: Done., usage: {input: 9, output: 20, cache_read: 9000}}
`

// The real Claude Code, before a model API that lets it in or does not. What it
// prints and how long it tries again is its own; the verdict must not depend on it.
func TestTheRealClaudeAndAModelAPIThatRefuses(t *testing.T) {
	program := claude(t)
	cache := t.TempDir() // of the agent: unpacked once
	for _, tt := range []struct {
		name     string
		script   string
		key      string   // empty: the right one
		settings string   // of both arms
		model    string   // of the candidate; empty: Opus 4.8
		limits   string   // besides attempts and workers, and what is gated
		refused  string   // in the error of a run that ends with exit code 5
		ended    []string // how the tries of both arms ended
		outcome  gate.Outcome
	}{
		{name: "a right key", script: solving, ended: []string{"finished solved", "finished solved"}, outcome: gate.Inconclusive},
		{name: "a wrong key", script: solving, key: "sk-ant-api03-wrong", refused: "refuses the key (401): invalid x-api-key; set ANTHROPIC_API_KEY"},
		{name: "a model that there is not", script: "models: [claude-opus-4-7]" + solving, refused: "does not know the model claude-opus-4-8 (404): model: claude-opus-4-8; correct"},
		{
			name: "no credit", script: "refuse: {status: 400, message: Your credit balance is too low to access the Anthropic API.}",
			refused: "has no credit left for this key (400): Your credit balance is too low to access the Anthropic API; pay", ended: []string{"cancelled"},
		},
		{
			name: "a key that is revoked after the first trial", script: "refuse: {after: 3, status: 401, message: invalid x-api-key}" + solving,
			refused: "refuses the key (401): invalid x-api-key", ended: []string{"finished solved", "cancelled"},
		},
		{
			// Benchgate's own question is answered: the run goes on, and no try is judged.
			name: "only the agent's requests are refused", script: "conversations: [{match: Write the answer, turns: [{text: no, errors: [{status: 403, message: not from here, times: 99}]}]}]",
			ended: slices.Repeat([]string{"infra_error: the model API refuses the key (403): not from here"}, 6), outcome: gate.NotMeasured,
		},
		{
			name: "a model without a price", script: solving, model: "my-own-model", limits: ", requests: 20}\ngate: {typical_cost: off, cost_per_solved: off, mode: fixed}",
			ended: []string{"finished solved", "finished solved"}, outcome: gate.Inconclusive,
		},
		{
			name: "an agent that never asks", script: solving, settings: ", settings: {arguments: [--no-such-flag]}",
			ended: slices.Repeat([]string{"agent_error failed: exit code 1, without a result line; reward is 0, a task is solved at 1"}, 2), outcome: gate.Inconclusive,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &rig{t: t, runs: filepath.Join(t.TempDir(), "runs"), cache: cache, env: make(map[string]string), said: new(transcript)}
			r.npm(program)
			script := filepath.Join(t.TempDir(), "script.yaml")
			if err := os.WriteFile(script, []byte(tt.script), 0o644); err != nil {
				t.Fatal(err)
			}
			r.scripted(script)
			if tt.key != "" {
				r.env["ANTHROPIC_API_KEY"] = tt.key
			}
			if tt.model == "" {
				tt.model = "claude-opus-4-8"
			}
			begun := time.Now()
			result, err := r.run(t.Context(), fmt.Sprintf(`
suite: {name: one, trusted: true, tasks: [{path: ../refusals/answer}]}
baseline: {agent: claude-code, model: claude-opus-4-7, from: live%[1]s}
candidate: {agent: claude-code, model: %[2]s%[1]s}
sandbox: process
limits: {attempts: 1, workers: 1%[3]s
`, tt.settings, tt.model, cmp.Or(tt.limits, "}\ngate: {mode: fixed}")))
			t.Logf("%.1f s, $%.4f, %v", time.Since(begun).Seconds(), r.spent(), err)

			if (err != nil) != (tt.refused != "") || err != nil && (!errors.Is(err, site.ErrNoAdmission) || !strings.Contains(err.Error(), tt.refused)) {
				t.Errorf("the run's error is %v, want one with %q\n%s", err, tt.refused, r.said)
			}
			if result != nil && result.Verdict.Outcome != tt.outcome {
				t.Errorf("the verdict is %s (%s), want %s", result.Verdict.Outcome, result.Verdict.Headline, tt.outcome)
			}
			if got := r.ends(); !slices.Equal(got, tt.ended) {
				t.Errorf("the tries ended %q, want %q\n%s", got, tt.ended, r.said)
			}
			if tt.key == "" && strings.Contains(r.said.String(), secretPart) {
				t.Error("the key is in what was said")
			}
		})
	}
}

// spent are the dollars in the run's ledger.
func (r *rig) spent() (usd float64) {
	r.t.Helper()
	ledgers, err := filepath.Glob(filepath.Join(r.runs, "*", site.LedgerFile))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, file := range ledgers {
		for _, line := range readLedger(r.t, file) {
			if line.USD != nil {
				usd += *line.USD
			}
		}
	}
	return usd
}

// ends says of every recorded try, baseline first, how it ended and what the tests
// said.
func (r *rig) ends() []string {
	r.t.Helper()
	var all []string
	for _, arm := range []string{"baseline", "candidate"} {
		files, err := filepath.Glob(filepath.Join(r.runs, "*", arm+".jsonl"))
		if err != nil {
			r.t.Fatal(err)
		}
		for _, file := range files {
			run, err := baselines.ReadFile(file)
			if err != nil {
				r.t.Fatal(err)
			}
			for _, trial := range run.Trials {
				end := string(trial.Ended)
				if trial.Solved != nil {
					end += map[bool]string{true: " solved", false: " failed"}[*trial.Solved]
				}
				if trial.Reason != "" && trial.Ended != baselines.Cancelled {
					end += ": " + trial.Reason
				}
				all = append(all, end)
			}
		}
	}
	return all
}
