package report

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/benchgate/benchgate/baselines"
)

// RunsSchemaV1 names the JSON that [Runs] writes.
const RunsSchemaV1 = "benchgate.runs/v1"

// Runs writes any number of runs side by side, one row a metric, then one row
// a task, in text, Markdown or JSON. It compares nothing: the numbers stand
// beside each other, with notes on what they do not say.
func Runs(w io.Writer, runs []*baselines.Run, format Format, opts Options) error {
	if len(runs) == 0 {
		return errors.New("there is no run to report")
	}
	s := newSideBySide(runs)
	switch format {
	case FormatText:
		return s.text(w, opts.Text)
	case FormatMarkdown:
		return s.markdown(w)
	case FormatJSON:
		return writeJSON(w, struct {
			Schema string    `json:"schema"`
			Runs   []Summary `json:"runs"`
			Notes  []string  `json:"notes"`
		}{RunsSchemaV1, s.summaries, append([]string{}, s.notes...)})
	default:
		return fmt.Errorf("format is %q, want text, json or markdown", format)
	}
}

// sideBySide is the table as plain strings: a name for every run, then rows
// of one cell a run.
type sideBySide struct {
	names     []string
	metrics   []sideRow
	tasks     []sideRow
	notes     []string
	summaries []Summary
}

type sideRow struct {
	label, tier string
	cells       []string
}

func newSideBySide(runs []*baselines.Run) *sideBySide {
	s := &sideBySide{names: runNames(runs)}
	for _, r := range runs {
		s.summaries = append(s.summaries, Summarize(r))
	}
	s.addMetrics()
	s.addTasks()
	s.notes = runNotes(runs, s.summaries, s.names)
	return s
}

// runNames are the variants' names, with the run's id where two are equal.
func runNames(runs []*baselines.Run) []string {
	seen := make(map[string]int)
	for _, r := range runs {
		seen[variantName(r.Header.Variant)]++
	}
	var names []string
	for i, r := range runs {
		name := variantName(r.Header.Variant)
		switch {
		case name == "":
			name = "run " + strconv.Itoa(i+1)
		case seen[name] > 1:
			name += " (" + plain(r.Header.ID, 24) + ")"
		}
		names = append(names, shorten(name, titleName))
	}
	return names
}

func (s *sideBySide) row(label string, cell func(Summary) string) {
	r := sideRow{label: label}
	for _, sum := range s.summaries {
		r.cells = append(r.cells, cell(sum))
	}
	s.metrics = append(s.metrics, r)
}

// addMetrics lays the rows out in the order people read them: what was
// solved, what it cost, what it took.
func (s *sideBySide) addMetrics() {
	label, of := "Tasks solved", func(sum Summary) string { return " of " + strconv.Itoa(sum.Tasks) }
	if n, same := s.sameTasks(); same {
		label, of = fmt.Sprintf("Tasks solved (of %d)", n), func(Summary) string { return "" }
	}
	repeated := s.most(func(sum Summary) int { return sum.Attempts }) > 1
	if repeated {
		label += ", mean"
	}
	s.row(label, func(sum Summary) string {
		if sum.TasksSolved == nil {
			return notKnown
		}
		return count(*sum.TasksSolved) + of(sum)
	})
	if repeated {
		s.row("Attempts a task", func(sum Summary) string { return strconv.Itoa(sum.Attempts) })
	}
	s.row("Total cost", func(sum Summary) string { return known(sum.CostUSD, dollars) })
	s.row("Cost per solved task", func(sum Summary) string {
		if sum.Trials > 0 && sum.Solved == 0 {
			return "none solved"
		}
		return known(sum.CostPerSolvedUSD, dollars)
	})
	s.row("Total tokens", func(sum Summary) string {
		if sum.Tokens == nil {
			return notKnown
		}
		return tokens(float64(sum.Tokens.Total()))
	})
	s.row("Cache utilization", func(sum Summary) string { return known(sum.CacheUtilization, percent) })
	s.row("Active time", func(sum Summary) string { return known(sum.ActiveSeconds, duration) })
	s.row("LLM requests", func(sum Summary) string { return known(sum.Requests, count) })
	s.row("Tool calls", func(sum Summary) string { return known(sum.ToolCalls, count) })
	s.row("Lines of code", func(sum Summary) string { return known(sum.LinesKept, count) })
	s.row("Lines added, removed", func(sum Summary) string {
		if sum.LinesAdded == nil || sum.LinesRemoved == nil {
			return notKnown
		}
		return "+" + count(*sum.LinesAdded) + " −" + count(*sum.LinesRemoved)
	})
	s.row("Error rate", func(sum Summary) string { return known(sum.ToolErrorRate, percent) })
	s.row("Trials ended", func(sum Summary) string { return orDash(endedCounts(sum.Ended)) })
}

func (s *sideBySide) sameTasks() (n int, same bool) {
	n = s.summaries[0].Tasks
	for _, sum := range s.summaries {
		if sum.Tasks != n {
			return 0, false
		}
	}
	return n, true
}

func (s *sideBySide) most(of func(Summary) int) int {
	n := 0
	for _, sum := range s.summaries {
		n = max(n, of(sum))
	}
	return n
}

// addTasks makes a row for every task of any run, in the order of the suites.
func (s *sideBySide) addTasks() {
	index := make(map[string]int)
	for column, sum := range s.summaries {
		for _, task := range sum.ByTask {
			i, ok := index[task.ID]
			if !ok {
				i = len(s.tasks)
				index[task.ID] = i
				cells := make([]string, len(s.summaries))
				for c := range cells {
					cells[c] = "not in suite"
				}
				s.tasks = append(s.tasks, sideRow{plain(task.ID, maxName), plain(task.Tier, maxName), cells})
			}
			s.tasks[i].cells[column] = taskCell(task)
		}
	}
}

// taskCell is how a task went and what a trial of it cost: "solved $0.06",
// "timed out $1.02", "4/5 $0.24".
func taskCell(t TaskSummary) string {
	if t.Attempts == 0 {
		return orDash(endedCounts(t.Ended))
	}
	cost := "cost not known"
	if t.CostUSD != nil {
		cost = dollars(*t.CostUSD / float64(t.Attempts))
	}
	if t.Attempts > 1 {
		return fmt.Sprintf("%d/%d %s", t.Solved, t.Attempts, cost)
	}
	return once(t) + " " + cost
}

// once is how a single attempt went: the tests' answer, or where they gave a
// bad one or none, how the trial ended.
func once(t TaskSummary) string {
	if t.Solved == 1 {
		return "solved"
	}
	for _, e := range baselines.AllEnded {
		if e != baselines.Finished && t.Ended[e] > 0 {
			return endedWords[e]
		}
	}
	if t.NoAnswer == 1 {
		return "no answer"
	}
	return "failed"
}
