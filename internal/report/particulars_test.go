package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

func tried(task string, attempt, try int, ended baselines.Ended, solved *bool, cost *baselines.CostUSD) baselines.Trial {
	return baselines.Trial{
		Task: task, Attempt: attempt, Try: try, Ended: ended, Solved: solved, CostUSD: cost,
		Requests: ptr(8), Tokens: &baselines.Tokens{Input: 1200, Output: 800, CacheRead: 64000}, Seconds: baselines.Seconds{Agent: 93},
	}
}

// particulars are of a task that went well and of one with all that can happen, by a
// name that a stranger chose.
func particulars() report.Particulars {
	tasks := []gate.TaskRow{{ID: "lru-cache", Tier: "easy"}, {ID: evil, Tier: evil}}
	base := &baselines.Run{Header: header("base-7", baselines.Baseline, "claude-opus-4-7", tasks)}
	cand := &baselines.Run{Header: header("cand-8", baselines.Candidate, "claude-opus-4-8", tasks)}
	cost := func(usd float64) *baselines.CostUSD {
		return &baselines.CostUSD{Main: usd, Subagent: 0.05, Auxiliary: 0.01}
	}
	for attempt := 1; attempt <= 2; attempt++ {
		for _, task := range tasks {
			base.Trials = append(base.Trials, tried(task.ID, attempt, 1, baselines.Finished, ptr(true), cost(0.3)))
		}
		cand.Trials = append(cand.Trials, tried("lru-cache", attempt, 1, baselines.Finished, ptr(attempt == 1), cost(0.2)))
	}
	cut := tried(evil, 1, 2, baselines.Timeout, nil, &baselines.CostUSD{Main: 0.4, Unfinished: 0.1})
	cut.Flags, cut.Reason = []baselines.Flag{baselines.Tampered}, evil
	broke := tried(evil, 1, 1, baselines.InfraError, nil, cost(0.02))
	broke.Reason = evil
	unknown := tried(evil, 2, 1, baselines.Finished, ptr(false), nil)
	unknown.Requests, unknown.Tokens = nil, nil
	cand.Trials = append(cand.Trials, unknown, cut, broke) // files have them as they end
	return report.Particulars{
		Baseline: base, Candidate: cand,
		Files: []report.NamedFile{{"the candidate's run file", ".benchgate/runs/r1/candidate.jsonl"}, {"the verdict", ".benchgate/runs/r1/verdict.json"}},
	}
}

func TestParticularsAsPeopleSeeThem(t *testing.T) {
	alone := particulars()
	alone.Baseline, alone.Files = nil, nil
	renders(t, "particulars", []rendering{
		{"gate.md", func(b *bytes.Buffer) error { _, err := b.WriteString(particulars().Markdown(1 << 20)); return err }},
		{"alone.md", func(b *bytes.Buffer) error { _, err := b.WriteString(alone.Markdown(1 << 20)); return err }},
	})
}

func TestNothingIsParticularWithoutRuns(t *testing.T) {
	if got := (report.Particulars{}).Markdown(1 << 20); strings.Contains(got, "|") {
		t.Errorf("without runs there is %q", got)
	}
}

// However little room there is: what is left out is said, and nothing is cut in two.
func TestParticularsFit(t *testing.T) {
	p := particulars()
	for i := range 40 {
		p.Candidate.Trials = append(p.Candidate.Trials, tried("lru-cache", i+3, 1, baselines.Finished, ptr(true), &baselines.CostUSD{Main: 0.1}))
	}
	whole := p.Markdown(1 << 20)
	sizes := make(map[int]bool)
	for most := 0; most <= len(whole)+100; most += 100 {
		got := p.Markdown(most)
		sizes[len(got)] = true
		if len(got) > most || strings.Count(got, "<details>") != strings.Count(got, "</details>") {
			t.Fatalf("at most %d bytes: %d bytes:\n%s", most, len(got), got)
		}
		if got != "" && got != whole && !strings.Contains(got, "Attempts are left out to fit") {
			t.Fatalf("at most %d bytes: it does not say that something is missing:\n%s", most, got)
		}
	}
	if len(sizes) != 5 {
		t.Errorf("there are %d stages, want 5 with nothing at all: %s", len(sizes), fmt.Sprint(sizes))
	}
}
