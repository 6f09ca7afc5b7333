package run_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
)

// Of three solved trials of the real Claude Code one changed what every program
// loads, and one went to where the answer is: the record names both, and the verdict
// says what is left without them.
func TestATamperedAndAFetchedAnswerInTheVerdict(t *testing.T) {
	r := newRig(t)
	r.npm(claude(t))
	r.scripted(filepath.Join(e2eDir, "integrity.yaml"))
	result := r.mustRun(`
suite: {name: integrity, tasks: [{path: tasks/leave-answer}]}
compare: model
baseline: {agent: claude-code@2.1.330, model: claude-opus-4-7, from: live}
candidate: {agent: claude-code@2.1.330, model: claude-opus-4-8}
sandbox: docker
limits: {attempts: 3, usd: 10, usd_per_trial: 5, workers: 1}
gate: {mode: fixed}
`)
	var flagged []string
	for _, got := range result.Candidate.Trials {
		if got.Ended != baselines.Finished || !got.IsSolved() {
			t.Errorf("attempt %d ended as %s (%s), solved %v, flags %v", got.Attempt, got.Ended, got.Reason, deref(got.Solved), got.Flags)
		}
		for _, f := range got.Flags {
			flagged = append(flagged, string(f))
		}
		flagged = append(append(flagged, got.Tampered...), got.AnswersFetched...)
	}
	want := "tampered, /etc/ld.so.preload: a library that every program loads, answers_fetched, shell: github.com/harbor-framework/terminal-bench-1"
	if got := strings.Join(flagged, ", "); got != want {
		t.Errorf("flags and what they name: %s; want %s", got, want)
	}
	for _, got := range result.Baseline.Trials {
		if len(got.Flags) > 0 {
			t.Errorf("the baseline's attempt %d has flags %v", got.Attempt, got.Flags)
		}
	}
	i := result.Verdict.Integrity
	if i == nil || i.Tampered == nil || *i.Tampered != 1 || i.AnswersFetched == nil || *i.AnswersFetched != 1 || i.PassRateWithout == nil || *i.PassRateWithout != 1 || len(i.Canaries) > 0 {
		t.Errorf("the verdict's integrity is %+v", i)
	}
	text, err := os.ReadFile(filepath.Join(result.Dir, "verdict.json"))
	if err != nil || !strings.Contains(string(text), `"answers_fetched": 1`) {
		t.Errorf("verdict.json does not have it: %v", err)
	}
}
