package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// undecided begins with what keeps the verdict open. It gives values and no
// change: nothing is shown.
func undecided(v *gate.Verdict) string {
	text, about := heldOpen(v)
	switch about {
	case theCosts:
		return text + "; " + solvedBeforeAndNow(v)
	case both:
		return text
	}
	m := view(v, compare.CostPerSolved)
	switch {
	case costsUnknown(m.source.Notes) != "":
		return text + "; what a solved task costs is not known"
	case m.source.Ratio != nil:
		return text + "; cost per solved task " + m.baseline + " → " + m.candidate
	}
	return text // where nothing was solved, which the pass rate says
}

// topic is what a sentence speaks of: what it leaves out is said after it.
type topic int

const (
	notCosts topic = iota
	theCosts
	both // the pass rate and the costs
)

// heldOpen is the one thing that keeps the verdict open before all others.
func heldOpen(v *gate.Verdict) (text string, about topic) {
	if v.Confirm != nil && v.Confirm.State == gate.Refuted {
		return typicalOrSolved(v) + " against the stored baseline, but " + confirmState(v.Confirm), theCosts
	}
	for _, held := range v.Held {
		if held.Code == gate.RulesAfterData {
			return sentence(held), notCosts
		}
	}
	for _, f := range v.Findings {
		if f.Doubt != nil && (f.Doubt.Code == gate.NothingCanFall || f.Doubt.Code == gate.OtherModelWorks) { // whatever else there is, and however many trials
			return sentence(*f.Doubt), notCosts
		}
	}
	for _, held := range v.Held {
		switch held.Code {
		case gate.BillWorse:
			return fmt.Sprintf("one attempt at every task costs %s with %s, beyond what chance explains: no pass", costChange(value(held.Value)), candidate(v)), theCosts
		case gate.TimeOver, gate.PlanIncomplete:
			return sentence(held), notCosts
		case compare.MissingTasks:
			return fmt.Sprintf("%s of %s have no attempt that counts on both sides", count(float64(len(held.Names))), plural(len(v.Tasks), "task")), notCosts
		}
	}
	for _, f := range v.Findings {
		if f.Doubt != nil {
			return sentence(*f.Doubt), notCosts
		}
	}
	return cannotTell(v)
}

// cannotTell names the questions that the trials leave open.
func cannotTell(v *gate.Verdict) (text string, about topic) {
	var questions []string
	for _, f := range v.Findings {
		answered := f.Status == gate.NoWorse || f.Status == gate.Better
		switch {
		case answered || f.Metric == compare.CostPerSolved: // a pass does not wait for the latter
		case f.Says == gate.SaysNotJudged && f.Why != nil && f.Why.Code != compare.MissingTasks:
			if f.Metric == compare.TypicalCost {
				return "costs cannot be compared, as " + sentence(*f.Why), theCosts
			}
			return sentence(*f.Why), notCosts
		case f.Says == gate.SaysBetween && f.Metric == compare.PassRate:
			return solves(v) + ": less than a regression, more than a pass allows", notCosts
		case f.Says == gate.SaysBetween:
			return typicalTask(v, " with "+candidate(v)) + ": less than a regression, more than a pass allows", notCosts
		case f.Metric == compare.PassRate:
			before, now := solvedShares(v)
			if len(questions) > 0 {
				about = both
			}
			questions = append(questions, fmt.Sprintf("%s solves as much (%s → %s)", candidate(v), before, now))
		default:
			m, with := view(v, f.Metric), ""
			if about = both; len(questions) == 0 {
				about, with = theCosts, " with "+candidate(v)
			}
			questions = append(questions, fmt.Sprintf("a typical task costs more%s (%s → %s)", with, m.baseline, m.candidate))
		}
	}
	if len(questions) == 0 {
		return "what was measured allows no answer", notCosts
	}
	return tried(v) + " cannot tell whether " + strings.Join(questions, ", nor whether "), about
}

// tried counts the trials that the numbers rest on: "10 tasks × 2 attempts".
func tried(v *gate.Verdict) string {
	tasks := len(v.Tasks)
	if tasks > 0 && v.TrialsUsed > 0 && v.TrialsUsed%tasks == 0 &&
		!slices.ContainsFunc(v.Tasks, func(t gate.TaskRow) bool { return t.Candidate.Attempts*tasks != v.TrialsUsed }) {
		return plural(tasks, "task") + " × " + plural(v.TrialsUsed/tasks, "attempt")
	}
	return plural(v.TrialsUsed, "trial") + " at " + plural(tasks, "task")
}
