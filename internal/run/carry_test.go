package run

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/suite"
)

// A run that goes on from an earlier one takes each attempt that was answered,
// with the tries that broke before the answer: they are on the bill. An attempt
// without an answer is made again. Where fewer attempts are planned than before,
// those behind them move up.
func TestCarryTakesWhatWasAnswered(t *testing.T) {
	try := func(task string, seq, number int, ended baselines.Ended) baselines.Trial {
		return baselines.Trial{Task: task, Attempt: 1, Seq: seq, Try: number, Ended: ended}
	}
	before := &earlier{identity: identity{Baseline: "b"}, runs: map[baselines.Arm]*baselines.Run{baselines.Candidate: {Trials: []baselines.Trial{
		try("flaky", 1, 1, baselines.InfraError), try("flaky", 1, 2, baselines.Finished),
		try("broken", 2, 1, baselines.InfraError), try("broken", 2, 2, baselines.InfraError), try("broken", 2, 3, baselines.InfraError),
		try("stopped", 3, 1, baselines.Cancelled),
		try("dropped", 4, 1, baselines.Finished),
		try("moved", 5, 1, baselines.InfraError), try("moved", 5, 2, baselines.Finished),
	}}}}
	var steps []Step
	for i, id := range []string{"flaky", "broken", "stopped", "moved", "new"} {
		steps = append(steps, Step{Seq: i + 1, Attempt: 1, Task: &suite.Task{ID: id}})
	}
	c := before.carry(&Design{Steps: steps}, time.Now()).arms[baselines.Candidate]
	if diff := cmp.Diff([]baselines.Trial{try("flaky", 1, 2, baselines.Finished), try("moved", 4, 2, baselines.Finished)}, c.counted); diff != "" {
		t.Errorf("counted (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]baselines.Trial{try("flaky", 1, 1, baselines.InfraError), try("moved", 4, 1, baselines.InfraError)}, c.overhead); diff != "" {
		t.Errorf("overhead (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[baselines.Key]bool{{Task: "flaky", Attempt: 1}: true, {Task: "moved", Attempt: 1}: true}, c.done); diff != "" {
		t.Errorf("attempts done (-want +got):\n%s", diff)
	}
}

// A run that crashed has no verdict, and the last lines of its files may be
// torn. What it finished is not lost.
func TestCarryGoesOnFromACrash(t *testing.T) {
	runs := t.TempDir()
	dir := filepath.Join(runs, "20261123T030000Z-aaaaaa")
	journal, err := baselines.Create(filepath.Join(dir, "candidate.jsonl"), baselines.Header{
		ID: "20261123T030000Z-aaaaaa", Arm: baselines.Candidate, Created: time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC),
		Variant: baselines.Variant{Name: "new", Agent: baselines.Agent{Name: "claude-code", Version: "2.1.330"}, Model: "claude-opus-4-8"},
		Suite:   baselines.Suite{Name: "one", Digest: "sha256:s", Tasks: []baselines.Task{{ID: "flaky", Digest: "sha256:t", Tier: "easy"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	done := baselines.Trial{Task: "flaky", Attempt: 1, Seq: 1, Try: 1, Ended: baselines.Finished}
	if err := errors.Join(journal.Append(done), journal.Close()); err != nil {
		t.Fatal(err)
	}
	id := identity{Schema: planSchema, Process: "sha256:p", Prices: "sha256:now", Baseline: "b"}
	if err := writePlan(dir, id); err != nil {
		t.Fatal(err)
	}
	for file, torn := range map[string]string{"candidate.jsonl": `{"seq":2,"task":"fla`, site.LedgerFile: `{"kind":"star`} {
		f, err := os.OpenFile(filepath.Join(dir, file), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(torn); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	before, err := findEarlier(runs, id, 0)
	if err != nil || before == nil || before.verdict != nil {
		t.Fatalf("the earlier run is %+v, %v; want one without a verdict", before, err)
	}
	task := &suite.Task{ID: "flaky"}
	c := before.carry(&Design{Steps: []Step{{Seq: 1, Attempt: 1, Task: task}, {Seq: 2, Attempt: 2, Task: task}}}, time.Now()).arms[baselines.Candidate]
	if diff := cmp.Diff([]baselines.Trial{done}, c.tries()); diff != "" {
		t.Errorf("carried (-want +got):\n%s", diff)
	}
}
