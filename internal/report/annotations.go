package report

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// Note is what is said beside a line of a file: of a gate's rule, of a task, or of
// the candidate.
type Note struct {
	Rule      compare.Metric // whose rule it is about; empty: it is about none
	Task      string         // its id; empty: it is about none
	Candidate bool           // it is about the candidate's prices
	Text      string         // one line
}

// FewerSolved is by how many attempts a task must have fallen to be noted: one
// attempt is chance.
const FewerSolved = 2

// Notes are, whatever the verdict is, a price of another date than the baseline's;
// of a regression the rules that found it, in the order of the findings, and then
// the tasks that are solved in fewer attempts than before, by two or more.
func Notes(v gate.Verdict) []Note {
	var notes []Note
	if text := priceNote(v.Baseline, v.Candidate); text != "" {
		notes = append(notes, Note{Candidate: true, Text: text})
	}
	if v.Outcome != gate.Regression {
		return notes
	}
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

// priceNote: "model-b has another price than on the day of the baseline (2026-11-09):
// $5.00 → $4.00 input, $25.00 → $20.00 output per million tokens". Empty where the
// models that both arms ask cost the same on both days, as far as that is known.
func priceNote(baseline, candidate baselines.Header) string {
	for _, model := range slices.Sorted(maps.Keys(candidate.Prices.Rates)) {
		now := candidate.Prices.Rates[model]
		before, known := baseline.Prices.Rates[model]
		if !known || before == now {
			continue
		}
		return fmt.Sprintf("%s has another price than on the day of the baseline (%s): %s → %s input, %s → %s output per million tokens",
			plain(model, maxName), baseline.Created.Format(time.DateOnly), price(before.Input), price(now.Input), price(before.Output), price(now.Output))
	}
	return ""
}

// taskNote: "solved 0 of 3 attempts, 3 of 3 before: a hint, not a finding".
func taskNote(t gate.TaskRow) string {
	return fmt.Sprintf("solved %d of %s, %d of %d before: a hint, not a finding",
		t.Candidate.Solved, plural(t.Candidate.Attempts, "attempt"), t.Baseline.Solved, t.Baseline.Attempts)
}
