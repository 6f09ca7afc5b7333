package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// Planned is a run before it costs anything, for [Plan].
type Planned struct {
	// Alone is the arm that is measured by itself, and Variant what that is. Then
	// only these count: suite, limits, prices and order, the policy's attempts, the
	// forecast's trials and dollars, and in Stored the run that these dollars are
	// from. Empty: a gate of both arms.
	Alone   baselines.Arm
	Variant baselines.Variant

	Suite    string // its name
	Tasks    int    // in the suite
	Policy   gate.Policy
	Forecast gate.Forecast

	Stored   string   // id of the stored baseline; empty: measured live
	Workers  int      // trials at the same time; zero: as many as the engine has room for
	LimitUSD *float64 // of the whole command; nil: none

	LimitTokens   int          // of one trial; zero: no limit
	LimitRequests int          // model requests of the whole command; zero: no limit
	LimitMinutes  float64      // of the whole command; zero: no limit
	Prices        []ModelPrice // of the models that are named; empty: no agent has one

	Warnings     []string        // of [Headroom]
	Incomparable string          // why no verdict can come of it; empty: one can
	Order        []baselines.Key // to be listed; nil: not asked for

	Cache Cache // shown as JSON only
}

// Cache is what a CI system may keep from job to job, as actions/cache does.
type Cache struct {
	Key         string `json:"key"`          // names what a run puts there
	RestoreKeys string `json:"restore_keys"` // beginning of keys that are of use where it is not there
	Path        string `json:"path"`         // directory
}

// planRow is one line of a plan, with its name.
type planRow struct{ name, body string }

// rows are the plan's lines. Their numbers are those that the verdict's reports
// will show.
func (p Planned) rows() []planRow {
	if p.Alone != "" {
		return p.aloneRows()
	}
	f := p.Forecast
	rows := []planRow{
		{"suite", fmt.Sprintf("%s: %s, %s each, %s mode", plain(p.Suite, maxName), plural(p.Tasks, "task"), plural(p.Policy.Attempts, "attempt"), f.Mode)},
		{"margins", margins(p.Policy)},
		{"trials", "at most " + count(float64(f.Trials)) + " of the candidate" + besides(p.Stored)},
	}
	if f.Counterparts > 0 {
		rows = append(rows, planRow{"pairs", counterparts(f)})
	}
	if f.LiveTrials > 0 {
		rows = append(rows, planRow{"confirm", liveTrials(p)})
	}
	rows = append(rows, planRow{"cost", expectedCost(p) + spendingLimit(p)})
	if expected, worst := p.seconds(); worst != nil {
		rows = append(rows, planRow{"time", fmt.Sprintf("about %s if nothing changed, at most about %s, %s", duration(*expected), duration(*worst), p.atATime())})
	}
	return append(rows, planRow{"power", fmt.Sprintf("a pass rate change of %s four times in five; with one more attempt a task, of %s", points(-f.SmallestDrop), points(-f.WithOneMore))})
}

// atATime says with how many trials at a time that is.
func (p Planned) atATime() string {
	if p.Workers == 0 {
		return "one after the other; as many run at a time as the engine has CPUs and memory for"
	}
	return fmt.Sprintf("with %d at a time", p.Workers)
}

// aloneRows are those of the measurement of one variant.
func (p Planned) aloneRows() []planRow {
	cost := "not known before it was measured once"
	if usd := p.Forecast.WorstUSD; usd != nil {
		cost = "about " + dollars(*usd) + ", at the costs of the stored run " + plain(p.Stored, maxName)
	}
	return []planRow{
		{"suite", fmt.Sprintf("%s: %s, %s each", plain(p.Suite, maxName), plural(p.Tasks, "task"), plural(p.Policy.Attempts, "attempt"))},
		{"measures", "the " + string(p.Alone) + " alone, " + orNotKnown(variantName(p.Variant)) + ": nothing is compared, and no verdict comes of it"},
		{"trials", count(float64(p.Forecast.Trials)) + ", all of them"},
		{"cost", cost + spendingLimit(p)},
	}
}

// tables are what the plan shows in columns.
func (p Planned) tables() []*table {
	var tables []*table
	if p.Alone == "" {
		tables = append(tables, oddsTable(p))
	}
	if len(p.Prices) > 0 {
		tables = append(tables, priceTable(p.Prices))
	}
	return tables
}

// seconds are the time until the end if nothing changed, and at most; nil where no
// baseline tells.
func (p Planned) seconds() (expected, worst *float64) {
	f, each := p.Forecast, float64(max(p.Workers, 1))
	if f.WorstSeconds == nil {
		return nil, nil
	}
	longest := *f.WorstSeconds / each
	mean := longest * f.Unchanged.Trials / float64(max(f.Trials, 1))
	return &mean, &longest
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
	f, worst := p.Forecast, p.worstUSD()
	switch {
	case worst == nil && slices.ContainsFunc(p.Prices, func(m ModelPrice) bool { return m.PerMillion == nil }):
		return "not known: a model has no price"
	case worst == nil:
		return "not known before a baseline is stored"
	case f.Unchanged.USD == nil:
		return "at most about " + dollars(*worst) + ", at the baseline's costs"
	}
	return fmt.Sprintf("about %s if nothing changed, at most about %s, at the baseline's costs", dollars(*f.Unchanged.USD), dollars(*worst))
}

// worstUSD is the whole bill if nothing is saved, live pairs included; nil when it
// is not known.
func (p Planned) worstUSD() *float64 {
	f := p.Forecast
	if f.WorstUSD == nil || f.LiveUSD == nil {
		return f.WorstUSD
	}
	usd := *f.WorstUSD + *f.LiveUSD
	return &usd
}

func spendingLimit(p Planned) string {
	var ends []string
	if p.LimitUSD != nil {
		ends = append(ends, "when "+dollars(*p.LimitUSD)+" are spent")
	}
	if p.LimitRequests > 0 {
		ends = append(ends, "after "+plural(p.LimitRequests, "model request"))
	}
	if p.LimitMinutes > 0 {
		ends = append(ends, "after "+minutes(p.LimitMinutes))
	}
	text := ""
	if len(ends) > 0 {
		text = "; the run ends " + strings.Join(ends, " or ")
	}
	if p.LimitTokens > 0 {
		text += "; a trial ends after " + plural(p.LimitTokens, "token")
	}
	return text
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

// MostUSD is a sentence on what a run may cost: by what the stored baseline cost,
// else by its limit (limits.usd; nil: none). Empty: nothing is known of it.
func MostUSD(f gate.Forecast, limitUSD *float64) string {
	if f.WorstUSD == nil {
		if limitUSD == nil {
			return ""
		}
		return "That costs at most " + dollars(*limitUSD) + " (limits.usd)."
	}
	usd := *f.WorstUSD
	if f.LiveUSD != nil {
		usd += *f.LiveUSD
	}
	if limitUSD != nil && *limitUSD < usd {
		return "That costs at most " + dollars(*limitUSD) + " (limits.usd)."
	}
	return "That costs about " + dollars(usd) + " at the stored baseline's costs, and less where the verdict stands early."
}

// OutOfRequests says that a run ended before its plan did.
func OutOfRequests(limit int) string {
	return "the run ended early: it has made the " + plural(limit, "model request") + " that limits.requests allows; raise the limit, or lower limits.attempts"
}

// OutOfMoney says that a run ended before its plan did.
func OutOfMoney(limitUSD float64) string {
	return "the run ended early: its " + dollars(limitUSD) + " (limits.usd) cannot pay for the next request; raise the limit, or lower limits.usd_per_trial or limits.attempts"
}

// NotPrepared says why the trials of a task could not run.
func NotPrepared(failed error) string {
	return "no environment, no trials: " + plain(strings.ReplaceAll(failed.Error(), "\n   ", ";"), maxProse)
}

// OutOfTime says that a run ended before its plan did.
func OutOfTime(over compare.Fact) string { return sentence(over) }

// TooLittleTime says that no trial of a task could be begun within the limit of a
// run.
func TooLittleTime(limit float64, task string, agent time.Duration) string {
	return fmt.Sprintf("limits.minutes is %g, of which the last (a tenth, and one at most) is kept for the end, and the agent of task %s may work for %s (its own timeout, times limits.timeout_multiplier): no trial of it would be begun; raise the limit, or leave the task out",
		limit, plain(task, maxName), duration(agent.Seconds()))
}

// RateLimited says what the model API's rate limits did to a run; empty: nothing.
func RateLimited(w baselines.Workers) string {
	if w.RateLimited == 0 {
		return ""
	}
	return fmt.Sprintf("the model API limited the rate: answers of 429 or 529 to %s; up to %s ran at a time, and fewer, down to %s, after that; starts waited %s in all",
		plural(w.RateLimited, "request"), plural(w.Most, "trial"), count(float64(w.Least)), duration(w.WaitSeconds))
}
