package report_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/report"
)

func ExampleLine() {
	usd := func(main float64) *baselines.CostUSD { return &baselines.CostUSD{Main: main} }
	for _, t := range []report.FinishedTrial{
		{Done: 7, Planned: 20, Arm: baselines.Candidate, Trial: baselines.Trial{
			Task: "parse-stack", Attempt: 2, Try: 1, Ended: baselines.Finished, Solved: ptr(true),
			CostUSD: usd(0.0617), Seconds: baselines.Seconds{Total: 41.2},
		}},
		{Done: 8, Planned: 20, Arm: baselines.Baseline, Trial: baselines.Trial{
			Task: "schemelike-metacircular-eval", Attempt: 1, Try: 1, Ended: baselines.Timeout, Solved: ptr(false),
			CostUSD: usd(3.56), Seconds: baselines.Seconds{Total: 912},
		}, Logs: "trials/baseline/schemelike-metacircular-eval/1.1"},
		{Done: 9, Planned: 20, Arm: baselines.Candidate, Trial: baselines.Trial{
			Task: "lru-cache", Attempt: 1, Try: 2, Ended: baselines.InfraError, Reason: "the engine did not answer",
			Seconds: baselines.Seconds{Total: 3.1},
		}},
		{Done: 10, Planned: 20, Arm: baselines.Candidate, Trial: baselines.Trial{
			Task: "lru-cache", Attempt: 2, Try: 1, Ended: baselines.Finished,
			CostUSD: usd(0), Seconds: baselines.Seconds{Total: 60},
		}},
	} {
		fmt.Println(report.Line(t, 0))
	}
	// Output:
	//  7/20  candidate  parse-stack #2                    solved      $0.0617  41 s
	//  8/20  baseline   schemelike-metacircular-eval #1   failed, timed out     $3.56  15.2 min  see trials/baseline/schemelike-metacircular-eval/1.1
	//  9/20  candidate  lru-cache #1                      infra error (try 2)  cost not known  3.1 s  the engine did not answer
	// 10/20  candidate  lru-cache #2                      no answer        $0  1.0 min
}

func status() report.Status {
	s := report.Status{
		Suite: "coding-10", Seconds: 192, USD: ptr(2.41), LimitUSD: ptr(120.0),
		Arms: []report.ArmStatus{
			{Arm: baselines.Baseline, Variant: "opus-4-7", Done: 4, Planned: 10, Solved: 3, USD: ptr(1.2)},
			{Arm: baselines.Candidate, Variant: "opus-4-8", Done: 3, Planned: 10, Solved: 1},
		},
		Note: "waiting 20 s: the model API says 429",
	}
	for i := range 10 {
		s.Running = append(s.Running, report.RunningTrial{Arm: baselines.Candidate, Task: "parse-stack", Attempt: i + 1, Phase: "agent", Seconds: 41, USD: ptr(0.06)})
	}
	s.Running[1].USD, s.Running[1].Phase = nil, "setup"
	return s
}

func TestStatusBlock(t *testing.T) {
	write := func(opts report.TextOptions) func(*bytes.Buffer) error {
		return func(b *bytes.Buffer) error {
			_, err := b.WriteString(strings.Join(report.Block(status(), opts), "\n") + "\n")
			return err
		}
	}
	renders(t, "status", []rendering{
		{"terminal", write(report.TextOptions{})},
		{"terminal-48", write(report.TextOptions{Width: 48})},
		{"colours", write(report.TextOptions{Color: true})},
	})
}

// Who redraws a block moves up by its lines: none may wrap.
func TestStatusBlockNeverWraps(t *testing.T) {
	s := status()
	s.Suite, s.Note, s.Arms[0].Variant, s.Running[0].Task = evil, evil, evil, evil
	for width := 40; width < 120; width++ {
		for _, line := range report.Block(s, report.TextOptions{Width: width}) {
			if n := utf8.RuneCountInString(line); n >= width {
				t.Errorf("at %d columns a line has %d: %q", width, n, line)
			}
			if strings.ContainsAny(line, "\n\x1b") {
				t.Errorf("line %q holds control characters", line)
			}
		}
	}
}

func TestStatusBlockOfAlmostNothing(t *testing.T) {
	got := report.Block(report.Status{Arms: []report.ArmStatus{{Arm: baselines.Candidate}}}, report.TextOptions{})
	if len(got) != 2 || !strings.Contains(got[0], "dollars not known") {
		t.Errorf("block is %q", got)
	}
	if slices.ContainsFunc(got, func(line string) bool { return strings.Contains(line, "━") }) {
		t.Errorf("nothing is planned, and yet something is done: %q", got)
	}
}

// On a terminal a line never wraps, whatever others wrote into it, and what is
// left out is what can be found elsewhere.
func TestLineFitsTheTerminal(t *testing.T) {
	f := report.FinishedTrial{
		Done: 3, Planned: 20, Arm: baselines.Candidate, Logs: ".benchgate/runs/20261126T190422.123Z-abcdef/trials/candidate/lru-cache/1.1",
		Trial: baselines.Trial{
			Task: "lru-cache", Attempt: 1, Try: 1, Ended: baselines.Finished, Solved: ptr(false), Reason: "TestEvictsTheOldest failed: want 3 entries, got 4",
			CostUSD: &baselines.CostUSD{Main: 0.0617}, Seconds: baselines.Seconds{Total: 41.2},
		},
	}
	for width, want := range map[int]string{
		0:   " 3/20  candidate  lru-cache #1                      failed      $0.0617  41 s  TestEvictsTheOldest failed: want 3 entries, got 4  see " + f.Logs,
		80:  " 3/20  candidate  lru-cache #1      failed      $0.0617  41 s  TestEvictsTheOld…",
		110: " 3/20  candidate  lru-cache #1             failed      $0.0617  41 s  TestEvictsTheOldest failed: want 3 entr…",
		210: " 3/20  candidate  lru-cache #1                      failed      $0.0617  41 s  TestEvictsTheOldest failed: want 3 entries, got 4  see " + f.Logs,
	} {
		if got := report.Line(f, width); got != want {
			t.Errorf("at %d columns:\n%s\nwant\n%s", width, got, want)
		}
	}
	f.Trial.Task, f.Trial.Reason, f.Trial.Try = "schemelike-metacircular-eval-"+evil, evil+"世界", 2
	for width := 20; width < 250; width++ {
		if line := report.Line(f, width); runewidth.StringWidth(line) > width || strings.ContainsAny(line, "\n\x1b") {
			t.Errorf("at %d columns: %q", width, line)
		}
	}
}
