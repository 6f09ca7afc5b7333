package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// metricKind is what a report knows about a metric by its name in the verdict
// document.
type metricKind struct {
	name         compare.Metric
	label        string
	main         bool // in the short table, always
	higherBetter bool
	foreign      bool // a name we do not know: its label is the document's
}

// metricKinds is the order of every report: cost per solved task first.
var metricKinds = []metricKind{
	{name: compare.CostPerSolved, label: "Cost per solved task", main: true},
	{name: compare.PassRate, label: "Pass rate", main: true, higherBetter: true},
	{name: compare.TypicalCost, label: "Typical cost of a task", main: true},
	{name: compare.TotalCost, label: "Every task once", main: true},
	{name: compare.ToolErrorRate, label: "Tool error rate"},
	{name: compare.ActiveTime, label: "Active time"},
	{name: compare.Tokens, label: "Tokens"},
	{name: compare.Requests, label: "Model requests"},
	{name: compare.ToolCalls, label: "Tool calls"},
	{name: compare.Lines, label: "Lines of code"},
	{name: "lines_added", label: "Lines added"},
	{name: "lines_removed", label: "Lines removed"},
	{name: compare.CacheUtilization, label: "Cache utilization", higherBetter: true},
}

// metricView is one metric as strings, ready for any layout.
type metricView struct {
	metricKind
	baseline, candidate string
	change              string // "" when there is none
	interval            string // "" when none exists
	margin              string // "not gated" when the metric decides nothing
	status              gate.Status
	note                string
	source              gate.Metric
}

// metricViews returns the document's metrics in report order. A gated metric
// belongs to the short table whatever it is; a name we do not know comes last.
func metricViews(v gate.Verdict) []metricView {
	var views []metricView
	for _, kind := range kindsOf(v.Metrics) {
		m := v.Metrics[kind.name]
		kind.main = kind.main || m.Gated
		views = append(views, viewMetric(kind, m, v))
	}
	slices.SortStableFunc(views, func(a, b metricView) int { return cmp.Compare(rank(a), rank(b)) })
	return views
}

func rank(m metricView) int {
	if m.main {
		return 0
	}
	return 1
}

func kindsOf(metrics map[compare.Metric]gate.Metric) []metricKind {
	var kinds []metricKind
	seen := make(map[compare.Metric]bool)
	for _, kind := range metricKinds {
		seen[kind.name] = true
		if _, ok := metrics[kind.name]; ok {
			kinds = append(kinds, kind)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(metrics)) {
		if !seen[name] {
			kinds = append(kinds, metricKind{name: name, label: strings.ReplaceAll(plain(string(name), maxName), "_", " "), foreign: true})
		}
	}
	return kinds
}

func viewMetric(kind metricKind, m gate.Metric, v gate.Verdict) metricView {
	if _, apart := v.Metrics[compare.LinesAdded]; kind.name == compare.Lines && !apart {
		kind.label = "Lines added" // which older documents have under this name
	}
	format := unitFormat(m.Unit)
	view := metricView{
		metricKind: kind,
		baseline:   known(m.Baseline, format),
		candidate:  known(m.Candidate, format),
		margin:     "not gated",
		status:     m.Status,
		note:       plain(m.Note, maxProse),
		source:     m,
	}
	if m.Unit == "usd" && m.Baseline != nil && m.Candidate != nil {
		view.baseline, view.candidate = dollarsBeforeAndNow(*m.Baseline, *m.Candidate)
	}
	if m.Delta != nil {
		view.change = points(*m.Delta)
	} else if m.Ratio != nil {
		view.change = ratioChange(*m.Ratio)
	}
	if m.Low != nil && m.High != nil {
		view.interval = span(*m.Low, *m.High, m.Delta == nil)
	}
	if m.Gated {
		view.margin = marginText(kind, m)
	}
	if kind.name == compare.CostPerSolved {
		view.explainZeroSolved(m, v)
	}
	return view
}

// explainZeroSolved says why a cost per solved task is absent where nothing
// was solved: the money is known, the quotient does not exist.
func (view *metricView) explainZeroSolved(m gate.Metric, v gate.Verdict) {
	base, cand := solvedNothing(v)
	if base && m.Baseline == nil {
		view.baseline = "none solved"
	}
	if cand && m.Candidate == nil {
		view.candidate = "none solved"
	}
	if view.note == "" && (base && m.Baseline == nil || cand && m.Candidate == nil) {
		view.note = "no solved task, so it has no value"
	}
}

// notes are what the gate remarks on metrics, a remark that several share
// once: "Tokens, Tool calls: totals over ...".
func notes(views []metricView) []string {
	labels := make(map[string][]string)
	var order []string
	for _, view := range views {
		if view.note == "" {
			continue
		}
		if labels[view.note] == nil {
			order = append(order, view.note)
		}
		labels[view.note] = append(labels[view.note], view.label)
	}
	var lines []string
	if slices.ContainsFunc(views, func(v metricView) bool { return v.name == compare.TypicalCost && v.change != "" }) {
		lines = append(lines, "Typical cost of a task: the values are geometric means over tasks, in which a dear task weighs no more than a cheap one")
	}
	for _, note := range order {
		lines = append(lines, strings.Join(labels[note], ", ")+": "+note)
	}
	return lines
}

func unitFormat(unit string) func(float64) string {
	switch unit {
	case "usd":
		return dollars
	case "fraction", "errors_per_call":
		return percent
	case "seconds":
		return duration
	case "tokens":
		return tokens
	default:
		return count
	}
}

// marginText is the worst change the gate accepts, in the metric's own form.
func marginText(kind metricKind, m gate.Metric) string {
	switch {
	case m.Margin == nil:
		return notKnown
	case m.Unit != "fraction":
		return ratioChange(*m.Margin)
	case kind.higherBetter:
		return points(-*m.Margin)
	default:
		return points(*m.Margin)
	}
}

// intervalTitle is the column's title: with the level when all intervals
// share one.
func intervalTitle(views []metricView) string {
	level := 0.0
	for _, view := range views {
		switch {
		case view.interval == "" || view.source.Level == 0 || view.source.Level == level:
		case level == 0:
			level = view.source.Level
		default:
			return "interval"
		}
	}
	if level == 0 {
		return "interval"
	}
	return probability(level) + " interval"
}

// numbersOf is a metric in one line.
func numbersOf(m metricView) string {
	numbers := m.baseline + " → " + m.candidate
	if m.change != "" {
		numbers += ", " + m.change
	}
	if m.interval != "" {
		numbers += " (" + m.interval + ")"
	}
	if !m.source.Gated {
		return numbers + ", not gated"
	}
	return numbers + ", margin " + m.margin
}
