package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// MarkdownOptions say where the Markdown goes.
type MarkdownOptions struct {
	// MaxBytes is the longest output; 0 means 60,000, which leaves room for a
	// marker in an issue comment of GitHub (65,536 characters). A step
	// summary may have 1 MiB.
	MaxBytes int

	// Heading is Markdown that stands in the headline for the outcome's sign and
	// name, as when a person accepted it. Empty: those.
	Heading string
}

const defaultMaxBytes = 60_000

// Markdown writes the verdict as a GitHub comment or step summary. A verdict
// that was paid for is never lost to a size limit: the report leaves out rows,
// then tables, and says so, until it fits. The result is at most
// opts.MaxBytes long, whatever that is.
func Markdown(w io.Writer, v gate.Verdict, opts MarkdownOptions) error {
	limit := opts.MaxBytes
	if limit <= 0 {
		limit = defaultMaxBytes
	}
	if _, err := io.WriteString(w, shortened(v, opts.Heading, limit)); err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	return nil
}

// detail is how much a Markdown report says. The stages go from all to almost
// nothing.
type detail struct {
	tasks    int // rows of the task table; beyond them only what changed
	why      bool
	others   bool
	measured bool
	prose    int // reasons and warnings each
	table    bool
}

var stages = []detail{
	{tasks: 2000, why: true, others: true, measured: true, prose: 50, table: true},
	{tasks: 200, why: true, others: true, measured: true, prose: 50, table: true},
	{tasks: 50, why: true, others: true, measured: true, prose: 20, table: true},
	{tasks: 10, why: true, others: true, measured: true, prose: 10, table: true},
	{why: true, others: true, measured: true, prose: 10, table: true},
	{prose: 5, table: true},
	{prose: 2},
	{},
}

func shortened(v gate.Verdict, heading string, limit int) string {
	metrics, tasks := metricViews(v), taskViews(v)
	for i, d := range stages {
		if s := render(v, heading, metrics, tasks, d, i > 0); len(s) <= limit {
			return s
		}
	}
	return cutBytes(outcomeIcon(v.Outcome)+" "+outcomeWords(v.Outcome)+"\n", limit)
}

// cutBytes keeps at most limit bytes and no half character.
func cutBytes(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

func render(v gate.Verdict, heading string, metrics []metricView, tasks []taskView, d detail, cutShort bool) string {
	m := &markdown{}
	m.head(v, heading)
	if d.prose > 0 {
		m.alert(v)
	}
	m.differs(v, d.prose)
	if d.table {
		m.mainTable(v, metrics)
	}
	if d.prose > 0 {
		m.settleTable(v)
	}
	if d.prose > 0 {
		m.moved(movedTasks(tasks))
	}
	if d.why {
		m.why(v)
	}
	if v.Integrity.Any() && d.prose > 0 {
		m.block(escape(integrity(v)))
	}
	if failed := canaries(v); len(failed) > 0 && d.prose > 0 {
		m.details("Canaries that failed", func() { m.bullets("", failed, len(failed)) })
	}
	if len(v.Differences) == 0 { // which have a table
		m.findings(unsettled(prose(v.Reasons)), d.prose)
	}
	m.bullets("**Warnings**", prose(v.Warnings), d.prose)
	if step := next(v, ""); step != "" && v.Outcome != gate.Inconclusive { // of which the alert or a table says it
		m.block("**Next:** " + escape(step))
	}
	if d.others {
		m.intervals(metrics)
		m.otherMetrics(metrics)
	}
	if d.tasks > 0 {
		m.tasks(tasks, d.tasks)
	}
	if d.measured {
		m.measured(v)
	}
	m.foot(v, cutShort)
	return m.String()
}

// markdown collects the report's blocks.
type markdown struct{ strings.Builder }

func (m *markdown) block(text string) {
	if m.Len() > 0 {
		m.WriteByte('\n')
	}
	m.WriteString(text)
	m.WriteByte('\n')
}

func (m *markdown) head(v gate.Verdict, heading string) {
	name, rest := headlineOf(v)
	m.block("### " + strings.TrimSpace(cmp.Or(heading, outcomeIcon(v.Outcome)+" "+name)+": "+escape(rest)))
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// rows writes a table whose cells are Markdown already. align is one of
// "l", "r" per column.
func (m *markdown) rows(align string, titles []string, rows [][]string) {
	var b strings.Builder
	line := func(cells []string) {
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	line(titles)
	rules := make([]string, len(align))
	for i, a := range align {
		rules[i] = map[rune]string{'l': ":--", 'r': "--:"}[a]
	}
	line(rules)
	for _, row := range rows {
		line(row)
	}
	m.block(strings.TrimRight(b.String(), "\n"))
}

// mainTable is what every reader sees: cost per solved task, the pass rate,
// whatever is gated.
func (m *markdown) mainTable(v gate.Verdict, views []metricView) {
	base, cand := armNames(v)
	m.metricTable(besideName(base, "baseline"), besideName(cand, "candidate"), slices.DeleteFunc(slices.Clone(views), func(v metricView) bool { return !v.main }))
}

// besideName is a column's title: the variant's name and which arm it is.
func besideName(name, arm string) string {
	if name == arm || strings.HasSuffix(name, "("+arm+")") {
		return code(name)
	}
	return code(name) + " " + arm
}

func (m *markdown) metricTable(baseline, candidate string, views []metricView) {
	if len(views) == 0 {
		return
	}
	var rows [][]string
	for _, view := range views {
		rows = append(rows, metricRow(view))
	}
	m.rows("lrrrrrl", []string{"", baseline, candidate, "change", intervalTitle(views), "margin", ""}, rows)
	for _, note := range notes(views) {
		m.block("<sub>" + escape(note) + "</sub>")
	}
}

func metricRow(view metricView) []string {
	mark, words := view.statusWords()
	status := mark + " " + words
	if view.source.Gated {
		status = "**" + status + "**"
	}
	label := escape(view.label)
	if view.name == compare.CostPerSolved {
		label = "**" + label + "**"
	}
	return []string{label, escape(view.baseline), escape(view.candidate), unbroken(escape(orDash(view.change))), unbroken(orDash(view.interval)), unbroken(view.margin), unbroken(status)}
}

// unbroken keeps a short cell on one line, where GitHub would make room for others.
func unbroken(cell string) string { return strings.ReplaceAll(cell, " ", "&nbsp;") }

func (m *markdown) bullets(title string, items []string, limit int) {
	if len(items) == 0 || limit == 0 {
		return
	}
	var b strings.Builder
	if title != "" {
		b.WriteString(title + "\n\n")
	}
	for _, item := range items[:min(limit, len(items))] {
		b.WriteString("- " + escape(item) + "\n")
	}
	if rest := len(items) - limit; rest > 0 {
		b.WriteString("- and " + count(float64(rest)) + " more\n")
	}
	m.block(strings.TrimRight(b.String(), "\n"))
}

// findings are folded: what decided is in the alert.
func (m *markdown) findings(items []string, limit int) {
	if len(items) > 0 && limit > 0 {
		m.details(capital(plural(len(items), "finding")), func() { m.bullets("", items, limit) })
	}
}

// details folds blocks. GitHub needs the empty lines to read Markdown inside.
func (m *markdown) details(summary string, inside func()) {
	m.block("<details><summary>" + summary + "</summary>")
	inside()
	m.block("</details>")
}

// intervals shows the strips of the terminal report, where they align.
func (m *markdown) intervals(views []metricView) {
	drawn := stripped(views)
	if len(drawn) == 0 {
		return
	}
	var lines []string
	lines = append(lines, pad("", 24, false)+strings.TrimRight(stripAxis(), " "))
	for _, view := range drawn {
		lines = append(lines, pad(view.label, 24, false)+strip(view))
	}
	m.details("Intervals, in units of each margin", func() {
		m.block("```text\n" + strings.Join(lines, "\n") + "\n```")
	})
}

func (m *markdown) otherMetrics(views []metricView) {
	others := slices.DeleteFunc(slices.Clone(views), func(v metricView) bool { return v.main })
	if len(others) == 0 {
		return
	}
	m.details(plural(len(others), "other metric")+", not gated", func() { m.metricTable("baseline", "candidate", others) })
}

func (m *markdown) tasks(views []taskView, limit int) {
	if len(views) == 0 {
		return
	}
	shown, rest := pick(views, limit)
	m.details(capital(movedTasks(views).words()), func() {
		if len(shown) > 0 {
			m.rows("llrrrrrrl", []string{"task", "tier", "solved before", "solved now", "cost of a trial before", "now", "share of change in \\$", "without it, per solved", "not finished"}, taskRows(shown))
		}
		if rest > 0 {
			m.block(restOfTasks(rest, len(shown)))
		}
		m.block("<sub>" + capital(meaningOfBroke) + ". A single task's change is a hint, not a finding.</sub>")
	})
}

func taskRows(views []taskView) [][]string {
	var rows [][]string
	for _, view := range views {
		mark := map[int]string{-1: "▼ ", 1: "▲ "}[view.trend]
		rows = append(rows, []string{
			code(view.id), escape(view.tier), view.baselineSolved, mark + view.candidateSolved,
			escape(view.baselineCost), escape(view.candidateCost), orDash(view.share), orDash(view.without), view.ended,
		})
	}
	return rows
}

// moved lists the tasks that broke or mended.
func (m *markdown) moved(moved moved) {
	tasks := slices.Concat(moved.broke, moved.mended)
	if len(tasks) == 0 {
		return
	}
	const shown = 10
	var items []string
	for _, task := range tasks[:min(shown, len(tasks))] {
		items = append(items, code(task.id)+" "+task.baselineSolved+" → **"+task.candidateSolved+"**")
	}
	if rest := len(tasks) - len(items); rest > 0 {
		items = append(items, "and "+count(float64(rest))+" more")
	}
	m.block("**" + capital(moved.words()) + ":** " + strings.Join(items, ", "))
}

func (m *markdown) measured(v gate.Verdict) {
	var rows [][]string
	for _, f := range measuredFacts(v) {
		rows = append(rows, []string{f.name, code(f.baseline), code(f.candidate)})
	}
	m.details("How it was measured", func() {
		m.rows("lll", []string{"", "baseline", "candidate"}, rows)
		if says := integrity(v); says != "" && !v.Integrity.Any() { // what was found is above
			m.block(escape(says))
		}
	})
}

func (m *markdown) foot(v gate.Verdict, cutShort bool) {
	text := escape(moneyAndCode(v))
	if v.Mode != "" {
		text += "; " + escape(plain(string(v.Mode), maxName)) + " mode"
	}
	if cutShort {
		text += "; shortened to fit; verdict.json has all of it"
	}
	m.block("<sub>" + text + "</sub>")
}
