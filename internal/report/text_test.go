package report_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

func textOf(t *testing.T, v gate.Verdict, opts report.TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := text(v, opts)(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestNoLineIsWiderThanTheTerminal(t *testing.T) {
	for _, story := range stories {
		for width := 40; width <= 130; width += 3 {
			for _, full := range []bool{false, true} {
				for i, line := range strings.Split(textOf(t, story.verdict(), report.TextOptions{Width: width, Full: full}), "\n") {
					if n := utf8.RuneCountInString(line); n > width {
						t.Errorf("%s at %d columns, full %v: line %d has %d: %q", story.name, width, full, i+1, n, line)
					}
				}
			}
		}
	}
}

var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestColourChangesNothingButColour(t *testing.T) {
	trim := func(s string) string { // padding may be inside colour codes at a line's end
		lines := strings.Split(s, "\n")
		for i := range lines {
			lines[i] = strings.TrimRight(lines[i], " ")
		}
		return strings.Join(lines, "\n")
	}
	for _, story := range stories {
		for _, full := range []bool{false, true} {
			coloured := textOf(t, story.verdict(), report.TextOptions{Color: true, Full: full})
			got, want := trim(sgr.ReplaceAllString(coloured, "")), trim(textOf(t, story.verdict(), report.TextOptions{Full: full}))
			if got != want {
				t.Errorf("%s, full %v: without its colours the report is\n%s\nwant\n%s", story.name, full, got, want)
			}
		}
	}
}

// The runner obeys "::name::" at a line's beginning and "##[name]" anywhere;
// terminals obey escape sequences.
func TestNobodyElseSteersTerminalOrRunner(t *testing.T) {
	check := func(t *testing.T, out string) {
		t.Helper()
		for _, line := range strings.Split(out, "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
				t.Errorf("the runner takes this line for a command: %q", line)
			}
		}
		if strings.ContainsAny(out, "\x1b\x07\u202e") {
			t.Errorf("control characters came through: %q", out)
		}
	}
	for width := 40; width < 120; width++ {
		check(t, textOf(t, hostile(), report.TextOptions{Width: width}))
		check(t, textOf(t, hostile(), report.TextOptions{Width: width, Full: true}))
	}
	v := hostile()
	v.Headline = strings.Repeat("x", 46) + "::error::" + strings.Repeat("y", 50) + "##[group]" + " ::stop-commands::z"
	v.Warnings = []string{v.Headline}
	for width := 40; width < 70; width++ {
		check(t, textOf(t, v, report.TextOptions{Width: width}))
		check(t, textOf(t, v, report.TextOptions{Width: width, Full: true}))
	}
	check(t, report.Line(report.FinishedTrial{Trial: baselines.Trial{Task: evil, Reason: "\n::error::x"}, Logs: "\x1b[2J"}, 0))
}

func TestUnknownIsNeverZero(t *testing.T) {
	v := verdict(gate.Inconclusive, []gate.TaskRow{{ID: "a", Baseline: gate.TaskSide{Attempts: 1}, Candidate: gate.TaskSide{Attempts: 1, Solved: 1}}})
	v.Metrics = map[compare.Metric]gate.Metric{"total_cost": {Unit: "usd"}, "tokens": {Unit: "tokens"}, "active_time": {Unit: "seconds"}}
	for format, out := range everyFormat(t, v) {
		if zero.MatchString(out) {
			t.Errorf("%s prints a zero for what is not known:\n%s", format, out)
		}
		if !strings.Contains(out, "not known") {
			t.Errorf("%s does not say that costs are not known:\n%s", format, out)
		}
	}
}

var zero = regexp.MustCompile(`\$0\b|\b0(\.0)?( s\b|%)|\| 0 \||  0  `)

func everyFormat(t *testing.T, v gate.Verdict) map[report.Format]string {
	t.Helper()
	out := make(map[report.Format]string)
	for _, format := range []report.Format{report.FormatText, report.FormatMarkdown, report.FormatJUnit} {
		var b bytes.Buffer
		if err := report.Verdict(&b, v, format, report.Options{}); err != nil {
			t.Fatal(err)
		}
		out[format] = b.String()
	}
	return out
}

func TestCostPerSolvedComesFirst(t *testing.T) {
	for format, out := range everyFormat(t, inconclusive()) {
		if format == report.FormatJUnit {
			continue // has gated metrics only
		}
		cost, rate := strings.Index(strings.ToLower(out), "cost per solved task"), strings.Index(out, "Pass rate")
		if cost < 0 || rate < 0 || cost > rate {
			t.Errorf("%s: cost per solved task at %d, pass rate at %d", format, cost, rate)
		}
	}
}

func TestAnUnknownOutcomeIsNoPass(t *testing.T) {
	v := pass()
	v.Outcome = "fine"
	out := textOf(t, v, report.TextOptions{})
	if !strings.HasPrefix(out, "Not measured: ") {
		t.Errorf("outcome %q prints as\n%s", v.Outcome, out)
	}
}

func TestWriteErrorsComeBack(t *testing.T) {
	broken := errors.New("disk full")
	for _, format := range []report.Format{report.FormatText, report.FormatMarkdown, report.FormatJUnit, report.FormatJSON} {
		if err := report.Verdict(failingWriter{broken}, pass(), format, report.Options{}); !errors.Is(err, broken) {
			t.Errorf("%s: error is %v, want %v", format, err, broken)
		}
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

func FuzzText(f *testing.F) {
	f.Add(evil, "easy", 60)
	f.Add("::a", "##[b]", 40)
	f.Add("日本語", "e\u0301\u0301", 41)
	f.Fuzz(func(t *testing.T, hostile, tier string, width int) {
		v := regression()
		v.Tasks[0].ID, v.Tasks[0].Tier, v.Headline = hostile, tier, hostile+tier
		v.Candidate.Variant.Name = hostile
		short := textOf(t, v, report.TextOptions{Width: width % 200})
		for _, line := range strings.Split(short+textOf(t, v, report.TextOptions{Width: width % 200, Full: true}), "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") || strings.ContainsRune(line, 0x1b) {
				t.Errorf("hostile line %q", line)
			}
		}
	})
}

func ExampleText() {
	v := pass()
	v.Metrics, v.Warnings = nil, nil // the table is in the golden files
	if err := report.Text(os.Stdout, v, report.TextOptions{Width: 80}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Pass: a solved task costs 5% less with opus-4-8 ($1.06 → $1.01); solved 70% →
	// 72%
	// None of 10 tasks broke or mended
	// Candidate: 50 of 50 trials counted, $36.97; all that ran $37.40; exit code 0
	// Next: to switch to opus-4-8: benchgate baseline save DIR
	// Everything: the same with --full
}
