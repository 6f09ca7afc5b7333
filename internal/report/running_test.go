package report_test

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

func underWay() report.Running {
	return report.Running{
		Candidate: report.RunningArm{Name: "model-b", Solved: 7, Trials: 12, CostPerSolvedUSD: ptr(0.34)},
		Baseline:  &report.RunningArm{Name: "model-a", Solved: 17, Trials: 18, CostPerSolvedUSD: ptr(0.22), Stored: true},
		Done:      12, Least: 12, Most: 30, USD: ptr(2.61), LimitUSD: ptr(15.0), Odds: ptr(0.84), SecondsLeft: ptr(360.0),
		Started: time.Date(2026, 11, 23, 15, 2, 40, 0, time.FixedZone("", 3600)),
	}
}

// Each is what a comment says before there is a verdict, or in place of one.
func TestCommentsWithoutAVerdict(t *testing.T) {
	alone := underWay()
	alone.Baseline, alone.Odds = nil, nil
	begun := report.Running{Candidate: report.RunningArm{Name: "model-b"}, Baseline: &report.RunningArm{Name: "model-a"}, Most: 30, LimitUSD: ptr(15.0)}
	markdown := func(text string) func(*bytes.Buffer) error {
		return func(b *bytes.Buffer) error { b.WriteString(text); return nil }
	}
	stopped := func(s report.Stopped) func(*bytes.Buffer) error { return markdown(s.Markdown() + s.Title() + "\n") }
	renders(t, "no_verdict", []rendering{
		{"begun.md", markdown(begun.Markdown() + begun.Title() + "\n")},
		{"running.md", markdown(underWay().Markdown() + underWay().Title() + "\n")},
		{"running_alone.md", markdown(alone.Markdown())},
		{"cancelled.md", stopped(report.Stopped{How: report.Cancelled, Done: 12, Most: 30, USD: ptr(2.61)})},
		{"cancelled_early.md", stopped(report.Stopped{How: report.Cancelled})},
		{"superseded.md", stopped(report.Stopped{How: report.Superseded, Why: "the pull request's head is now 9f8e7d6", Done: 1, Most: 1, USD: ptr(0.0)})},
		{"died.md", stopped(report.Stopped{})},
		{"failed.md", stopped(report.Stopped{How: report.Failed, Why: "the budget of $15.00 was reached before any task had a pair of trials", Done: 3, Most: 30, USD: ptr(15.0)})},
		{"failed_unsaid.md", stopped(report.Stopped{How: report.Failed})},
	})
}

func firstMeasurement(tasks int) report.First {
	h := header("first-1", baselines.Candidate, "claude-opus-4-8", nil)
	h.Limits.Attempts = 3
	run := &baselines.Run{Header: h}
	for task := range tasks {
		id := "task-" + strings.Repeat("x", task%7) + string(rune('a'+task%26)) + time.Duration(task).String()
		run.Header.Suite.Tasks = append(run.Header.Suite.Tasks, baselines.Task{ID: id, Tier: "easy"})
		for attempt := range 3 {
			run.Trials = append(run.Trials, baselines.Trial{
				Seq: len(run.Trials) + 1, Task: id, Attempt: attempt + 1, Try: 1, Ended: baselines.Finished, Solved: ptr((task+attempt)%4 != 0),
				CostUSD: &baselines.CostUSD{Main: 0.1 + 0.01*float64(task%9) + 0.02*float64(attempt)},
			})
		}
	}
	return report.First{Run: run, Save: "benchgate baseline save runs/first-1", Dir: "runs/first-1", Least: 3}
}

func TestAFirstMeasurementAsAComment(t *testing.T) {
	f := firstMeasurement(4)
	renders(t, "first", []rendering{{"comment.md", func(b *bytes.Buffer) error {
		b.WriteString(f.Comment(60_000) + f.Title() + "\n")
		return nil
	}}})
}

// What was paid for is never lost to a limit of size.
func TestAFirstMeasurementFits(t *testing.T) {
	f := firstMeasurement(2000)
	for _, most := range []int{60_000, 3000, 1500, 500, 40, 0} {
		text := f.Comment(most)
		if len(text) > most || !utf8.ValidString(text) {
			t.Errorf("%d bytes where at most %d fit", len(text), most)
		}
		if most >= 500 && !strings.HasPrefix(text, "### 📏 First measurement of opus-4-8: 75.0% solved") {
			t.Errorf("within %d bytes: %.80q", most, text)
		}
		if shorter := strings.Contains(text, "shortened to fit"); most >= 1500 && !shorter {
			t.Errorf("within %d bytes nothing says that something is left out", most)
		}
	}
}

func TestWhatIsSaidBesideLines(t *testing.T) {
	v := regression()
	v.Findings = []gate.Finding{{Metric: "pass_rate", Status: gate.Worse}, {Metric: "typical_cost", Status: gate.NoWorse}}
	v.Tasks[3].Baseline, v.Tasks[3].Candidate = side(3, 3, 1, nil), side(1, 3, 1, nil) // by two attempts
	v.Tasks[4].Baseline, v.Tasks[4].Candidate = side(3, 3, 1, nil), side(2, 3, 1, nil) // by one
	v.Tasks[5].Baseline, v.Tasks[5].Candidate = side(5, 5, 1, nil), side(0, 2, 1, nil) // by two of two
	v.Tasks[6].Baseline, v.Tasks[6].Candidate = side(5, 5, 1, nil), side(0, 0, 1, nil) // not measured
	notes := report.Notes(v)
	var said []string
	for _, n := range notes {
		said = append(said, string(n.Rule)+n.Task+": "+n.Text)
	}
	want := []string{
		"pass_rate: Pass rate: 70.0% → 50.0%, −20.0 pts (90% interval −35.0 to −4.0 pts); the margin is −20.0 pts",
		"debug-long-program: solved 1 of 3 attempts, 3 of 3 before: a hint, not a finding",
		"schemelike-metacircular-eval: solved 0 of 2 attempts, 5 of 5 before: a hint, not a finding",
	}
	if got := strings.Join(said, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("said:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
	if notes := report.Notes(pass()); len(notes) > 0 {
		t.Errorf("beside a pass: %+v", notes)
	}
}

// Dollars of two dates are compared as they were paid: whoever reads the difference
// should know that a price has moved between them.
func TestAPriceOfAnotherDateIsNoted(t *testing.T) {
	v := pass()
	rates := func(input float64) map[string]baselines.Rates {
		return map[string]baselines.Rates{"model-a": {Input: input, Output: 25}, "same": {Input: 1, Output: 2}}
	}
	v.Baseline.Created = time.Date(2026, 11, 9, 3, 0, 0, 0, time.UTC)
	v.Baseline.Prices.Rates, v.Candidate.Prices.Rates = rates(5), rates(5)
	v.Candidate.Prices.Rates["only the candidate's"] = baselines.Rates{Input: 3}
	if notes := report.Notes(v); len(notes) > 0 {
		t.Errorf("of the same prices it says %+v", notes)
	}
	v.Candidate.Prices.Rates = rates(4)
	notes := report.Notes(v)
	const want = "model-a has another price than on the day of the baseline (2026-11-09): $5.00 → $4.00 input, $25.00 → $25.00 output per million tokens"
	if len(notes) != 1 || !notes[0].Candidate || notes[0].Text != want {
		t.Errorf("it says %+v, want %s", notes, want)
	}
}

func TestAnAcceptedRegressionSaysSoFirst(t *testing.T) {
	var b bytes.Buffer
	if err := report.Markdown(&b, regression(), report.MarkdownOptions{Heading: "❌→☑️ Regression accepted by `m` until 2026-12-02"}); err != nil {
		t.Fatal(err)
	}
	if want := "### ❌→☑️ Regression accepted by `m` until 2026-12-02: opus-4-8 solves 50%"; !strings.HasPrefix(b.String(), want) {
		t.Errorf("it begins with %.120q", b.String())
	}
	if title := report.AcceptedTitle(regression(), time.Date(2026, 12, 2, 1, 0, 0, 0, time.UTC)); title != "accepted until 2026-12-02: +53.8% per solved task" {
		t.Errorf("title %q", title)
	}
	if title := report.AcceptedTitle(zeroSolved(), time.Date(2026, 12, 2, 1, 0, 0, 0, time.UTC)); title != "accepted until 2026-12-02: 50% → 0% solved" {
		t.Errorf("title %q", title)
	}
}
