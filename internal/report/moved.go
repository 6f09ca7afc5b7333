package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/gate"
)

// moved is what became of the tasks. One attempt more or less is what chance
// does, so a task broke only when the baseline solved it in more than half of
// its attempts and the candidate does not; it mended where it is the other way
// round. Like everything about single tasks that is a hint, not a finding.
type moved struct {
	tasks         int
	broke, mended []taskView
	less, more    int // of the other tasks: solved less often, more often
}

// meaningOfBroke stands where tasks that broke are counted.
const meaningOfBroke = "broke: solved in most attempts by the baseline and not by the candidate; mended: the other way round"

func movedTasks(views []taskView) moved {
	m := moved{tasks: len(views)}
	for _, view := range views {
		before, now := mostly(view.source.Baseline), mostly(view.source.Candidate)
		switch {
		case view.trend < 0 && before && !now:
			m.broke = append(m.broke, view)
		case view.trend > 0 && now && !before:
			m.mended = append(m.mended, view)
		case view.trend < 0:
			m.less++
		case view.trend > 0:
			m.more++
		}
	}
	return m
}

func mostly(s gate.TaskSide) bool { return 2*s.Solved > s.Attempts }

func (m moved) broken(task string) bool {
	return slices.ContainsFunc(m.broke, func(t taskView) bool { return t.id == task })
}

// words: "3 of 6 tasks broke, 0 mended".
func (m moved) words() string {
	of := " of " + plural(m.tasks, "task")
	if len(m.broke)+len(m.mended) == 0 {
		return "none" + of + " broke or mended"
	}
	return count(float64(len(m.broke))) + of + " broke, " + count(float64(len(m.mended))) + " mended"
}

// others: "; 2 more solved less often, 1 more often".
func (m moved) others() string {
	var others []string
	if m.less > 0 {
		others = append(others, count(float64(m.less))+" less often")
	}
	if m.more > 0 {
		others = append(others, count(float64(m.more))+" more often")
	}
	if len(others) == 0 {
		return ""
	}
	return "; of the others solved " + strings.Join(others, ", ")
}

// line is the words and as many of the tasks as fit into width columns.
func (m moved) line(width int) string {
	tasks := slices.Concat(m.broke, m.mended)
	text := capital(m.words())
	if len(tasks) == 0 {
		return text + m.others()
	}
	for i, task := range tasks {
		item := task.id + " " + task.baselineSolved + "→" + task.candidateSolved
		separator, more := ", ", ""
		if i == 0 {
			separator = ": "
		}
		if rest := len(tasks) - i - 1; rest > 0 {
			more = " and " + count(float64(rest)) + " more"
		}
		if i > 0 && displayWidth(text+separator+item+more) > width {
			return text + " and " + count(float64(len(tasks)-i)) + " more"
		}
		text += separator + item
	}
	return text
}

// dearer names the tasks that made most of the change in dollars; empty when none
// became dearer.
func dearer(views []taskView) string {
	const shown, least = 3, 0.05
	var tasks []taskView
	for _, view := range views {
		if s := view.source.ShareOfChange; s != nil && *s >= least {
			tasks = append(tasks, view)
		}
	}
	slices.SortStableFunc(tasks, func(a, b taskView) int {
		return cmp.Compare(*b.source.ShareOfChange, *a.source.ShareOfChange)
	})
	var items []string
	for _, view := range tasks[:min(shown, len(tasks))] {
		items = append(items, view.id+" "+view.share)
	}
	if len(items) == 0 {
		return ""
	}
	return "largest shares of the change in dollars: " + strings.Join(items, ", ")
}
