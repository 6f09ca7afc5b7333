package report

import (
	"fmt"
	"math"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// Note is what is said beside a line of a file: of a gate's rule, or of a task.
type Note struct {
	Rule compare.Metric // whose rule it is about; empty: it is about a task
	Task string         // its id; empty: it is about a rule
	Text string         // one line
}

// FewerSolved is by how many attempts a task must have fallen to be noted: one
// attempt is chance.
const FewerSolved = 2

// Notes are the rules that found a regression, in the order of the findings, and
// then the tasks that are solved in fewer attempts than before, by two or more.
func Notes(v gate.Verdict) []Note {
	if v.Outcome != gate.Regression {
		return nil
	}
	var notes []Note
	for _, f := range v.Findings {
		if f.Status == gate.Worse {
			notes = append(notes, Note{Rule: f.Metric, Text: ruleNote(v, f.Metric)})
		}
	}
	for _, task := range v.Tasks {
		if fell(task) {
			notes = append(notes, Note{Task: task.ID, Text: taskNote(task)})
		}
	}
	return notes
}

// fell compares shares where the arms have unequal attempts: a stopped run has
// fewer.
func fell(t gate.TaskRow) bool {
	b, c := t.Baseline, t.Candidate
	if b.Attempts == 0 || c.Attempts == 0 {
		return false
	}
	expected := float64(b.Solved) / float64(b.Attempts) * float64(c.Attempts)
	return expected-float64(c.Solved) >= FewerSolved-1e-9
}

// ruleNote: "pass rate fell by 38.9 points (90% interval 20.7 to 58.0); at most
// 20.0 points are allowed".
func ruleNote(v gate.Verdict, name compare.Metric) string {
	m := view(&v, name)
	text := plain(m.label, maxName) + ": " + m.baseline + " → " + m.candidate
	if m.change != "" {
		text += ", " + m.change
	}
	if m.interval != "" {
		text += fmt.Sprintf(" (%s interval %s)", probability(levelOf(m.source.Level)), m.interval)
	}
	if m.margin != "" {
		text += "; the margin is " + m.margin
	}
	return text
}

func levelOf(level float64) float64 {
	if level == 0 || math.IsNaN(level) {
		return compare.Level
	}
	return level
}

// taskNote: "solved 0 of 3 attempts, 3 of 3 before: a hint, not a finding".
func taskNote(t gate.TaskRow) string {
	return fmt.Sprintf("solved %d of %s, %d of %d before: a hint, not a finding",
		t.Candidate.Solved, plural(t.Candidate.Attempts, "attempt"), t.Baseline.Solved, t.Baseline.Attempts)
}
