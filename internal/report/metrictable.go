package report

// metrics prints the table, or one block a metric where the terminal is too
// narrow, then the strips.
func (t *text) metrics(views []metricView) {
	if len(views) == 0 {
		return
	}
	t.gap()
	t.metricRows("", views)
	for _, note := range notes(views) {
		t.wrapped(faint, "", "  ", note)
	}
	t.strips(views)
}

func (t *text) metricRows(title string, views []metricView) {
	if table := metricTable(title, views); table.fit(t.inner()) {
		for _, line := range table.lines(t.painter) {
			t.line(line)
		}
		return
	}
	for _, view := range views {
		t.metricBlock(view)
	}
}

func metricTable(title string, views []metricView) *table {
	table := &table{columns: []column{
		{title: title, shortest: 22},
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
		label, number := normal, normal
		if view.main {
			label = strong
		}
		if view.candidate == notKnown && view.baseline == notKnown {
			number = faint
		}
		mark, words := view.statusWords()
		table.rows = append(table.rows, []cell{
			{view.label, label},
			{view.baseline, number},
			{view.candidate, number},
			{orDash(view.change), number},
			{orDash(view.interval), normal},
			{view.margin, faint},
			{mark + " " + words, view.statusStyle()},
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
	mark, words := m.statusWords()
	label := shorten(m.label, t.width-20) // the longest status takes 14
	t.line(t.paint(strong, label) + "  " + t.paint(m.statusStyle(), mark+" "+words))
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
	if len(drawn) == 0 || label+columnGap+stripWidth > t.inner() {
		return
	}
	t.gap()
	t.line(t.paint(faint, pad("", label+columnGap, false)+stripAxis()))
	for _, view := range drawn {
		t.line(pad(view.label, label+columnGap, false) + t.paint(view.statusStyle(), strip(view)))
	}
}
