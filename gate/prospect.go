package gate

import (
	"math"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// prospect is what the trials that are left can still make of a metric.
type prospect struct {
	worse  bool // a regression
	passes bool // an answer that a pass can rest on

	// why says what rules an answer out for good, where it is not the numbers.
	why *compare.Fact
}

// openProspect is that of a metric which may still learn whatever it takes.
var openProspect = prospect{worse: true, passes: true}

// settled is the prospect of a metric that has its answer; ok is false for one
// that has none.
func (s standing) settled() (p prospect, ok bool) {
	return prospect{worse: s.status == Worse, passes: s.status == NoWorse || s.status == Better}, s.status != Unclear
}

// left is what the plan still has to give.
type left struct {
	trials int // of the candidate, planned and not consumed

	// pairs are those of them that can be compared with the baseline's attempt
	// of the same number: it has one with a known cost, or is measured now.
	pairs int

	best basis // what findings rest on, should all that is left go well
}

func (g *Gate) left() left {
	l := left{trials: g.leftTrials, pairs: g.leftPairs, best: g.tally.basis()}
	l.best.candidate.Attempts += l.trials
	l.best.pairs += l.pairs
	if g.together {
		l.best.baseline.Solved += int(math.Round(atBest(l.best.baseline) * float64(l.trials)))
		l.best.baseline.Attempts += l.trials
	}
	return l
}

// expect counts the plan's trials before the first is consumed.
func (g *Gate) expect() {
	g.leftTrials = g.planned
	if g.together {
		g.leftPairs = g.planned
		return
	}
	for _, task := range g.tally.tasks {
		for attempt, half := range task.attempts {
			if half.priced && attempt >= 1 && attempt <= len(g.remaining) {
				g.leftPairs++
			}
		}
	}
}

// took takes one of them off.
func (g *Gate) took(t *baselines.Trial) {
	if _, known := g.tally.index[t.Task]; !known || t.Attempt < 1 || t.Attempt > len(g.remaining) {
		return
	}
	g.leftTrials--
	if g.together || g.tally.pairOf(t).priced {
		g.leftPairs--
	}
}

// assess closes the gate when no trial that is left can change the outcome: no
// metric can become a regression, and some metric or task keeps a pass away for
// good; or another model has done the work in too many of all that were planned. Whatever a trial may change in principle counts as open, and so does a
// doubt about the infrastructure; a verdict that money could still turn is never
// given up.
func (g *Gate) assess() {
	if g.Stands() || len(g.processes) == 0 || g.leftTrials <= 0 {
		return
	}
	l := g.left()
	regression, pass := false, g.together || g.tally.leastAttempts() > 0
	var why []compare.Fact
	for _, p := range g.prospects(l) {
		regression, pass = regression || p.worse, pass && p.passes
		if p.why != nil && !slices.ContainsFunc(why, func(f compare.Fact) bool { return f.Code == p.why.Code }) {
			why = append(why, *p.why)
		}
	}
	if l.best.modelDoubt() != nil {
		regression, pass = false, false
	}
	if g.billHeld && l.pairs == 0 {
		pass = false // the bill is what it is
	}
	if !regression && !pass {
		g.askPerSolved()
		if g.stop(); !g.Stands() {
			g.pointless, g.stuckBy = true, why
		}
	}
}

func (g *Gate) prospects(l left) []prospect {
	var out []prospect
	// The strict mode looks after whole rounds, and so it gives up.
	hollow := g.hollow(l) && (g.policy.Mode != Strict || g.consumed == g.rounds*len(g.tally.tasks))
	for _, p := range g.processes {
		now := p.prospect(l)
		if hollow && p.finding().metric == compare.PassRate {
			now = g.hollowed(now, l)
		}
		out = append(out, now)
	}
	// Beside a baseline that solves nothing there is no cost per solved task, and
	// beside one that solves little it finds hardly more than the typical cost.
	if g.perSolved != nil && !(hollow && (g.policy.TypicalCostMaxRatio > 0 || l.best.baseline.Solved == 0)) {
		out = append(out, g.perSolved.prospect(l))
	}
	return out
}
