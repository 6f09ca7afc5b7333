package gate

import (
	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// strictPassRate tests the pass rate after each round of attempts: it believes
// nothing about the tasks beforehand.
//
// "Nothing got worse" is tested by the exact sign test on pairs of attempts. "Worse
// by the margin" is tested by a score at the margin, which is about standard normal
// if that is true, against bounds that are higher than those of a single look: they
// spend beta over all rounds. The score is Tango's in the first round, where a task
// has one attempt, and from the second on takes its variance from the attempts
// inside each task, with no pairs: between two different models, which solve
// different tasks, that decides sooner.
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
	margin, rates := t.policy.PassRateMaxDrop, l.tally.rates()
	t.score = t.pairs.Score(-margin)
	if within, ok := rates.Difference().(compare.Within); ok && l.round > 1 {
		t.score = within.Score(-margin)
	}
	ruledOut := l.everyTask && t.score >= t.bounds[l.round-1] && enoughToPass(t.policy, rates.CandidateAttempts(), l.delta)
	t.settle(t.signs.rejected, ruledOut, -l.delta, margin, t.evidence())
}

func (t *strictPassRate) finding() finding {
	return t.standing.finding(compare.PassRate, t.evidence())
}

// prospect: what is not looked at changes nothing, and a stored baseline has
// counterparts for so many rounds only.
func (t *strictPassRate) prospect(l left) prospect {
	if p, ok := t.settled(); ok {
		return p
	}
	if t.signs.round >= len(t.bounds) {
		return prospect{why: &compare.Fact{Code: NoPairsLeft, Arm: baselines.Baseline, Count: l.trials}}
	}
	return openProspect
}

func (t *strictPassRate) evidence() Evidence {
	round := min(max(t.signs.round, 1), len(t.bounds))
	return Evidence{
		Fail: float64(t.signs.losses), FailAt: float64(t.signs.critical),
		Pass: t.score, PassAt: t.bounds[round-1],
	}
}
