package report

import (
	"fmt"
	"strconv"
	"time"
)

// Running is a measurement that is still going on, as a comment shows it: what
// there is so far, without interval, sign or colour, since a look at it decides
// nothing.
type Running struct {
	Candidate RunningArm
	Baseline  *RunningArm // nil: the candidate is measured by itself

	// Trials of the candidate: those that have ended, and the fewest and the most
	// on which a verdict can be given. Least of 0 is not known.
	Done, Least, Most int

	USD, LimitUSD *float64 // of the whole command; nil: not known, no limit
	Odds          *float64 // of a verdict by the end, 0 to 1, as plan tells them; nil: not known
	SecondsLeft   *float64 // nil: not known

	Started time.Time // of the first trial; zero: not known
}

// RunningArm is one side so far.
type RunningArm struct {
	Name             string // of the variant
	Solved, Trials   int
	CostPerSolvedUSD *float64 // nil: not known, or nothing is solved
	Stored           bool     // measured before
}

// Markdown is the measurement as a comment. Each step of the trials changes it.
func (r Running) Markdown() string {
	m := &markdown{}
	m.block("### ⏳ " + r.measuring() + ": " + escape(r.Line()))
	r.table(m)
	m.block("<sub>" + escape(r.rule()) + "</sub>")
	return m.String()
}

func (r Running) measuring() string {
	text := "Measuring " + code(armName(r.Candidate.Name))
	if r.Baseline != nil {
		text += " against " + code(armName(r.Baseline.Name))
	}
	return text
}

func armName(name string) string { return orNotKnown(shorten(plain(name, maxName), titleName)) }

// Line is how far it has come: "12 of at most 30 trials, $2.61 of $15.00".
func (r Running) Line() string {
	text := fmt.Sprintf("%s of at most %s", count(float64(r.Done)), plural(r.Most, "trial"))
	if r.USD == nil {
		return text
	}
	text += ", " + dollars(*r.USD)
	if r.LimitUSD != nil {
		text += " of " + dollars(*r.LimitUSD)
	}
	return text
}

// Title is [Running.Line] in at most 80 characters.
func (r Running) Title() string { return clip(r.Line(), maxTitle) }

func (r Running) table(m *markdown) {
	titles, align := []string{"", "candidate so far"}, "lr"
	arms := []RunningArm{r.Candidate}
	if r.Baseline != nil {
		titles, align = []string{"", "baseline", "candidate so far"}, "lrr"
		arms = []RunningArm{*r.Baseline, r.Candidate}
	}
	solved, cost := []string{"Solved"}, []string{"Cost per solved task"}
	for _, arm := range arms {
		solved = append(solved, escape(arm.solved()))
		cost = append(cost, escape(arm.cost()))
	}
	m.rows(align, titles, [][]string{solved, cost})
}

// solved: "94% (17 of 18, stored)".
func (a RunningArm) solved() string {
	if a.Trials == 0 {
		return "no trial yet"
	}
	text := strconv.Itoa(a.Solved) + " of " + strconv.Itoa(a.Trials)
	if a.Stored {
		text += ", stored"
	}
	return wholePercent(float64(a.Solved)/float64(a.Trials)) + " (" + text + ")"
}

func (a RunningArm) cost() string {
	switch {
	case a.Trials == 0:
		return "–"
	case a.Solved == 0:
		return "none solved"
	}
	return known(a.CostPerSolvedUSD, dollars)
}

// rule says that nothing above decides, and when it will be decided.
func (r Running) rule() string {
	text := "Not a verdict: "
	switch {
	case r.Baseline == nil:
		text += "the candidate is measured by itself, and compared with nothing."
	case r.Least > 0 && r.Least < r.Most:
		text += fmt.Sprintf("it is decided on at least %s and at most %s, and stops as soon as it stands.", count(float64(r.Least)), plural(r.Most, "trial"))
	default:
		text += fmt.Sprintf("it is decided on at most %s, and stops as soon as it stands.", plural(r.Most, "trial"))
	}
	if r.Odds != nil {
		text += " Odds of a verdict by the end: " + probability(*r.Odds) + "."
	}
	if r.SecondsLeft != nil {
		text += " About " + duration(*r.SecondsLeft) + " left."
	}
	if !r.Started.IsZero() { // with its date: what says that it runs may be left from a job that died
		text += " Started " + r.Started.UTC().Format("2006-01-02 15:04") + " UTC."
	}
	return text
}
