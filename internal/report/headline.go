package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// headline is the verdict in one sentence: its name, what decided it, and then
// what a solved task costs.
func headline(v *gate.Verdict) string {
	switch v.Outcome {
	case gate.Pass:
		return "Pass: " + passed(v)
	case gate.Regression:
		return "Regression: " + regressed(v)
	case gate.Inconclusive:
		return "Inconclusive: " + undecided(v)
	case gate.Incomparable:
		return "Incomparable: baseline and candidate differ in more than the " + comparedThing(v) + ": " + Difference(v.Differences)
	}
	return "Not measured: " + sentences(v.Held)
}

// headlineOf is the document's headline, which always begins with the verdict's
// own name: those of older documents do not, and what a foreign one begins with
// must not be taken for the verdict.
func headlineOf(v gate.Verdict) (name, rest string) {
	name = capital(outcomeWords(v.Outcome))
	headline := plain(v.Headline, maxProse)
	return name, strings.TrimSpace(strings.TrimPrefix(headline, name+":"))
}

func comparedThing(v *gate.Verdict) string {
	switch what := v.Candidate.Compare; what {
	case "":
		return "model"
	default:
		return strings.ReplaceAll(string(what), "_", " ")
	}
}

// passed tells what a solved task costs now; that the margins are ruled out is
// in the reasons and beside each number.
func passed(v *gate.Verdict) string {
	if cost, known := solvedTask(v, " with "+candidate(v)); known {
		return cost + "; " + solvedBeforeAndNow(v)
	}
	return solves(v) + "; " + noPrice(v)
}

// regressed begins with what got worse: the pass rate, then the costs.
func regressed(v *gate.Verdict) string {
	worse := make(map[compare.Metric]bool)
	for _, f := range v.Findings {
		worse[f.Metric] = f.Status == gate.Worse
	}
	var decided []string
	with := " with " + candidate(v) // named once
	if worse[compare.PassRate] {
		decided, with = append(decided, solves(v)), ""
	}
	if worse[compare.TypicalCost] {
		decided, with = append(decided, typicalTask(v, with)), ""
	}
	cost, known := solvedTask(v, "")
	if worse[compare.CostPerSolved] && known {
		cost, _ := solvedTask(v, with)
		decided = append(decided, cost)
	}
	if len(decided) == 0 { // dearer, and nothing solved: no ratio says how much
		decided, worse[compare.PassRate] = append(decided, solves(v)), true
	}
	text := strings.Join(decided, " and ")
	if v.Confirm != nil {
		text += ", " + confirmState(v.Confirm)
	}
	switch {
	case !known:
		text += "; " + noPrice(v)
	case worse[compare.CostPerSolved]:
	case view(v, compare.CostPerSolved).worse() && len(decided) == 1 && v.Confirm == nil:
		text += ", and " + cost
	default:
		text += "; " + cost
	}
	if !worse[compare.PassRate] {
		text += "; " + solvedBeforeAndNow(v)
	}
	return text
}

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
	for _, f := range v.Findings {
		if f.Doubt != nil && f.Doubt.Code == gate.NothingCanFall { // whatever else there is, and however many trials
			return sentence(*f.Doubt), notCosts
		}
	}
	for _, held := range v.Held {
		switch held.Code {
		case gate.BillWorse:
			return fmt.Sprintf("one attempt at every task costs %s with %s, beyond what chance explains: no pass", costChange(value(held.Value)), candidate(v)), theCosts
		case gate.PlanIncomplete:
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

// candidate is what a sentence calls the candidate.
func candidate(v *gate.Verdict) string {
	base, cand := armNames(*v)
	if cand == "candidate" || base == strings.TrimSuffix(cand, " (candidate)")+" (baseline)" {
		return "the candidate"
	}
	return shorten(cand, titleName)
}

func solves(v *gate.Verdict) string {
	before, now := solvedShares(v)
	if before == now {
		return candidate(v) + " solves " + now + " as before"
	}
	return candidate(v) + " solves " + now + " instead of " + before
}

func solvedBeforeAndNow(v *gate.Verdict) string {
	before, now := solvedShares(v)
	return "solved " + before + " → " + now
}

// solvedShares are the pass rates in whole percents, with a decimal where they
// would look the same without.
func solvedShares(v *gate.Verdict) (before, now string) {
	m := v.Metrics[compare.PassRate]
	before, now = known(m.Baseline, wholePercent), known(m.Candidate, wholePercent)
	if before == now {
		return known(m.Baseline, percent), known(m.Candidate, percent)
	}
	return before, now
}

func typicalTask(v *gate.Verdict, with string) string {
	m := view(v, compare.TypicalCost)
	if m.source.Ratio == nil {
		return "what a typical task costs" + with + " is not known"
	}
	return fmt.Sprintf("a typical task costs %s%s (%s → %s)", costChange(*m.source.Ratio), with, m.baseline, m.candidate)
}

// typicalOrSolved is the cost that rose against a stored baseline.
func typicalOrSolved(v *gate.Verdict) string {
	with := " with " + candidate(v)
	for _, f := range v.Findings {
		if f.Metric == compare.TypicalCost && f.WorseShown {
			return typicalTask(v, with)
		}
	}
	if cost, known := solvedTask(v, with); known {
		return cost
	}
	return typicalTask(v, with)
}

// solvedTask says what a solved task costs; known is false where there is no
// ratio of two such costs.
func solvedTask(v *gate.Verdict, with string) (text string, known bool) {
	m := view(v, compare.CostPerSolved)
	if m.source.Ratio == nil || costsUnknown(m.source.Notes) != "" {
		return "", false
	}
	values := m.baseline + " → " + m.candidate
	if slices.ContainsFunc(m.source.Notes, func(f compare.Fact) bool { return f.Code == compare.PairsBesideValues }) {
		values = "of matched attempts; of all " + values
	}
	return fmt.Sprintf("a solved task costs %s%s (%s)", costChange(*m.source.Ratio), with, values), true
}

// noPrice says why costs per solved task have no ratio.
func noPrice(v *gate.Verdict) string {
	m := view(v, compare.CostPerSolved)
	switch unknown := costsUnknown(m.source.Notes); {
	case unknown != "":
		return "what a solved task costs is not known (" + unknown + ")"
	case m.source.Baseline == nil && m.source.Candidate == nil && len(m.source.Notes) == 0:
		return "what a solved task costs is not known (" + sentence(compare.Fact{Code: gate.NoKnownCosts}) + ")"
	case len(m.source.Notes) > 0:
		return "a solved task has no cost to compare (" + sentence(m.source.Notes[0]) + ")"
	}
	return "a solved task has no cost to compare (" + sentence(compare.Fact{Code: gate.OneSideFree}) + ")"
}

// costsUnknown is what keeps costs from being compared at all; empty when
// nothing does.
func costsUnknown(notes []compare.Fact) string {
	for _, note := range notes {
		switch note.Code {
		case compare.UnknownCost, compare.MissedRequests, gate.FreeOnOneSide:
			return sentence(note)
		}
	}
	return ""
}

// Difference names what makes two runs incomparable: the first of its causes,
// and how many more there are.
func Difference(differences []baselines.Difference) string {
	switch n := len(differences); n {
	case 0:
		return "the runs differ"
	case 1:
		return difference(differences[0])
	default:
		return difference(differences[0]) + " (and " + plural(n-1, "more difference") + ")"
	}
}

func difference(d baselines.Difference) string {
	return fmt.Sprintf("%s differs: baseline %s, candidate %s", d.Name(), d.A, d.B)
}
