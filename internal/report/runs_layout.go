package report

import (
	"io"
	"strconv"
	"strings"
)

// text prints as many runs beside each other as fit, the rest below.
func (s *sideBySide) text(w io.Writer, opts TextOptions) error {
	t := &text{painter: painter(opts.Color), width: opts.width()}
	for from := 0; from < len(s.names); {
		to := len(s.names)
		metrics := s.table("", s.metrics, from, to)
		for !metrics.fit(t.width-len(indent)) && to > from+1 {
			to--
			metrics = s.table("", s.metrics, from, to)
		}
		tasks := s.table("task", s.tasks, from, to)
		tasks.fit(t.width - len(indent))
		for _, table := range []*table{metrics, tasks} {
			t.gap()
			for _, line := range table.lines(t.painter) {
				t.line(line)
			}
		}
		from = to
	}
	t.list("What these numbers do not say", strong, s.notes)
	return t.flush(w)
}

func (s *sideBySide) table(title string, rows []sideRow, from, to int) *table {
	table := &table{columns: []column{{title: title, shortest: 20}}}
	tiers := title != ""
	if tiers {
		table.columns = append(table.columns, column{title: "tier", drop: 1})
	}
	for _, name := range s.names[from:to] {
		table.columns = append(table.columns, column{title: name, right: true})
	}
	for _, row := range rows {
		label := strong
		if tiers {
			label = normal
		}
		cells := []cell{{row.label, label}}
		if tiers {
			cells = append(cells, cell{row.tier, faint})
		}
		for _, text := range row.cells[from:to] {
			cells = append(cells, cell{text, cellStyle(text)})
		}
		table.rows = append(table.rows, cells)
	}
	return table
}

// cellStyle steps back where there is nothing to read.
func cellStyle(text string) style {
	if text == notKnown || text == "–" || text == "not in suite" {
		return faint
	}
	return normal
}

func (s *sideBySide) markdown(w io.Writer) error {
	m := &markdown{}
	m.rows("l"+strings.Repeat("r", len(s.names)), s.titles(""), s.cells(s.metrics))
	m.bullets("**What these numbers do not say**", s.notes, len(s.notes))
	m.details("Tasks: "+strconv.Itoa(len(s.tasks)), func() {
		m.rows("l"+strings.Repeat("r", len(s.names)), s.titles("task"), s.cells(s.tasks))
	})
	t := &text{}
	t.WriteString(m.String())
	return t.flush(w)
}

func (s *sideBySide) titles(first string) []string {
	titles := []string{first}
	for _, name := range s.names {
		titles = append(titles, code(name))
	}
	return titles
}

func (s *sideBySide) cells(rows []sideRow) [][]string {
	var out [][]string
	for _, row := range rows {
		label := escape(row.label)
		if row.tier != "" {
			label = code(row.label) + " (" + escape(row.tier) + ")"
		}
		cells := []string{label}
		for _, text := range row.cells {
			cells = append(cells, escape(text))
		}
		out = append(out, cells)
	}
	return out
}
