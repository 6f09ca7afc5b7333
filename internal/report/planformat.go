package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Plan writes what a run will do and what will probably come of it, as text, JSON
// (benchgate.plan/v1) or Markdown. There is no other format.
func Plan(w io.Writer, p Planned, format Format) error {
	switch format {
	case FormatText:
		return p.text(w)
	case FormatJSON:
		return writeJSON(w, p.document())
	case FormatMarkdown:
		return p.markdown(w)
	}
	return fmt.Errorf("format is %q, want text, json or markdown: a plan has no others", format)
}

func (p Planned) text(w io.Writer) error {
	t := &text{width: 120}
	for _, row := range p.rows() {
		t.WriteString(pad(row.name, 9, false) + row.body + "\n")
	}
	for _, table := range p.tables() {
		t.gap()
		for _, line := range table.lines(t.painter) {
			t.line(line)
		}
	}
	for _, warning := range p.Warnings {
		t.gap()
		t.line(capital(warning))
	}
	if p.Incomparable != "" {
		t.gap()
		t.line("INCOMPARABLE: " + plain(p.Incomparable, maxProse))
	}
	for i, k := range p.Order {
		t.line(pad(strconv.Itoa(i+1), 4, true) + "  " + plain(k.Task, maxName) + " #" + strconv.Itoa(k.Attempt))
	}
	return t.flush(w)
}

func (p Planned) markdown(w io.Writer) error {
	m := &markdown{}
	m.block("### Plan of " + escape(plain(p.Suite, maxName)))
	if p.Incomparable != "" {
		m.block("**Incomparable:** " + escape(plain(p.Incomparable, maxProse)))
	}
	var rows [][]string
	for _, row := range p.rows() {
		rows = append(rows, []string{escape(row.name), escape(row.body)})
	}
	m.rows("ll", []string{"", ""}, rows)
	for _, table := range p.tables() {
		m.table(table)
	}
	var warnings []string
	for _, warning := range p.Warnings {
		warnings = append(warnings, capital(warning))
	}
	m.bullets("**Warnings**", prose(warnings), len(warnings))
	var order strings.Builder
	for i, k := range p.Order {
		fmt.Fprintf(&order, "%d. %s, attempt %d\n", i+1, escape(plain(k.Task, maxName)), k.Attempt)
	}
	if order.Len() > 0 {
		m.block(strings.TrimRight(order.String(), "\n"))
	}
	if _, err := io.WriteString(w, m.String()); err != nil {
		return fmt.Errorf("writing plan: %w", err)
	}
	return nil
}

// table writes a terminal's table as one of Markdown.
func (m *markdown) table(t *table) {
	var align string
	var titles []string
	for _, c := range t.columns {
		titles = append(titles, escape(c.title))
		align += map[bool]string{false: "l", true: "r"}[c.right]
	}
	var rows [][]string
	for _, row := range t.rows {
		var cells []string
		for _, c := range row {
			cells = append(cells, escape(c.text))
		}
		rows = append(rows, cells)
	}
	m.rows(align, titles, rows)
}
