package run_test

import (
	"math"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/realparts"
)

// codexVersion is the version that the table of agents pins.
func codexVersion(t *testing.T) string {
	t.Helper()
	row, err := agent.Lookup("codex")
	if err != nil {
		t.Fatal(err)
	}
	return row.DefaultVersion
}

// codex is the real agent's package, with its native program for Linux.
func codex(t *testing.T) npmPackage {
	t.Helper()
	program, err := filepath.EvalSymlinks(realparts.CodexProgram(t))
	if err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command(program, "--version").Output()
	if want := "codex-cli " + codexVersion(t); err != nil || strings.TrimSpace(string(said)) != want {
		realparts.Lacking(t, realparts.Codex, program+" is not "+want+": "+string(said))
	}
	return npmPackage{"/@openai/codex", codexVersion(t) + "-linux-" + npmArch, program, "package/vendor/linux-musl/bin/codex"}
}

// The real Codex in containers of a real engine, with two models: what a trial cost
// and did is known from three sources that agree, and no container has the key.
func TestTheRealCodexInContainers(t *testing.T) {
	r := newRig(t)
	r.npm(codex(t))
	server := r.scripted(filepath.Join(e2eDir, "codex.yaml"))
	w := watch(t, nil)
	result := r.mustRun(`
suite: {name: codex, tasks: [{path: tasks/write-greeting}]}
baseline: {agent: codex, model: gpt-5.3-codex, from: live, settings: {effort: low}}
candidate: {agent: codex, model: gpt-6-sol, settings: {effort: low}}
sandbox: docker
limits: {attempts: 1, usd: 10, usd_per_trial: 5, workers: 2}
gate: {mode: fixed}
`)
	w.end(t)
	if got := r.ends(); len(got) != 2 || got[0] != "finished solved" || got[1] != "finished solved" {
		t.Fatalf("the trials ended %q\n%s", got, r.said)
	}
	got := result.Candidate.Trials[0]
	var served baselines.Tokens
	for _, s := range server.Truth() {
		if s.Model == "gpt-6-sol" && s.SessionID != "" { // and not benchgate's own
			served = served.Add(s.Tokens)
		}
	}
	// 600 input at $2 a million, 9,000 written at 2.50, 18,300 read at 0.20, 180 output at 10.
	const usd = 0.0012 + 0.0225 + 0.00366 + 0.0018
	switch {
	case got.Tokens == nil || *got.Tokens != served:
		t.Errorf("tokens %+v, served were %+v", got.Tokens, served)
	case got.CostUSD == nil || math.Abs(got.CostUSD.Total()-usd) > 1e-9:
		t.Errorf("it cost %+v, want %v", got.CostUSD, usd)
	case *got.Requests != 3 || *got.Retries != 1 || *got.ToolCalls != 2 || *got.ToolErrors != 1:
		t.Errorf("%d requests, %d retries, %d calls of tools, %d failed", *got.Requests, *got.Retries, *got.ToolCalls, *got.ToolErrors)
	case len(got.Flags) > 0 || got.SessionID == "":
		t.Errorf("flags %v, session %q", got.Flags, got.SessionID)
	}
	a := got.Agreement
	if a == nil || a.MeterUSD == nil || a.TelemetryUSD == nil || a.AgentUSD == nil || a.Explained != "" ||
		math.Abs(*a.MeterUSD-*a.TelemetryUSD) > 1e-9 || math.Abs(*a.MeterUSD-*a.AgentUSD) > 1e-9 {
		t.Errorf("the three sources: %+v", a)
	}
	if len(w.inspected) == 0 {
		t.Error("no container was inspected")
	}
	for id, text := range w.inspected {
		if strings.Contains(text, secretKey) {
			t.Errorf("container %s has the key", id)
		}
	}
	if found := holding(t, secretKey, r.runs, r.cache); len(found) > 0 {
		t.Errorf("the key is in %v", found)
	}
}
