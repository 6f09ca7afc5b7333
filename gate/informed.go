package gate

import (
	"math"

	"github.com/benchgate/benchgate/compare"
)

// informedPassRate tests the pass rate with Bayes factors, after each trial. It
// is sure enough when a factor reaches one over the error rate: 1/alpha for
// "nothing got worse", 1/beta for "worse by the margin".
type informedPassRate struct {
	policy  Policy
	factors *bayesFactors
	standing

	logFail, logPass float64
}

func newInformedPassRate(p Policy, post *posterior) *informedPassRate {
	return &informedPassRate{policy: p, factors: newBayesFactors(post, p.PassRateMaxDrop), standing: standing{status: Unclear}}
}

func (t *informedPassRate) observe(o observation) { t.factors.observe(o.task, o.solved) }

func (t *informedPassRate) look(l look) {
	t.logFail, t.logPass = t.factors.logFail(), t.factors.logPass()
	ruledOut := l.everyTask && t.logPass >= -math.Log(t.policy.Beta) && enoughToPass(t.policy, l.tally.cand.Attempts, l.delta)
	shown := l.enough && t.logFail >= -math.Log(t.policy.alphaOf(compare.PassRate)) && morePairsLost(l.tally)
	t.worseShown = t.worseShown || shown
	if !l.everyTask && -l.delta < firstRoundGuard*t.policy.PassRateMaxDrop-rounding {
		shown = false
	}
	t.settle(shown, ruledOut, -l.delta, t.policy.PassRateMaxDrop, t.evidence())
}

// morePairsLost asks that the candidate also lost more of the pairs than it won:
// a run compared with itself, or with a baseline whose first attempts were its
// worst, must not fail for what the baseline did later.
func morePairsLost(t *tally) bool { return t.losses > t.wins || t.pairs == 0 }

func (t *informedPassRate) finding() finding {
	return t.standing.finding(compare.PassRate, t.evidence())
}

// prospect: each attempt tells something, with or without a counterpart.
func (t *informedPassRate) prospect(l left) prospect {
	if p, ok := t.settled(); ok {
		return p
	}
	return prospect{worse: true, passes: l.best.candidate.Attempts >= attemptsToPass(t.policy)}
}

func (t *informedPassRate) evidence() Evidence {
	return Evidence{
		Fail: exponential(t.logFail), Pass: exponential(t.logPass),
		FailAt: oneOver(t.policy.alphaOf(compare.PassRate)), PassAt: oneOver(t.policy.Beta),
	}
}
