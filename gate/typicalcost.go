package gate

import (
	"math"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// symmetricCost tests the typical cost by the log ratios log(candidate/baseline)
// of the pairs' costs. If nothing changed, a ratio is as likely to be r as 1/r,
// so its logarithm is symmetric about 0; if the candidate is dearer by the
// margin, it is symmetric about log(margin). Two e-processes ask whether the log
// ratios lie above the first, and whether they lie below the second.
type symmetricCost struct {
	policy     Policy
	fail, pass symmetry
	margin     float64 // the logarithm of the policy's ratio: 0.405 for 1.5
	n          int     // pairs
	standing
	why *compare.Fact // why it has no answer at the last look; nil when it has one
}

func newSymmetricCost(p Policy) *symmetricCost {
	return &symmetricCost{policy: p, margin: math.Log(p.TypicalCostMaxRatio), standing: standing{status: Unclear}}
}

func (t *symmetricCost) observe(o observation) {
	if !o.priced {
		return
	}
	t.fail.observe(o.logRatio)            // large when above 0: dearer than before
	t.pass.observe(t.margin - o.logRatio) // large when below the margin
	t.n++
}

// look compares each e-value with 1 over its error rate. The expected value of an
// e-value is 1 at most while its hypothesis is true, so by Ville's inequality it
// ever reaches 1/rate with probability rate at most. The practical guards take
// the estimate that is reported, over all attempts and not the pairs alone: no
// verdict may contradict the number beside it.
func (t *symmetricCost) look(l look) {
	t.why = l.tally.basis().costDoubt()
	estimate, exists := l.tally.typicalCost()
	if t.n == 0 || !exists || t.why != nil {
		return
	}
	t.settle(l.enough && t.dearer(), l.everyTask && t.belowMargin(), estimate, t.margin, t.evidence())
}

func (t *symmetricCost) dearer() bool {
	return t.fail.logE() >= -math.Log(t.policy.alphaOf(compare.TypicalCost))
}

func (t *symmetricCost) belowMargin() bool { return t.pass.logE() >= -math.Log(t.policy.Beta) }

func (t *symmetricCost) finding() finding {
	f := t.standing.finding(compare.TypicalCost, t.evidence())
	if f.why = t.why; f.why == nil && t.n == 0 {
		f.why = &compare.Fact{Code: NoKnownCosts}
	}
	if f.why != nil {
		f.status = StatusNotMeasured
	}
	return f
}

// prospect: without a pair to come the evidence stays as it is. Where it speaks
// for one answer, that may still come: each task must be there, and the estimate
// agree. Where it speaks for both, the truth lies between them.
func (t *symmetricCost) prospect(l left) prospect {
	if doubt := l.best.costDoubt(); doubt != nil {
		return prospect{why: &compare.Fact{Code: NoTrialHelps, Count: l.trials}}
	}
	if p, ok := t.settled(); ok {
		return p
	}
	if l.pairs > 0 {
		return openProspect
	}
	var p prospect
	if between := t.worseShown && t.marginRuledOut; !between {
		p = prospect{worse: t.dearer(), passes: t.belowMargin()}
	}
	if !p.worse && !p.passes {
		p.why = &compare.Fact{Code: NoPairsLeft, Arm: baselines.Baseline, Count: l.trials}
	}
	return p
}

func (t *symmetricCost) evidence() Evidence {
	return Evidence{
		Fail: exponential(t.fail.logE()), Pass: exponential(t.pass.logE()),
		FailAt: oneOver(t.policy.alphaOf(compare.TypicalCost)), PassAt: oneOver(t.policy.Beta),
	}
}
