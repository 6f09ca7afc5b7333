package report_test

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// labels are what tables call the document's metrics.
var labels = map[compare.Metric]string{
	compare.CostPerSolved: "Cost per solved task", compare.PassRate: "Pass rate", compare.TypicalCost: "Typical cost of a task",
	compare.TotalCost: "Every task once", compare.ToolErrorRate: "Tool error rate", compare.ActiveTime: "Active time",
	compare.Tokens: "Tokens", compare.Requests: "Model requests", compare.ToolCalls: "Tool calls", compare.Lines: "Lines of code",
	compare.LinesAdded: "Lines added", compare.LinesRemoved: "Lines removed", compare.CacheUtilization: "Cache utilization",
}

// documentAgrees reads the numbers of the JSON document as somebody else's
// program would, and compares them with those that the text prints, to the last
// digit printed. The Markdown's cells are the text's.
func documentAgrees(t *testing.T, seed uint64, v gate.Verdict, shown map[report.Format]string) {
	t.Helper()
	var document bytes.Buffer
	if err := report.JSON(&document, v); err != nil {
		t.Fatal(err)
	}
	var d gate.Verdict
	if err := json.Unmarshal(document.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	text, comment := shown[report.FormatText], shown[report.FormatMarkdown]
	for name, m := range d.Metrics {
		row := rowOf(text, labels[name])
		if row == nil {
			t.Errorf("gate %d: the text has no row of %s:\n%s", seed, name, text)
			continue
		}
		for i, value := range []*float64{m.Baseline, m.Candidate} {
			same(t, seed, labels[name], row[1+i], value, 0)
		}
		change, isRatio := m.Delta, 0.0
		if m.Ratio != nil {
			change, isRatio = m.Ratio, 1
		}
		same(t, seed, labels[name]+", change", row[3], change, isRatio)
		if low, high, found := strings.Cut(row[4], " to "); found {
			if isRatio == 0 {
				low += " pts"
			}
			same(t, seed, labels[name]+", low", low, m.Low, isRatio)
			same(t, seed, labels[name]+", high", high, m.High, isRatio)
		} else if m.Low != nil || m.High != nil {
			t.Errorf("gate %d: the text has no interval of %s: %q", seed, name, row)
		}
		for _, cell := range row[1:] {
			if !strings.Contains(comment, "| "+cell+" |") && !strings.Contains(comment, "| **"+cell+"** |") {
				t.Errorf("gate %d: no cell of the Markdown has %q of %s:\n%s", seed, cell, name, comment)
			}
		}
	}
	moneyAgrees(t, seed, d, text)
}

// rowOf is the table row with a label, as cells; nil when there is none.
func rowOf(text, label string) []string {
	gaps := regexp.MustCompile(` {2,}`)
	for line := range strings.Lines(text) {
		if cells := gaps.Split(strings.TrimSpace(line), -1); cells[0] == label && len(cells) == 7 {
			return cells
		}
	}
	return nil
}

// moneyAgrees looks at the line that says what the trials cost.
func moneyAgrees(t *testing.T, seed uint64, d gate.Verdict, text string) {
	t.Helper()
	counted := 0.0
	for _, task := range d.Tasks {
		if task.Candidate.CostUSD != nil {
			counted += *task.Candidate.CostUSD
		}
	}
	for pattern, value := range map[string]*float64{
		`Candidate: (\d+) of \d+ trials? counted`:       ptr(float64(d.TrialsUsed)),
		`Candidate: \d+ of ([\d,]+) trials? counted`:    ptr(float64(d.TrialsPlanned)),
		`Candidate: .* counted, (\$[\d.,]+?)[;.]?(;|$)`: &counted,
		`all that ran (\$[\d.,]+?)[;.]?(;|$)`:           d.USDUsed,
		`about (\$[\d.,]+?) saved`:                      d.USDSaved,
		`exit code (\d+)`:                               ptr(float64(d.ExitCode)),
	} {
		if found := regexp.MustCompile("(?m)" + pattern).FindStringSubmatch(text); found != nil {
			same(t, seed, pattern, found[1], value, 0)
		}
	}
}

// same compares a printed number with the document's. base is the value of "no
// change" to which percentages are added: 1 for ratios.
func same(t *testing.T, seed uint64, what, printed string, value *float64, base float64) {
	t.Helper()
	words := printed == "not known" || printed == "none solved" || printed == "–"
	switch {
	case value == nil || words:
		if value != nil || !words {
			t.Errorf("gate %d, %s: printed %q, the document has %v", seed, what, printed, value)
		}
	case printed == "<$0.0001":
		if *value >= 0.0001 {
			t.Errorf("gate %d, %s: printed %q, the document has %v", seed, what, printed, *value)
		}
	default:
		x, digit := readPrinted(t, printed, base)
		if math.Abs(x-*value) > digit/2+1e-9*math.Abs(*value) {
			t.Errorf("gate %d, %s: printed %q, which is %v, the document has %v", seed, what, printed, x, *value)
		}
	}
}

// readPrinted reads a number as people do, and gives the size of its last digit.
func readPrinted(t *testing.T, printed string, base float64) (x, digit float64) {
	t.Helper()
	parts := regexp.MustCompile(`^([+−]?)([$×]?)([\d,]+)(\.\d+)?(%| pts|k|M|B| s| min| h)?$`).FindStringSubmatch(printed)
	if parts == nil {
		t.Fatalf("%q is no number that a report prints", printed)
	}
	x, err := strconv.ParseFloat(strings.ReplaceAll(parts[3], ",", "")+parts[4], 64)
	if err != nil {
		t.Fatal(err)
	}
	digit = math.Pow(10, -float64(max(len(parts[4])-1, 0)))
	if parts[1] == "−" {
		x = -x
	}
	unit := map[string]float64{"%": 0.01, " pts": 0.01, "k": 1e3, "M": 1e6, "B": 1e9, " min": 60, " h": 3600}[parts[5]]
	if unit == 0 {
		unit = 1
	}
	if base == 1 && parts[5] == "%" {
		return 1 + x*unit, digit * unit
	}
	return x * unit, digit * unit
}

// shortAgrees holds the default report to the full one: it begins with the
// headline, and each row and the money are the same.
func shortAgrees(t *testing.T, seed uint64, v gate.Verdict, full string) {
	t.Helper()
	short := textOf(t, v, report.TextOptions{Width: 4000})
	if first, _, _ := strings.Cut(short, "\n"); first != v.Headline {
		t.Errorf("gate %d: the report begins with %q, the headline is %q", seed, first, v.Headline)
	}
	for name, m := range v.Metrics {
		got, want := rowOf(short, labels[name]), rowOf(full, labels[name])
		if got == nil && (m.Gated || name == compare.CostPerSolved) && v.Outcome != gate.NotMeasured && v.Outcome != gate.Incomparable {
			t.Errorf("gate %d: the short report has no row of %s:\n%s", seed, name, short)
		}
		if got != nil && strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("gate %d: the short report says %q, the full one %q", seed, got, want)
		}
	}
	for line := range strings.Lines(short) {
		if strings.HasPrefix(line, "Candidate: ") && !strings.Contains(full, strings.TrimSpace(line)) {
			t.Errorf("gate %d: the full report does not say %q:\n%s", seed, line, full)
		}
	}
	for _, warning := range v.Warnings[:min(1, len(v.Warnings))] {
		if !strings.Contains(short, "Warning: "+warning) {
			t.Errorf("gate %d: the short report does not say %q:\n%s", seed, warning, short)
		}
	}
	var again bytes.Buffer
	if err := report.JSON(&again, v); err != nil {
		t.Fatal(err)
	}
	if stored, err := report.Decode(&again, "verdict.json"); err != nil || textOf(t, stored, report.TextOptions{Width: 4000}) != short {
		t.Errorf("gate %d: the stored verdict reads differently, %v; want\n%s", seed, err, short)
	}
	if steps := strings.Count(short, "\nNext: "); steps != 1 {
		t.Errorf("gate %d: %d next steps:\n%s", seed, steps, short)
	}
	if lines := strings.Count(textOf(t, v, report.TextOptions{}), "\n"); lines > 14 {
		t.Errorf("gate %d: the short report has %d lines:\n%s", seed, lines, textOf(t, v, report.TextOptions{}))
	}
}
