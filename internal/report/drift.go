package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/benchgate/benchgate/gate"
)

// ExplainDrift fills in the report's headline.
func ExplainDrift(r *gate.DriftReport) { r.Headline = driftHeadline(*r) }

// Drift writes what a series of nights says, in text, Markdown or JSON.
func Drift(w io.Writer, r gate.DriftReport, format Format, opts Options) error {
	var text string
	switch format {
	case FormatJSON:
		return writeJSON(w, r)
	case FormatMarkdown:
		text = DriftMarkdown(r, defaultMaxBytes)
	case FormatText:
		return driftText(w, r, opts.Text)
	default:
		return fmt.Errorf("format is %q, want text, json or markdown", format)
	}
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	return nil
}

func driftHeadline(r gate.DriftReport) string {
	name := orNotKnown(variantName(r.Variant))
	switch r.State {
	case gate.DriftFound:
		return "Drift: " + name + " " + strings.Join(driftClauses(r), ", and ")
	case gate.DriftSteady:
		return "No drift: " + name + " is as it was" + asItWas(r)
	}
	return fmt.Sprintf("Too few nights of %s: %s of %d are there, and the first %d say how it was",
		name, count(float64(len(r.Nights))), r.LearningNights+1, r.LearningNights)
}

// driftClauses are the alarms that hold: "solves 42% instead of 80% since
// 2026-09-21".
func driftClauses(r gate.DriftReport) []string {
	var out []string
	if m := r.PassRate; m.Alarm && m.Now != nil && m.Before != nil {
		out = append(out, "solves "+wholePercent(*m.Now)+" instead of "+wholePercent(*m.Before)+sinceWhen(m))
	}
	if m := r.Cost; m.Alarm && m.Ratio != nil {
		before, now := dollarsBeforeAndNow(*m.Before, *m.Now)
		out = append(out, "costs "+costChange(*m.Ratio)+" a task ("+before+" → "+now+")"+sinceWhen(m))
	}
	return out
}

func sinceWhen(m gate.DriftMetric) string {
	if m.Since == nil {
		return ""
	}
	return " since " + m.Since.Created.UTC().Format(time.DateOnly) + " (" + plural(m.Since.Nights, "night") + ")"
}

func asItWas(r gate.DriftReport) string {
	if r.PassRate.Now == nil {
		return ""
	}
	text := " (" + wholePercent(*r.PassRate.Now) + " solved"
	if r.Cost.Now != nil {
		text += ", " + dollars(*r.Cost.Now) + " a task"
	}
	return text + ")"
}

// driftAbout is what was watched.
func driftAbout(r gate.DriftReport) string {
	parts := []string{plain(r.Suite, titleName), plural(r.Tasks, "task"), agentName(r.Variant.Agent), plain(r.Variant.Model, titleName)}
	nights := plural(len(r.Nights), "night")
	if r.State != gate.DriftLearning {
		nights += fmt.Sprintf(", of which the first %d say how it was", r.LearningNights)
	}
	return strings.Join(slices.DeleteFunc(append(parts, nights), func(s string) bool { return s == "" }), " · ")
}

// driftRow is one metric: what it is, before, now, change, evidence, what it says.
func driftRow(label string, m gate.DriftMetric) []string {
	format, change := percent, notKnown
	if m.Unit == "usd" {
		format = dollars
	}
	switch {
	case m.Delta != nil:
		change = points(*m.Delta)
	case m.Ratio != nil:
		change = ratioChange(*m.Ratio)
	}
	says := "· no alarm"
	if m.Alarm {
		says = "✗ worse" + sinceWhen(m)
	}
	return []string{label, known(m.Before, format), known(m.Now, format), change, threeDigits(m.Sum) + " of " + threeDigits(m.AlarmAt), says}
}

var driftTitles = []string{"", "before", "now", "change", "evidence", ""}

func driftRows(r gate.DriftReport) [][]string {
	if r.State == gate.DriftLearning {
		return nil
	}
	return [][]string{driftRow("Pass rate", r.PassRate), driftRow("Typical cost of a task", r.Cost)}
}

// driftNext is what to do.
func driftNext(r gate.DriftReport) string {
	switch r.State {
	case gate.DriftFound:
		return "an alarm is a reason to measure, not a verdict: measure a known-good variant again live, or look at the tasks of the last nights; a change that is accepted is left behind with --since"
	case gate.DriftLearning:
		return "store a run of the same variant each night (baseline save); " + plural(r.LearningNights+1-len(r.Nights), "night") + " to go"
	}
	return ""
}

// driftChance says how much an alarm is worth.
func driftChance() string {
	return fmt.Sprintf("Where nothing changes, up to %s in ten years have an alarm (ten tasks, one attempt a night; docs/statistics.md, nightly drift)",
		count(gate.DriftFalseYears*10))
}

func driftText(w io.Writer, r gate.DriftReport, opts TextOptions) error {
	t := &text{painter: painter(opts.Color), width: opts.width(), flat: true}
	t.wrapped(strong, "", "", driftHeadline(r))
	t.wrapped(faint, "", "", driftAbout(r))
	if rows := driftRows(r); rows != nil {
		t.gap()
		table := &table{columns: []column{{}, {title: "before", right: true}, {title: "now", right: true}, {title: "change", right: true}, {title: "evidence", right: true, drop: 1}, {}}}
		for _, row := range rows {
			var cells []cell
			for _, text := range row {
				cells = append(cells, cell{text: text})
			}
			table.rows = append(table.rows, cells)
		}
		table.fit(t.inner())
		for _, line := range table.lines(t.painter) {
			t.line(line)
		}
		t.gap()
		t.line("Solved, night by night: " + nightStrip(r.Nights))
	}
	for _, line := range driftBeside(r) {
		t.wrapped(normal, "", "  ", line)
	}
	if next := driftNext(r); next != "" {
		t.wrapped(normal, "Next: ", "  ", next)
	}
	if r.State != gate.DriftLearning {
		t.wrapped(faint, "", "  ", driftChance())
	}
	return t.flush(w)
}
