package report

import "slices"

// meaningOfWithout stands where the costs without a task are listed.
const meaningOfWithout = "the change in cost per solved task over all the other tasks; far from that over all, this task made it"

func (t *text) tasks(views []taskView) {
	shown, rest := pick(views, textTasks)
	if len(views) == 0 {
		return
	}
	t.gap()
	if len(shown) > 0 {
		table := taskTable(shown)
		table.fit(t.inner())
		for _, line := range table.lines(t.painter) {
			t.line(line)
		}
	}
	if rest > 0 {
		t.wrapped(faint, "", "", restOfTasks(rest, len(shown)))
	}
	if slices.ContainsFunc(shown, func(view taskView) bool { return view.without != "" }) {
		t.wrapped(faint, "", "  ", "Without it: "+meaningOfWithout)
	}
	t.wrapped(faint, "", "  ", capital(movedTasks(views).words())+movedTasks(views).others()+" ("+meaningOfBroke+")")
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
		{title: "cost of a trial", drop: 5},
		{title: "share of change in $", right: true, drop: 3},
		{title: "without it", right: true, drop: 2},
		{title: "not finished", shortest: 12, prose: true, drop: 4},
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
			{view.without, normal},
			{view.ended, doubtful},
		})
	}
	table.dropEmpty("without it", "not finished")
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
