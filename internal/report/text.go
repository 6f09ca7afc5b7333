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

	// Full asks for everything: all metrics, tasks, reasons and warnings.
	// Without it a verdict has 8 to 12 lines at 100 columns, more where the
	// terminal is narrower.
	Full bool

	// Save is the command that keeps the candidate's run as a baseline; empty:
	// "benchgate baseline save DIR".
	Save string

	// InFull is the command that prints the verdict in full and spends nothing;
	// empty: the same command with --full.
	InFull string
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

// Text writes the verdict for a terminal: the short report, or with
// [TextOptions.Full] details first and the verdict last, where the reader's eyes
// are when the command ends.
func Text(w io.Writer, v gate.Verdict, opts TextOptions) error {
	t := &text{painter: painter(opts.Color), width: opts.width()}
	if !opts.Full {
		t.flat = true
		t.short(v, opts)
		return t.flush(w)
	}
	t.title(v)
	t.metrics(metricViews(v))
	t.why(v)
	t.tasks(taskViews(v))
	if says := integrity(v); says != "" {
		t.gap()
		t.wrapped(integrityStyle(v), "", "", says)
	}
	t.list("Canaries that failed", doubtful, canaries(v))
	t.list("Warnings", doubtful, prose(v.Warnings))
	t.verdict(v, opts)
	return t.flush(w)
}

// text collects the report's lines.
type text struct {
	painter
	bytes.Buffer
	width int
	flat  bool   // lines begin at the edge instead of with the indent
	bar   string // two columns before each line, instead of the indent
	lines int    // so far
}

const indent = "  "

// lead is what each line begins with.
func (t *text) lead() string {
	switch {
	case t.bar != "":
		return t.bar
	case t.flat:
		return ""
	}
	return indent
}

// inner is the width that the lead leaves.
func (t *text) inner() int {
	if t.flat {
		return t.width
	}
	return t.width - len(indent)
}

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
	t.WriteString(strings.TrimRight(t.lead()+line, " "))
	t.gap()
}

// gap ends a line, or is an empty one.
func (t *text) gap() {
	t.WriteByte('\n')
	t.lines++
}

func (t *text) wrapped(s style, first, rest, body string) {
	for _, line := range t.paragraph(s, first, rest, body) {
		t.line(line)
	}
}

// paragraph is body in lines that fit, the first after one lead and the others
// after another.
func (t *text) paragraph(s style, first, rest, body string) []string {
	room := t.inner() - displayWidth(first)
	if displayWidth(body) > room {
		room = min(room, t.inner()-displayWidth(rest))
	}
	lines := wrap(body, room)
	for i, line := range lines {
		lead := first
		if i > 0 {
			lead = rest
		}
		lines[i] = lead + t.paint(s, line)
	}
	return lines
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
func (t *text) verdict(v gate.Verdict, opts TextOptions) {
	t.gap()
	t.bar = t.paint(outcomeStyle(v.Outcome), "┃") + " "
	t.headline(v, outcomeStyle(v.Outcome).block())
	if len(v.Reasons) > 0 {
		t.line("")
	}
	for _, reason := range prose(v.Reasons) {
		t.wrapped(normal, "· ", "  ", reason)
	}
	if step := next(v, opts.Save); step != "" && v.Outcome != gate.Inconclusive { // of which a reason says it
		t.wrapped(normal, "Next: ", "  ", step)
	}
	t.line("")
	money := moneyAndCode(v)
	if left, ok := usdLeft(v); ok {
		money += "; " + dollars(left) + " of the limit left"
	}
	t.wrapped(faint, "", "", money)
}

// headline writes the verdict's sentence, its name in a style of its own.
func (t *text) headline(v gate.Verdict, named style) {
	name, rest := headlineOf(v)
	name += ":"
	for i, line := range t.paragraph(normal, "", "", name+" "+rest) {
		if i == 0 && strings.HasPrefix(line, name) {
			t.line(t.paint(named, name) + t.paint(strong, line[len(name):]))
			continue
		}
		t.line(t.paint(strong, line))
	}
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
