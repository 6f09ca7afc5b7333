package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/benchgate/benchgate/gate"
)

// TextOptions say what the terminal can show.
type TextOptions struct {
	// Color allows SGR colours. The caller decides (terminal, NO_COLOR); words
	// carry every meaning without them.
	Color bool

	// Width is the terminal's width in columns; 0 means 100, and less than 40
	// counts as 40. What does not fit is wrapped, names are shortened, columns
	// left out; numbers are never cut.
	Width int
}

func (o TextOptions) width() int {
	if o.Width == 0 {
		return 100
	}
	return max(o.Width, 40)
}

const (
	textTasks = 30 // tasks that a terminal report lists
	titleName = 40 // columns of a name in the title
)

// Text writes the verdict for a terminal: details first and the verdict last,
// where the reader's eyes are when the command ends.
func Text(w io.Writer, v gate.Verdict, opts TextOptions) error {
	t := &text{painter: painter(opts.Color), width: opts.width()}
	t.title(v)
	t.metrics(metricViews(v))
	t.why(v)
	t.tasks(taskViews(v))
	t.list("Warnings", doubtful, prose(v.Warnings))
	t.verdict(v)
	return t.flush(w)
}

// text collects the report's lines. Everything but the verdict's bar is
// indented by two columns.
type text struct {
	painter
	bytes.Buffer
	width int
}

const indent = "  "

func (t *text) flush(w io.Writer) error {
	if _, err := t.WriteTo(w); err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	return nil
}

// line also makes sure that no line can be taken for a runner's command, not
// even one that begins in the middle of a long word.
func (t *text) line(line string) {
	if strings.HasPrefix(strings.TrimSpace(line), "::") {
		line = strings.Replace(line, "::", ": :", 1)
	}
	t.WriteString(strings.TrimRight(indent+line, " "))
	t.WriteByte('\n')
}

func (t *text) gap() { t.WriteByte('\n') }

func (t *text) wrapped(s style, first, rest, body string) {
	for i, line := range wrap(body, t.width-len(indent)-max(displayWidth(first), displayWidth(rest))) {
		lead := first
		if i > 0 {
			lead = rest
		}
		t.line(lead + t.paint(s, line))
	}
}

func (t *text) title(v gate.Verdict) {
	base, cand := armNames(v)
	base, cand = shorten(base, titleName), shorten(cand, titleName)
	t.gap()
	t.wrapped(strong, "", "", base+" → "+cand)
	var parts []string
	if s := v.Candidate.Suite; len(s.Tasks) > 0 {
		parts = append(parts, plain(s.Name, titleName), plural(len(s.Tasks), "task"))
	}
	if agent := agentName(v.Candidate.Variant.Agent); agent != "" {
		agent = shorten(agent, titleName)
		if before := shorten(agentName(v.Baseline.Variant.Agent), titleName); before != agent && before != "" {
			agent = before + " → " + agent
		}
		parts = append(parts, agent)
	}
	if v.Mode != "" {
		parts = append(parts, plain(string(v.Mode), maxName)+" mode")
	}
	t.wrapped(faint, "", "", strings.Join(parts, " · "))
}

// metrics prints the table, or one block a metric where the terminal is too
// narrow, then the strips.
func (t *text) metrics(views []metricView) {
	if len(views) == 0 {
		return
	}
	t.gap()
	if table := metricTable(views); table.fit(t.width - len(indent)) {
		for _, line := range table.lines(t.painter) {
			t.line(line)
		}
	} else {
		for _, view := range views {
			t.metricBlock(view)
		}
	}
	for _, note := range notes(views) {
		t.wrapped(faint, "", "  ", note)
	}
	t.strips(views)
}

func metricTable(views []metricView) *table {
	table := &table{columns: []column{
		{title: "", shortest: 20},
		{title: "baseline", right: true},
		{title: "candidate", right: true},
		{title: "change", right: true, drop: 2},
		{title: intervalTitle(views), right: true},
		{title: "margin", right: true, drop: 1},
		{title: ""},
	}}
	for i, view := range views {
		if i > 0 && views[i-1].main && !view.main {
			table.rows = append(table.rows, nil)
		}
		label, number, status := normal, normal, statusStyle(view.status)
		if view.main {
			label = strong
		}
		if !view.source.Gated {
			status = faint
		}
		if view.candidate == notKnown && view.baseline == notKnown {
			number = faint
		}
		mark, words := statusWords(view.status)
		table.rows = append(table.rows, []cell{
			{view.label, label},
			{view.baseline, number},
			{view.candidate, number},
			{orDash(view.change), number},
			{orDash(view.interval), normal},
			{view.margin, faint},
			{mark + " " + words, status},
		})
	}
	return table
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func (t *text) metricBlock(m metricView) {
	mark, words := statusWords(m.status)
	label := shorten(m.label, t.width-20) // the longest status takes 14
	t.line(t.paint(strong, label) + "  " + t.paint(statusStyle(m.status), mark+" "+words))
	t.wrapped(normal, indent, indent, numbersOf(m))
}

// strips draws what can be drawn, when there is room.
func (t *text) strips(views []metricView) {
	label := 0
	for _, view := range views {
		if view.main {
			label = max(label, displayWidth(view.label))
		}
	}
	drawn := stripped(views)
	if len(drawn) == 0 || label+columnGap+stripWidth > t.width-len(indent) {
		return
	}
	t.gap()
	t.line(t.paint(faint, pad("", label+columnGap, false)+stripAxis()))
	for _, view := range drawn {
		style := statusStyle(view.status)
		if !view.source.Gated {
			style = faint
		}
		t.line(pad(view.label, label+columnGap, false) + t.paint(style, strip(view)))
	}
}

func (t *text) tasks(views []taskView) {
	shown, rest := pick(views, textTasks)
	if len(views) == 0 {
		return
	}
	t.gap()
	if len(shown) > 0 {
		table := taskTable(shown)
		table.fit(t.width - len(indent))
		for _, line := range table.lines(t.painter) {
			t.line(line)
		}
	}
	if rest > 0 {
		t.wrapped(faint, "", "", restOfTasks(rest, len(shown)))
	}
}

func restOfTasks(rest, shown int) string {
	if shown == 0 {
		return "No change to speak of in any of " + plural(rest, "task") + "."
	}
	return "and " + plural(rest, "task") + " with less change"
}

func taskTable(views []taskView) *table {
	table := &table{columns: []column{
		{title: "task", shortest: 20},
		{title: "tier", drop: 1},
		{title: ""},
		{title: "solved"},
		{title: "cost of a trial", drop: 4},
		{title: "of change", right: true, drop: 2},
		{title: "not finished", shortest: 12, prose: true, drop: 3},
	}}
	solved := arrows(views, func(t taskView) (string, string) { return t.baselineSolved, t.candidateSolved })
	cost := arrows(views, func(t taskView) (string, string) { return t.baselineCost, t.candidateCost })
	for i, view := range views {
		style := normal
		mark := " "
		switch view.trend {
		case -1:
			style, mark = bad, "▼"
		case 1:
			style, mark = good, "▲"
		}
		table.rows = append(table.rows, []cell{
			{view.id, normal},
			{view.tier, faint},
			{mark, style},
			{solved[i], style},
			{cost[i], normal},
			{view.share, normal},
			{view.ended, doubtful},
		})
	}
	return table
}

// arrows writes "before → after" for every task, the arrows below each other.
func arrows(views []taskView, of func(taskView) (before, after string)) []string {
	width := 0
	for _, view := range views {
		before, _ := of(view)
		width = max(width, displayWidth(before))
	}
	var out []string
	for _, view := range views {
		before, after := of(view)
		out = append(out, pad(before, width, true)+" → "+after)
	}
	return out
}

func (t *text) list(title string, s style, items []string) {
	if len(items) == 0 {
		return
	}
	t.gap()
	t.line(t.paint(s, title))
	for _, item := range items {
		t.wrapped(normal, "· ", "  ", item)
	}
}

// verdict is the block the reader should leave with.
func (t *text) verdict(v gate.Verdict) {
	s := outcomeStyle(v.Outcome)
	bar := t.paint(s, "┃") + " "
	inner := t.width - 2
	t.gap()
	t.WriteString(bar + t.paint(s.block(), " "+strings.ToUpper(outcomeWords(v.Outcome))+t.blockEnd()) + "\n")
	block := func(s style, first, rest, body string) {
		for i, line := range wrap(body, inner-max(displayWidth(first), displayWidth(rest))) {
			lead := first
			if i > 0 {
				lead = rest
			}
			t.WriteString(bar + lead + t.paint(s, line) + "\n")
		}
	}
	block(strong, "", "", plain(v.Headline, maxProse))
	if len(v.Reasons) > 0 {
		t.WriteString(strings.TrimRight(bar, " ") + "\n")
	}
	for _, reason := range prose(v.Reasons) {
		block(normal, "· ", "  ", reason)
	}
	t.WriteString(strings.TrimRight(bar, " ") + "\n")
	block(faint, "", "", moneyLine(v)+fmt.Sprintf(" · exit code %d", v.Outcome.ExitCode()))
}

// blockEnd closes a coloured block with a space, which without colour would
// only trail.
func (t *text) blockEnd() string {
	if t.painter {
		return " "
	}
	return ""
}

// prose cleans lines others wrote and leaves out empty ones.
func prose(lines []string) []string {
	var out []string
	for _, line := range lines {
		if line := plain(line, maxProse); line != "" {
			out = append(out, line)
		}
	}
	return out
}
