package run_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/run"
)

// Two models, three tasks, two attempts: the real Claude Code in containers of
// a real engine, two at a time, on a model API whose every answer is known. The
// candidate gets one task wrong and needs three times the tokens.
func TestTwoModelsInContainers(t *testing.T) {
	r := newRig(t)
	r.npm(claude(t))
	server := r.scripted(filepath.Join(e2eDir, "script.yaml"))
	text, err := os.ReadFile(filepath.Join(e2eDir, "benchgate.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	w := watch(t, nil)
	result := r.mustRun(string(text))
	w.end(t)
	all := join(t, result, server.Truth())
	if len(all) != 12 {
		t.Fatalf("%d trials were recorded; want 2 variants x 3 tasks x 2 attempts", len(all))
	}

	t.Run("every trial comes to its end and is judged", func(t *testing.T) {
		for _, m := range all {
			broken := strings.HasPrefix(m.id, "candidate/sum-column/")
			if m.Ended != baselines.Finished || m.Solved == nil || *m.Solved == broken || len(m.Flags) > 0 {
				t.Errorf("%s ended as %s (%s), solved %v, flags %v", m.id, m.Ended, m.Reason, deref(m.Solved), m.Flags)
			}
		}
	})
	t.Run("what the real client leaves is no tampering, and no reason to verify again", func(t *testing.T) {
		flagged, verifiedAgain := 0, 0 // docs/integrity.md has these numbers
		for _, m := range all {
			again, err := filepath.Glob(filepath.Join(result.Dir, "trials", filepath.FromSlash(m.id), "tests-again.log"))
			if err != nil {
				t.Fatal(err)
			}
			verifiedAgain += len(again)
			if m.Flagged(baselines.Tampered) || m.Flagged(baselines.FreshDisagrees) || len(m.Tampered) > 0 {
				flagged++
				t.Logf("%s: %v %q", m.id, m.Flags, m.Tampered)
			}
		}
		counted := fmt.Sprintf("of %d trials %d were flagged, and %d had to be verified again", len(all), flagged, verifiedAgain)
		t.Log(counted)
		if page, err := os.ReadFile("../../docs/integrity.md"); err != nil || !strings.Contains(string(page), "**"+counted+"**") {
			t.Errorf("docs/integrity.md does not say that %s (%v)", counted, err)
		}
	})
	t.Run("ledger and record equal the truth", func(t *testing.T) {
		for _, m := range all {
			if len(m.served) == 0 {
				t.Errorf("%s asked the model nothing", m.id)
			}
			m.compareLedger(t)
			m.compareRecord(t)
		}
		for _, m := range of(all, baselines.Candidate, "write-greeting") {
			if *m.Retries != 1 {
				t.Errorf("%s: %d retries are recorded, the model was overloaded once", m.id, *m.Retries)
			}
		}
		for _, m := range of(all, baselines.Baseline, "list-trees") {
			if m.CostUSD.Subagent == 0 {
				t.Errorf("%s: the subagent's money is not told apart", m.id)
			}
		}
	})
	t.Run("telemetry arrives and agrees", func(t *testing.T) {
		// The tool calls of the script, by arm and task; a subagent is one.
		calls := map[string]int{
			"baseline/write-greeting": 1, "baseline/sum-column": 1, "baseline/list-trees": 3,
			"candidate/write-greeting": 1, "candidate/sum-column": 2, "candidate/list-trees": 3,
		}
		for _, m := range all {
			m.checkTelemetry(t, calls[filepath.Dir(m.id)])
		}
		for _, m := range of(all, baselines.Candidate, "sum-column") {
			if m.ToolErrors == nil || *m.ToolErrors != 1 {
				t.Errorf("%s: tool errors %v; one command fails", m.id, deref(m.ToolErrors))
			}
		}
	})
	t.Run("the broken task and the higher cost show", func(t *testing.T) { checkVerdict(t, result.Verdict, all) })
	t.Run("the document on disk is the verdict", func(t *testing.T) { checkDocument(t, result) })
	t.Run("the files of the run are there", func(t *testing.T) { checkFiles(t, result, all) })
	t.Run("nothing is left on the engine", func(t *testing.T) {
		if want := []string{filepath.Base(result.Dir)}; !slices.Equal(w.runs, want) {
			t.Fatalf("containers of the runs %v were seen, want %v", w.runs, want)
		}
		nothingLeft(t, filepath.Base(result.Dir), w.volumes)
	})
	t.Run("the key is nowhere", func(t *testing.T) {
		for _, m := range all {
			if !w.trials[m.id] {
				t.Errorf("the container of %s was never inspected", m.id)
			}
		}
		checkKey(t, r, w, all)
	})
}

// checkTelemetry asks for what only telemetry tells, and that the three views
// of the bill are one.
func (m measured) checkTelemetry(t *testing.T, calls int) {
	t.Helper()
	if m.ToolCalls == nil || *m.ToolCalls != calls || m.Sources["tool_calls"] != "telemetry" {
		t.Errorf("%s: %v tool calls from %q, want %d from telemetry", m.id, deref(m.ToolCalls), m.Sources["tool_calls"], calls)
	}
	if m.Seconds.Active == nil || *m.Seconds.Active <= 0 || *m.Seconds.Active > m.Seconds.Agent {
		t.Errorf("%s: active %v of the agent's %v seconds", m.id, deref(m.Seconds.Active), m.Seconds.Agent)
	}
	if wrote := m.Task != "sum-column"; (m.Lines != nil && m.Lines.Added > 0) != wrote {
		t.Errorf("%s: lines %+v; the file was written by a tool: %v", m.id, m.Lines, wrote)
	}
	a := m.Agreement
	if a == nil || a.MeterUSD == nil || a.TelemetryUSD == nil || a.AgentUSD == nil {
		t.Fatalf("%s: a view of the bill is missing: %+v", m.id, a)
	}
	if a.Explained != "" || !near(*a.MeterUSD, m.CostUSD.Total()) || !near(*a.MeterUSD, *a.TelemetryUSD) || !near(*a.MeterUSD, *a.AgentUSD) {
		t.Errorf("%s: meter $%v, telemetry $%v, agent $%v, explained by %q; want one number and nothing to explain",
			m.id, *a.MeterUSD, *a.TelemetryUSD, *a.AgentUSD, a.Explained)
	}
	for _, s := range m.served {
		if s.SessionID != m.SessionID {
			t.Errorf("%s: session %s is recorded, session %s asked the model", m.id, m.SessionID, s.SessionID)
		}
	}
}

// checkVerdict works the numbers of the verdict out again from the trials.
func checkVerdict(t *testing.T, v gate.Verdict, all []measured) {
	t.Helper()
	total := make(map[baselines.Arm]float64)
	for _, arm := range []baselines.Arm{baselines.Baseline, baselines.Candidate} {
		for _, row := range v.Tasks {
			side, sum, seconds, wins := row.Baseline, 0.0, 0.0, 2
			if arm == baselines.Candidate {
				side = row.Candidate
				if row.ID == "sum-column" {
					wins = 0
				}
			}
			for _, m := range of(all, arm, row.ID) {
				sum += m.CostUSD.Compared()
				seconds += m.Seconds.Total
			}
			want := gate.TaskSide{Solved: wins, Attempts: 2, CostUSD: &sum, Seconds: seconds, Ended: map[baselines.Ended]int{baselines.Finished: 2}}
			if diff := gocmp.Diff(want, side, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
				t.Errorf("row %s, %s (-want +got):\n%s", row.ID, arm, diff)
			}
			total[arm] += sum
		}
	}
	if len(v.Tasks) != 3 || v.TrialsPlanned != 6 || v.TrialsUsed != 6 {
		t.Errorf("%d tasks, %d of %d trials; want 3, 6 of 6", len(v.Tasks), v.TrialsUsed, v.TrialsPlanned)
	}
	before, after := total[baselines.Baseline], total[baselines.Candidate]
	for name, want := range map[compare.Metric][2]float64{
		"pass_rate":       {1, 4.0 / 6},
		"total_cost":      {before / 2, after / 2}, // of one attempt at every task
		"cost_per_solved": {before / 6, after / 4},
	} {
		m := v.Metrics[name]
		if m.Baseline == nil || m.Candidate == nil || !near(*m.Baseline, want[0]) || !near(*m.Candidate, want[1]) {
			t.Errorf("%s is %v and %v, want %v", name, deref(m.Baseline), deref(m.Candidate), want)
		}
	}
	if d := v.Metrics["pass_rate"].Delta; d == nil || !near(*d, -1.0/3) {
		t.Errorf("the pass rate's delta is %v, want -1/3", deref(d))
	}
	if ratio := v.Metrics["cost_per_solved"].Ratio; ratio == nil || *ratio < 3 {
		t.Errorf("the cost per solved task is %v times the baseline's; three times the tokens and a lost task are more than 3", deref(ratio))
	}
	if m := v.Metrics["typical_cost"]; m.Ratio == nil || *m.Ratio < 2.5 || m.PValue == nil || *m.PValue > 0.125 {
		t.Errorf("the typical cost is %v times the baseline's at p = %v; all three tasks cost about three times as much", deref(m.Ratio), deref(m.PValue))
	}
	// Three tasks may be too few to call it a regression; a pass it is not.
	if v.Outcome != gate.Regression && v.Outcome != gate.Inconclusive {
		t.Errorf("the verdict is %s: %s", v.Outcome, v.Headline)
	}
}

// checkDocument reads verdict.json as a stranger would: by DESIGN.md's words.
func checkDocument(t *testing.T, result *run.Result) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(result.Dir, "verdict.json"))
	if err != nil {
		t.Fatal(err)
	}
	var again gate.Verdict
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&again); err != nil {
		t.Fatalf("reading verdict.json: %v", err)
	}
	if diff := gocmp.Diff(result.Verdict, again, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("verdict.json (-decided +read again):\n%s", diff)
	}
	var plain map[string]any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	codes := map[any]float64{"pass": 0, "regression": 1, "inconclusive": 3, "incomparable": 4, "not_measured": 5}
	code, known := codes[plain["verdict"]]
	if plain["schema"] != "benchgate.verdict/v1" || !known || plain["exit_code"] != code {
		t.Errorf("schema %v, verdict %v, exit code %v", plain["schema"], plain["verdict"], plain["exit_code"])
	}
	for _, key := range []string{"headline", "reasons", "warnings", "mode", "baseline", "candidate", "trials_planned", "trials_used", "usd_used", "metrics", "tasks"} {
		if _, there := plain[key]; !there {
			t.Errorf("verdict.json has no %s", key)
		}
	}
	metrics, _ := plain["metrics"].(map[string]any)
	for _, key := range []string{
		"cost_per_solved", "pass_rate", "typical_cost", "total_cost", "tool_error_rate", "active_time",
		"tokens", "requests", "tool_calls", "lines", "cache_utilization",
	} {
		m, _ := metrics[key].(map[string]any)
		if m["unit"] == nil || m["baseline"] == nil || m["candidate"] == nil || m["status"] == nil || m["status"] == "not_measured" {
			t.Errorf("metric %s was measured and is %v", key, metrics[key])
		}
	}
}

// checkFiles looks for what DESIGN.md lists, and reads the journals again.
func checkFiles(t *testing.T, result *run.Result, all []measured) {
	t.Helper()
	for _, r := range []*baselines.Run{result.Baseline, result.Candidate} {
		again, err := baselines.ReadFile(filepath.Join(result.Dir, string(r.Header.Arm)+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(r, again, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the journal of the %s (-run +journal):\n%s", r.Header.Arm, diff)
		}
	}
	for _, m := range all {
		for _, name := range []string{"transcript.jsonl", "tests.log", "otlp/*-logs.pb", "otlp/*-metrics.pb", "otlp/*-traces.pb"} {
			files, err := filepath.Glob(filepath.Join(m.dir, name))
			if err != nil {
				t.Fatal(err)
			}
			full := slices.ContainsFunc(files, func(file string) bool {
				info, err := os.Stat(file)
				return err == nil && info.Size() > 0
			})
			if !full {
				t.Errorf("%s: no %s, or an empty one", m.id, name)
			}
		}
	}
}

// deref shows what a pointer leads to, in messages.
func deref[T any](p *T) any {
	if p == nil {
		return "absent"
	}
	return *p
}
