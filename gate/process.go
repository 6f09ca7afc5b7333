package gate

import (
	"math"

	"github.com/benchgate/benchgate/compare"
)

// process is one gated metric under sequential test.
type process interface {
	// observe takes one candidate attempt, in the planned order.
	observe(o observation)

	// look asks what the evidence shows now. What an earlier look found is
	// kept.
	look(l look)

	finding() finding

	// prospect is what trials to come can still make of it.
	prospect(l left) prospect
}

// standing is what a process has found so far. Evidence that once reached its
// threshold counts even if it falls again: the error rates are those of ever
// reaching it.
type standing struct {
	status                     Status
	worseShown, marginRuledOut bool

	decided *Evidence // when status was settled
}

func (s standing) finding(m compare.Metric, e Evidence) finding {
	if s.decided != nil {
		e = *s.decided
	}
	return finding{metric: m, status: s.status, worseShown: s.worseShown, marginRuledOut: s.marginRuledOut, evidence: &e}
}

// settle takes one look: which hypotheses fall by the evidence, and how much
// worse the estimate is, on the scale of the margin.
func (s *standing) settle(shown, ruledOut bool, worse, margin float64, e Evidence) {
	s.worseShown = s.worseShown || shown
	s.marginRuledOut = s.marginRuledOut || ruledOut
	switch {
	case s.status != Unclear:
	case ruledOut && worse <= passGuard*margin+rounding:
		s.status, s.decided = NoWorse, &e
	case shown && worse >= failGuard*margin-rounding:
		s.status, s.decided = Worse, &e
	}
}

// firstRoundGuard is the share of the margin by which the pass rate must look
// worse to be a regression while some task has no attempt yet. Two different
// models that solve equally much solve different tasks: one task's difference
// has a standard deviation of about 0.35, so the mean over the 30 tasks of an
// early look is off by 0.06 or more in every third gate, which at a margin of 10
// points is nearly the ordinary guard of 0.7. docs/statistics.md, Decision, has the rule, and
// TestCalibrationDifferentModels plays real pairs of models.
const firstRoundGuard = 2.0

// exponential turns a logarithm into evidence. Beyond e^300 it stops: a float64
// ends at e^709, and JSON has no infinity.
func exponential(log float64) float64 { return math.Exp(min(log, 300)) }

// oneOver is 1/rate, rounded to six decimals: 1/0.03 is written as 33.333333.
func oneOver(rate float64) float64 { return math.Round(1e6/rate) / 1e6 }
