package gate

import (
	"math"
	"slices"

	"github.com/benchgate/benchgate/compare"
)

// Settle is the one answer to what would turn an inconclusive verdict into
// another. It never speaks of margins: choosing one with the data in sight
// would void the error rates.
type Settle struct {
	By SettledBy `json:"by"`

	// Trials of the candidate, and of a baseline that is measured beside it or,
	// with ByDeeperBaseline, before it.
	Trials         int `json:"trials,omitempty"`
	BaselineTrials int `json:"baseline_trials,omitempty"`

	// Attempts is how many more attempts a task that is (but see
	// ByDeeperBaseline), and Plan how many the next plan then has; zero where
	// planned trials are still to come.
	Attempts int `json:"attempts,omitempty"`
	Plan     int `json:"plan,omitempty"`

	// USD is what those trials will cost if they cost what the others did, in
	// US dollars; nil when that is not known.
	USD *float64 `json:"usd,omitempty"`

	// Odds is the probability, 0 to 1, that those trials end in a pass or a
	// regression, given what the trials so far leave possible. Nil until
	// [Gate.Foretell] was asked, and where it does not know.
	Odds *float64 `json:"odds,omitempty"`
}

// SettledBy is what would settle an inconclusive verdict.
type SettledBy string

// The ways.
const (
	// ByPlannedTrials: trials that were planned are not in yet.
	ByPlannedTrials SettledBy = "planned_trials"
	// ByMoreAttempts: all are in; if the estimates stay, so many more would do.
	ByMoreAttempts SettledBy = "more_attempts"
	// ByTooMany: it would take more than Attempts more a task.
	ByTooMany SettledBy = "too_many"
	// ByDeeperBaseline: the stored baseline has no counterpart for further
	// trials; a new baseline and a candidate of about Attempts attempts a task
	// each would do. The candidate's trials beside another baseline do not go on
	// from those that it has.
	ByDeeperBaseline SettledBy = "deeper_baseline"
	// ByNewBaseline: live pairs do not show what the comparison with the stored
	// baseline does; one that is measured anew would tell.
	ByNewBaseline SettledBy = "new_baseline"
	// ByNewTrials: the rules are newer than the trials; trials that are made
	// under them would tell.
	ByNewTrials SettledBy = "new_trials"
	// NotByTrials: what keeps the verdict open is not the number of trials.
	NotByTrials SettledBy = "not_by_trials"
)

// mostMoreAttempts is how many more attempts a task can be asked for.
const mostMoreAttempts = 20

// settle says what would turn an inconclusive verdict on these findings into an
// answer.
func (g *Gate) settle(findings []finding, c *compare.Comparison) *Settle {
	base, margin := g.tally.basis(), g.policy.PassRateMaxDrop
	left := g.left()
	hollow := g.hollow(left)
	if left.best.modelDoubt() != nil || g.beyondThisBaseline(c) || hollow && base.nothingToLose(margin) {
		return &Settle{By: NotByTrials}
	}
	if s := g.openTrials(); !g.pointless && s.Trials+s.BaselineTrials > 0 {
		s.USD = billOf(s, c)
		return &s
	}
	// Rounds of any attempts, and of those with a counterpart.
	pairs := base.roundsToFall(margin, len(c.Tasks))
	more := pairs
	if len(c.MissingTasks) > 0 {
		more = max(more, 1)
	}
	for _, f := range findings {
		if f.metric == compare.CostPerSolved {
			continue // nothing waits for it
		}
		if f.status == Unclear && f.why == nil && !(f.worseShown && f.marginRuledOut) {
			rounds := moreRounds(g.policy, f.metric, c)
			more = max(more, rounds)
			if needsPairs(g.policy.Mode, f.metric) {
				pairs = max(pairs, rounds)
			}
		}
	}
	tasks, rounds := max(len(c.Tasks), 1), more
	switch {
	case rounds == 0:
		return &Settle{By: NotByTrials}
	case rounds > mostMoreAttempts:
		return &Settle{By: ByTooMany, Attempts: mostMoreAttempts}
	case !g.together && pairs > 0 && len(g.remaining)+pairs > g.tally.leastAttempts():
		attempts := min(len(g.remaining), g.tally.leastAttempts()) + rounds
		s := Settle{By: ByDeeperBaseline, Attempts: attempts, Trials: attempts * tasks, BaselineTrials: attempts * tasks}
		s.USD = billOf(s, c)
		return &s
	case g.pointless && !hollow:
		return &Settle{By: NotByTrials}
	}
	s := Settle{By: ByMoreAttempts, Trials: rounds * tasks, Attempts: rounds, Plan: len(g.remaining) + rounds}
	if g.together {
		s.BaselineTrials = s.Trials
	}
	s.USD = billOf(s, c)
	return &s
}

// needsPairs reports whether a metric learns only from attempts that have a
// counterpart: whatever is tested by rounds of pairs, by the e-process on costs or
// by the swap test.
func needsPairs(mode Mode, m compare.Metric) bool {
	switch mode {
	case Strict:
		return true
	case Fixed:
		return m == compare.CostPerSolved
	}
	return m != compare.PassRate
}

// beyondThisBaseline reports that a stored baseline lacks a task: no trial of
// the candidate makes up for that.
func (g *Gate) beyondThisBaseline(c *compare.Comparison) bool {
	return !g.together && slices.ContainsFunc(c.Tasks, func(t compare.Task) bool { return t.Baseline.Attempts == 0 })
}

// openTrials are those that were planned and are not in.
func (g *Gate) openTrials() Settle {
	baseline, candidate := g.allIn()
	s := Settle{By: ByPlannedTrials, Trials: max(0, g.planned-candidate.CameToAnEnd(len(g.remaining)))}
	if g.together {
		s.BaselineTrials = max(0, g.planned-baseline.CameToAnEnd(len(g.remaining)))
	}
	return s
}

// billOf is what the trials will cost, each at its task's mean so far: the order
// puts cheap tasks first, so those that are left are dearer than those that are
// in. Nil when one side's costs are not all known.
func billOf(s Settle, c *compare.Comparison) *float64 {
	candidate, known := billOfSide(s.Trials, s.By, c, func(t compare.Task) compare.TaskSide { return t.Candidate })
	baseline, knownToo := billOfSide(s.BaselineTrials, s.By, c, func(t compare.Task) compare.TaskSide { return t.Baseline })
	if !known || !knownToo {
		return nil
	}
	return finite(candidate + baseline)
}

// billOfSide spreads the trials over the tasks: what is planned goes where
// attempts are missing, what is added goes everywhere.
func billOfSide(trials int, by SettledBy, c *compare.Comparison, of func(compare.Task) compare.TaskSide) (usd float64, known bool) {
	if trials == 0 {
		return 0, true
	}
	planned := trials
	for _, t := range c.Tasks {
		planned += of(t).Attempts
	}
	var bill, weights, means, measured float64
	for _, t := range c.Tasks {
		side := of(t)
		if side.Attempts == 0 {
			continue // at the mean of the others
		}
		if side.CostUSD == nil {
			return 0, false
		}
		mean, weight := *side.CostUSD/float64(side.Attempts), 1.0
		if by == ByPlannedTrials {
			weight = max(0, float64(planned)/float64(len(c.Tasks))-float64(side.Attempts))
		}
		bill, weights = bill+weight*mean, weights+weight
		means, measured = means+mean, measured+1
	}
	switch {
	case measured == 0:
		return 0, false
	case weights == 0: // all at tasks without an attempt
		return float64(trials) * means / measured, true
	}
	return float64(trials) * bill / weights, true
}

// moreRounds is how many more attempts a task an unclear metric would take: the
// width of its interval shrinks with the root of the trials, until the estimate
// is far enough from the nearer hypothesis to be found out four times in five.
func moreRounds(p Policy, m compare.Metric, c *compare.Comparison) int {
	tasks := len(c.Tasks)
	e := c.Estimates[m]
	have := float64(c.Candidate.Attempts)
	margin, _ := p.margin(m)
	low, high, drop := e.Low, e.High, 0.0
	if m != compare.PassRate {
		low, high, margin = logOf(e.Low), logOf(e.High), math.Log(margin)
	}
	if low == nil || high == nil {
		return max(1, compare.AttemptsToSee(tasks, p.PassRateMaxDrop)-int(have)/tasks)
	}
	if m == compare.PassRate {
		drop = -*e.Delta
	} else {
		drop = *logOf(e.Ratio)
	}
	perRoot := (*high - *low) / 2 / compare.NormalQuantile((1+compare.Level)/2) * math.Sqrt(have)
	distance, level := margin-drop, p.Beta
	if drop > (failGuard+passGuard)/2*margin {
		distance, level = drop, p.alphaOf(m)
	}
	z := compare.NormalQuantile(1-level) + compare.NormalQuantile(0.8)
	need := math.Pow(perRoot*z/distance, 2) - have
	rounds := 1
	if need > 0 {
		rounds = int(math.Ceil(min(need, 1e6) / float64(tasks)))
	}
	if m == compare.PassRate && drop <= passGuard*margin {
		for rounds <= mostMoreAttempts && !enoughToPass(p, int(have)+rounds*tasks, -drop) {
			rounds++
		}
	}
	return rounds
}

// logOf is nil where there is no logarithm.
func logOf(x *float64) *float64 {
	if x == nil || *x <= 0 {
		return nil
	}
	return finite(math.Log(*x))
}
