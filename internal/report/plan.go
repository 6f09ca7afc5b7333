package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
)

// Planned is a run before it costs anything, for [Plan].
type Planned struct {
	Suite    string // its name
	Tasks    int    // in the suite
	Policy   gate.Policy
	Forecast gate.Forecast

	Stored   string   // id of the stored baseline; empty: measured live
	Workers  int      // trials at the same time
	LimitUSD *float64 // of the whole command; nil: none

	LimitRequests int          // model requests of the whole command; zero: no limit
	Prices        []ModelPrice // of the models that are named; empty: no agent has one

	Warnings     []string        // of [Headroom]
	Incomparable string          // why no verdict can come of it; empty: one can
	Order        []baselines.Key // to be listed; nil: not asked for
}

// Plan writes what a run will do and what will probably come of it, as text.
// Its numbers are those that the verdict's reports will show.
func Plan(w io.Writer, p Planned) error {
	t := &text{width: 120}
	row := func(name, body string) { t.WriteString(pad(name, 9, false) + body + "\n") }
	f := p.Forecast
	row("suite", fmt.Sprintf("%s: %s, %s each, %s mode", plain(p.Suite, maxName), plural(p.Tasks, "task"), plural(p.Policy.Attempts, "attempt"), f.Mode))
	row("margins", margins(p.Policy))
	row("trials", "at most "+count(float64(f.Trials))+" of the candidate"+besides(p.Stored))
	if f.Counterparts > 0 {
		row("pairs", counterparts(f))
	}
	if f.LiveTrials > 0 {
		row("confirm", liveTrials(p))
	}
	row("cost", expectedCost(p)+spendingLimit(p))
	if f.WorstSeconds != nil {
		each := float64(max(p.Workers, 1))
		expected := *f.WorstSeconds * f.Unchanged.Trials / float64(max(f.Trials, 1))
		row("time", fmt.Sprintf("about %s if nothing changed, at most about %s, with %d at a time", duration(expected/each), duration(*f.WorstSeconds/each), p.Workers))
	}
	row("power", fmt.Sprintf("a pass rate change of %s four times in five; with one more attempt a task, of %s", points(-f.SmallestDrop), points(-f.WithOneMore)))
	t.gap()
	for _, line := range oddsTable(p).lines(t.painter) {
		t.line(line)
	}
	if len(p.Prices) > 0 {
		t.gap()
		for _, line := range priceTable(p.Prices).lines(t.painter) {
			t.line(line)
		}
	}
	for _, warning := range p.Warnings {
		t.gap()
		t.line(capital(warning))
	}
	if p.Incomparable != "" {
		t.gap()
		t.line("INCOMPARABLE: " + plain(p.Incomparable, maxProse))
	}
	for i, k := range p.Order {
		t.line(pad(strconv.Itoa(i+1), 4, true) + "  " + plain(k.Task, maxName) + " #" + strconv.Itoa(k.Attempt))
	}
	return t.flush(w)
}

// margins are written as the verdict's tables write them.
func margins(p gate.Policy) string {
	text := "pass rate " + points(-p.PassRateMaxDrop)
	if p.TypicalCostMaxRatio > 0 {
		text += ", typical cost " + ratioChange(p.TypicalCostMaxRatio)
	}
	if p.CostPerSolvedMaxRatio > 0 {
		text += ", cost per solved task " + ratioChange(p.CostPerSolvedMaxRatio) + " (" + waitsForNothing + ")"
	}
	return text
}

func besides(stored string) string {
	if stored == "" {
		return " and as many of the baseline, which is measured live"
	}
	return "; the baseline is stored (" + plain(stored, maxName) + ")"
}

// counterparts says what the attempts beyond a stored baseline's are good for.
func counterparts(f gate.Forecast) string {
	more := "those beyond tell about the pass rate only"
	if f.Mode == gate.Strict {
		more = "those beyond are no evidence"
	}
	if f.Mode != gate.Fixed {
		more += ", and none is made once it cannot change the verdict"
	}
	return "the baseline has " + plural(f.Counterparts, "attempt") + " a task: " + more
}

// liveTrials says what a regression of costs asks for before it stands.
func liveTrials(p Planned) string {
	f := p.Forecast
	text := count(float64(f.LiveTrials)) + " trials more, a live pair at each task, where costs alone make a regression"
	if f.LiveUSD == nil {
		return text
	}
	text += fmt.Sprintf(": about %s, in %s of runs if nothing changed", dollars(*f.LiveUSD), percent(f.Unchanged.Confirm))
	if limit := p.LimitUSD; limit != nil && f.WorstUSD != nil && *f.WorstUSD+*f.LiveUSD > *limit {
		text += "; " + dollars(*limit) + " may not pay for them, and then it stands unconfirmed"
	}
	return text
}

func expectedCost(p Planned) string {
	f := p.Forecast
	if f.WorstUSD != nil && f.LiveUSD != nil {
		worst := *f.WorstUSD + *f.LiveUSD
		f.WorstUSD = &worst
	}
	switch {
	case f.WorstUSD == nil && slices.ContainsFunc(p.Prices, func(m ModelPrice) bool { return m.PerMillion == nil }):
		return "not known: a model has no price"
	case f.WorstUSD == nil:
		return "not known before a baseline is stored"
	case f.Unchanged.USD == nil:
		return "at most about " + dollars(*f.WorstUSD) + ", at the baseline's costs"
	}
	return fmt.Sprintf("about %s if nothing changed, at most about %s, at the baseline's costs", dollars(*f.Unchanged.USD), dollars(*f.WorstUSD))
}

func spendingLimit(p Planned) string {
	var ends []string
	if p.LimitUSD != nil {
		ends = append(ends, "when "+dollars(*p.LimitUSD)+" are spent")
	}
	if p.LimitRequests > 0 {
		ends = append(ends, "after "+plural(p.LimitRequests, "model request"))
	}
	if len(ends) == 0 {
		return ""
	}
	return "; the run ends " + strings.Join(ends, " or ")
}

// oddsTable shows what the gate will probably say, and after how much.
func oddsTable(p Planned) *table {
	t := &table{columns: []column{
		{title: "odds"},
		{title: "pass", right: true},
		{title: "regression", right: true},
		{title: "inconclusive", right: true},
		{title: "trials", right: true},
		{title: "cost", right: true},
	}}
	row := func(when string, o gate.Odds) {
		cost := "–"
		if o.USD != nil {
			cost = dollars(*o.USD)
		}
		var cells []cell
		for _, s := range []string{when, probability(o.Pass), probability(o.Regression), probability(o.Inconclusive), count(o.Trials), cost} {
			cells = append(cells, cell{text: s})
		}
		t.rows = append(t.rows, cells)
	}
	row("if nothing changed", p.Forecast.Unchanged)
	row("if the pass rate changed by "+points(-p.Policy.PassRateMaxDrop), p.Forecast.AtMargin)
	return t
}

// Headroom says what the policy's margin means beside what a stored baseline
// solves, one sentence each; nothing where there is nothing to warn of. With
// hopeless, no candidate passes that is not better.
func Headroom(p gate.Policy, baseline *baselines.Run) (warnings []string, hopeless bool) {
	for _, f := range gate.Headroom(p, baseline) {
		warnings = append(warnings, sentence(f))
		hopeless = hopeless || f.Code == gate.NothingCanFall
	}
	return warnings, hopeless
}

// Unlikely warns of a design that will hardly pass what did not change; empty
// for one that will.
func Unlikely(f gate.Forecast) string {
	const unlikely = 0.5
	if f.Unchanged.Pass >= unlikely {
		return ""
	}
	return "a verdict is unlikely: if nothing changed, this design passes in " + probability(f.Unchanged.Pass) +
		` of runs; "benchgate plan" says what more attempts would buy`
}

// Unaffordable says that a plan costs more than its own limit.
func Unaffordable(f gate.Forecast, attempts int, limitUSD float64) string {
	return fmt.Sprintf("%s at the baseline's costs come to %s, and limits.usd is %s: raise it, or plan fewer than %s",
		plural(f.Trials, "trial"), known(f.WorstUSD, dollars), dollars(limitUSD), plural(attempts, "attempt"))
}

// OutOfRequests says that a run ended before its plan did.
func OutOfRequests(limit int) string {
	return "the run ended early: it has made the " + plural(limit, "model request") + " that limits.requests allows; raise the limit, or lower limits.attempts"
}

// OutOfMoney says that a run ended before its plan did.
func OutOfMoney(limitUSD float64) string {
	return "the run ended early: its " + dollars(limitUSD) + " (limits.usd) cannot pay for the next request; raise the limit, or lower limits.usd_per_trial or limits.attempts"
}
