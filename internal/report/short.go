package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// shortLines is how long a short report may become by listing warnings, in
// lines. There is always room for one warning.
const shortLines = 12

// short is the report that fits a glance and a CI log: the verdict in a
// sentence, what the gate judged, what moved, the money, and what to do next.
func (t *text) short(v gate.Verdict, opts TextOptions) {
	views, tasks := metricViews(v), taskViews(v)
	t.headline(v, outcomeStyle(v.Outcome))
	t.judged(v, views)
	if len(tasks) > 0 {
		t.wrapped(normal, "", "  ", whatMoved(views, tasks, t.inner()))
	}
	if line := whyLine(v); line != "" {
		t.wrapped(normal, "Why: ", "  ", line)
	}
	if line := integrityLine(v); line != "" {
		t.wrapped(doubtful, "Integrity: ", "  ", line)
	}
	t.wrapped(faint, "", "  ", moneyAndCode(v))
	var last []string
	if step := next(v, opts.Save); step != "" {
		last = t.paragraph(normal, "Next: ", "  ", step)
	}
	last = append(last, t.paragraph(faint, "Everything: ", "  ", cmp.Or(opts.InFull, "the same with --full"))...)
	t.shortWarnings(prose(v.Warnings), shortLines-t.lines-len(last))
	for _, line := range last {
		t.line(line)
	}
}

// judged is the table of cost per solved task and of what is gated, or one
// block a metric where that is too wide.
func (t *text) judged(v gate.Verdict, views []metricView) {
	views = slices.DeleteFunc(slices.Clone(views), func(m metricView) bool { return !m.source.Gated && !shownShort(v, m) })
	if len(views) == 0 {
		return
	}
	base, cand := armNames(v)
	t.gap()
	t.flat = false // the indent sets the table off
	t.metricRows(shorten(base, shortName)+" → "+shorten(cand, shortName), views)
	t.flat = true
}

// shortName is the widest name in the short table's corner, in columns.
const shortName = 20

// shownShort are metrics that are shown although they are not gated: the first
// of all, and the bill where it keeps a pass back or nearly did.
func shownShort(v gate.Verdict, m metricView) bool {
	if m.name == compare.TotalCost {
		return slices.ContainsFunc(slices.Concat(v.Held, v.Caveats), func(f compare.Fact) bool {
			return f.Code == gate.BillWorse || f.Code == gate.BillHigh
		})
	}
	return m.name == compare.CostPerSolved
}

// whatMoved counts the tasks that broke; where there are none and costs alone are
// worse, it names those that made the change in dollars.
func whatMoved(views []metricView, tasks []taskView, width int) string {
	moved := movedTasks(tasks)
	if shares := dearer(tasks); shares != "" && len(moved.broke)+len(moved.mended) == 0 && costsAlone(views) {
		return capital(moved.words()) + "; " + shares
	}
	return moved.line(width)
}

// costsAlone reports that the gate found a cost to be worse, and nothing else.
func costsAlone(views []metricView) bool {
	worse := func(usd bool) bool {
		return slices.ContainsFunc(views, func(m metricView) bool {
			return m.source.Gated && m.status == gate.Worse && (m.source.Unit == "usd") == usd
		})
	}
	return worse(true) && !worse(false)
}

// shortWarnings gives each warning a line as long as there are lines, and
// counts the others.
func (t *text) shortWarnings(warnings []string, lines int) {
	shown := min(len(warnings), max(lines, 1))
	for i, warning := range warnings[:shown] {
		more := ""
		if rest := len(warnings) - shown; rest > 0 && i == shown-1 {
			more = fmt.Sprintf(" (and %s more)", count(float64(rest)))
		}
		t.line(t.paint(doubtful, "Warning: ") + cutWords(warning, t.inner()-len("Warning: ")-len(more)) + more)
	}
}
