package gate

import (
	"fmt"
	"math"

	"github.com/benchgate/benchgate/compare"
)

// process is one gated metric under sequential test.
type process interface {
	// observe takes one candidate attempt, in the planned order.
	observe(o observation)

	// look asks what stands now. What stood at an earlier look stands.
	look(l look)

	finding() finding
}

// look is a moment at which a verdict may be given.
type look struct {
	tally     *tally
	delta     float64 // of the pass rates, over the tasks attempted
	everyTask bool    // each task has an attempt that counts on both sides
	enough    bool    // the minimum of trials is reached
	round     int     // the round that just ended, from 1; 0 inside a round
}

// informedPassRate tests the pass rate with Bayes factors, after each trial.
type informedPassRate struct {
	policy  Policy
	factors *bayesFactors
	standing

	logFail, logPass float64
}

// standing is what a process has found so far. Evidence that once reached its
// threshold counts, even if it falls again: that is what it was measured for.
type standing struct {
	status                     Status
	worseShown, marginRuledOut bool
}

func (s standing) finding(m compare.Metric, e Evidence) finding {
	return finding{metric: m, status: s.status, worseShown: s.worseShown, marginRuledOut: s.marginRuledOut, evidence: &e}
}

func newInformedPassRate(p Policy, post *posterior) *informedPassRate {
	return &informedPassRate{policy: p, factors: newBayesFactors(post, p.PassRateMaxDrop), standing: standing{status: Unclear}}
}

func (t *informedPassRate) observe(o observation) { t.factors.observe(o.task, o.solved) }

func (t *informedPassRate) look(l look) {
	t.logFail, t.logPass = t.factors.logFail(), t.factors.logPass()
	ruledOut := l.everyTask && t.logPass >= -math.Log(t.policy.Beta) && enoughToPass(t.policy, l.tally.cand.Attempts)
	shown := l.enough && t.logFail >= -math.Log(t.policy.alphaOf(compare.PassRate)) && morePairsLost(l.tally)
	t.settle(shown, ruledOut, -l.delta, t.policy.PassRateMaxDrop)
}

// settle takes one look: which hypotheses fall, and how much worse the estimate
// is, on the scale of the margin.
func (s *standing) settle(shown, ruledOut bool, worse, margin float64) {
	s.worseShown = s.worseShown || shown
	s.marginRuledOut = s.marginRuledOut || ruledOut
	switch {
	case s.status != Unclear:
	case ruledOut && worse <= passGuard*margin+rounding:
		s.status = NoWorse
	case shown && worse >= failGuard*margin-rounding:
		s.status = Worse
	}
}

// morePairsLost asks that the candidate also lost more of the pairs than it won:
// a run compared with itself, or with a baseline whose first attempts were its
// worst, must not fail for what the baseline did later.
func morePairsLost(t *tally) bool { return t.losses > t.wins || t.pairs == 0 }

func (t *informedPassRate) finding() finding {
	return t.standing.finding(compare.PassRate, Evidence{
		Fail: exponential(t.logFail), Pass: exponential(t.logPass),
		FailAt: oneOver(t.policy.alphaOf(compare.PassRate)), PassAt: oneOver(t.policy.Beta),
	})
}

// strictPassRate tests the pass rate on pairs alone, after each round.
type strictPassRate struct {
	policy Policy
	signs  *signTest
	bounds []float64 // of the score against a drop by the margin, by round
	standing

	pairs           compare.Pairs
	disagreed, lost int // in this round
	score           float64
}

func newStrictPassRate(p Policy, bounds []float64) *strictPassRate {
	return &strictPassRate{
		policy: p,
		signs:  newSignTest(p.alphaOf(compare.PassRate), len(bounds)),
		bounds: bounds,

		standing: standing{status: Unclear},
	}
}

func (t *strictPassRate) observe(o observation) {
	if !o.paired {
		return
	}
	t.pairs.N++
	switch {
	case o.baselineSolved && !o.solved:
		t.pairs.Losses++
		t.disagreed++
		t.lost++
	case o.solved && !o.baselineSolved:
		t.pairs.Wins++
		t.disagreed++
	}
}

func (t *strictPassRate) look(l look) {
	if l.round == 0 || l.round > len(t.bounds) {
		return
	}
	t.signs.look(t.disagreed, t.lost)
	t.disagreed, t.lost = 0, 0
	if t.pairs.N == 0 {
		return
	}
	margin, delta := t.policy.PassRateMaxDrop, t.pairs.Delta()
	t.score = t.pairs.Score(-margin)
	ruledOut := l.everyTask && t.score >= t.bounds[l.round-1] && enoughToPass(t.policy, t.pairs.N)
	t.settle(t.signs.rejected, ruledOut, -delta, margin)
}

func (t *strictPassRate) finding() finding {
	round := min(max(t.signs.round, 1), len(t.bounds))
	return t.standing.finding(compare.PassRate, Evidence{
		Fail: float64(t.signs.losses), FailAt: float64(t.signs.critical),
		Pass: t.score, PassAt: t.bounds[round-1],
	})
}

// symmetricCost tests the typical cost by the symmetry of the pairs' log
// ratios about no change, and about the margin.
type symmetricCost struct {
	policy     Policy
	fail, pass symmetry
	margin     float64 // log
	sum        float64 // of log ratios
	n          int
	standing
	why string
}

func newSymmetricCost(p Policy) *symmetricCost {
	return &symmetricCost{policy: p, margin: math.Log(p.TypicalCostMaxRatio), standing: standing{status: Unclear}}
}

func (t *symmetricCost) observe(o observation) {
	if !o.priced {
		return
	}
	t.fail.observe(o.logRatio)
	t.pass.observe(t.margin - o.logRatio)
	t.sum += o.logRatio
	t.n++
}

func (t *symmetricCost) look(l look) {
	t.why = l.tally.basis().costDoubt()
	if t.n == 0 || t.why != "" {
		return
	}
	ruledOut := l.everyTask && t.pass.logE() >= -math.Log(t.policy.Beta)
	shown := l.enough && t.fail.logE() >= -math.Log(t.policy.alphaOf(compare.TypicalCost))
	t.settle(shown, ruledOut, t.sum/float64(t.n), t.margin)
}

func (t *symmetricCost) finding() finding {
	f := t.standing.finding(compare.TypicalCost, Evidence{
		Fail: exponential(t.fail.logE()), Pass: exponential(t.pass.logE()),
		FailAt: oneOver(t.policy.alphaOf(compare.TypicalCost)), PassAt: oneOver(t.policy.Beta),
	})
	if f.why = t.why; f.why == "" && t.n == 0 {
		f.why = "no matched attempt has a known cost on both sides"
	}
	if f.why != "" {
		f.status = StatusNotMeasured
	}
	return f
}

// exponential keeps evidence printable: beyond e^300 nobody needs the digits.
func exponential(log float64) float64 { return math.Exp(min(log, 300)) }

// oneOver leaves out the digits that a division adds.
func oneOver(rate float64) float64 { return math.Round(1e6/rate) / 1e6 }

// atTheEnd is a metric that is read once, when the plan is through.
func atTheEnd(m compare.Metric) finding {
	return finding{metric: m, status: Unclear, why: fmt.Sprintf("%s is read at the planned end only", metricName(m))}
}
