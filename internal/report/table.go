package report

import (
	"slices"
	"strings"
)

// table is a terminal table: columns as wide as their widest cell, two spaces
// between them.
type table struct {
	columns []column
	rows    [][]cell // a nil row is an empty line
}

type column struct {
	title string
	right bool // aligned right, for numbers

	// shortest is the width to which long names in the column may be
	// shortened; 0: not at all.
	shortest int
	prose    bool // shortened at the end, not in the middle

	// drop is the order in which columns go when the table is too wide, 1
	// first; 0: never.
	drop int
}

type cell struct {
	text  string
	style style
}

const columnGap = 2

// fit makes the table at most width columns wide: by shortening names from
// the right, and where that is not enough by leaving columns out first. It
// reports whether that worked.
func (t *table) fit(width int) bool {
	for t.shortestWidth() > width {
		if !t.dropNext() {
			return false
		}
	}
	t.shorten(width)
	return true
}

func (t *table) shortestWidth() int {
	w := t.width()
	for i := range t.columns {
		w -= t.columnWidth(i) - t.shortestColumn(i)
	}
	return w
}

func (t *table) shortestColumn(i int) int {
	c := t.columns[i]
	if c.shortest == 0 {
		return t.columnWidth(i)
	}
	return min(t.columnWidth(i), c.shortest)
}

func (t *table) shorten(width int) {
	for i := len(t.columns) - 1; i >= 0; i-- {
		c, excess := t.columns[i], t.width()-width
		if c.shortest == 0 || excess <= 0 {
			continue
		}
		w := max(t.columnWidth(i)-excess, t.shortestColumn(i))
		t.columns[i].title = c.shortenedTitle(w)
		for _, row := range t.rows {
			if row != nil {
				row[i].text = c.shortened(row[i].text, w)
			}
		}
	}
}

func (c column) shortened(s string, w int) string {
	if c.prose {
		return cut(s, w)
	}
	return shorten(s, w)
}

// shortenedTitle keeps both names of a title "a → b".
func (c column) shortenedTitle(w int) string {
	before, after, both := strings.Cut(c.title, arrow)
	if room := w - displayWidth(arrow); both && displayWidth(c.title) > w {
		return shorten(before, room/2) + arrow + shorten(after, room/2)
	}
	return c.shortened(c.title, w)
}

const arrow = " → "

// dropNext leaves out the column whose turn it is; false when none may go.
func (t *table) dropNext() bool {
	next := -1
	for i, c := range t.columns {
		if c.drop > 0 && (next < 0 || c.drop < t.columns[next].drop) {
			next = i
		}
	}
	if next < 0 {
		return false
	}
	t.removeColumn(next)
	return true
}

// dropEmpty leaves out those of the columns in which no row says anything.
func (t *table) dropEmpty(titles ...string) {
	for _, title := range titles {
		i := slices.IndexFunc(t.columns, func(c column) bool { return c.title == title })
		if !slices.ContainsFunc(t.rows, func(row []cell) bool { return row != nil && row[i].text != "" }) {
			t.removeColumn(i)
		}
	}
}

func (t *table) removeColumn(i int) {
	t.columns = slices.Delete(slices.Clone(t.columns), i, i+1)
	for j, row := range t.rows {
		if row != nil {
			t.rows[j] = slices.Delete(slices.Clone(row), i, i+1)
		}
	}
}

func (t *table) width() int {
	w := columnGap * (len(t.columns) - 1)
	for i := range t.columns {
		w += t.columnWidth(i)
	}
	return w
}

func (t *table) columnWidth(i int) int {
	w := displayWidth(t.columns[i].title)
	for _, row := range t.rows {
		if row != nil {
			w = max(w, displayWidth(row[i].text))
		}
	}
	return w
}

// lines renders the table, titles first.
func (t *table) lines(p painter) []string {
	titles, widths := make([]cell, len(t.columns)), make([]int, len(t.columns))
	for i, c := range t.columns {
		titles[i], widths[i] = cell{c.title, faint}, t.columnWidth(i)
	}
	lines := []string{t.line(titles, widths, p)}
	for _, row := range t.rows {
		lines = append(lines, t.line(row, widths, p))
	}
	return lines
}

func (t *table) line(row []cell, widths []int, p painter) string {
	var b strings.Builder
	for i, c := range row {
		if i > 0 {
			b.WriteString(strings.Repeat(" ", columnGap))
		}
		padded := pad(c.text, widths[i], t.columns[i].right)
		if i == len(row)-1 {
			padded = strings.TrimRight(padded, " ")
		}
		b.WriteString(p.paint(c.style, padded))
	}
	return strings.TrimRight(b.String(), " ")
}
