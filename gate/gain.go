package gate

import "github.com/benchgate/benchgate/compare"

// gain asks, after each round of a sequential mode, whether the pass rate got
// better: it is the strict mode's exact test of a regression with won and lost
// pairs exchanged, at the same error rate. It never ends a run by itself; it
// says of a pass that the candidate is better, and lets one stand where the
// baseline solves too little for "no worse" to mean anything.
type gain struct {
	signs          *signTest
	disagreed, won int           // in this round
	all            compare.Pairs // of all rounds
}

func newGain(p Policy, rounds int) *gain {
	return &gain{signs: newSignTest(p.alphaOf(compare.PassRate), rounds)}
}

func (g *gain) observe(o observation) {
	if !o.paired || o.solved == o.baselineSolved {
		return
	}
	g.disagreed++
	if o.solved {
		g.won++
		g.all.Wins++
	} else {
		g.all.Losses++
	}
}

// look ends a round; beyond the rounds that have pairs there is nothing to see.
func (g *gain) look() {
	if g.signs.round < g.signs.rounds {
		g.signs.look(g.disagreed, g.won)
		g.disagreed, g.won = 0, 0
	}
}

// read turns "no worse" into "better" where that was shown.
func (g *gain) read(f finding) finding {
	if f.metric == compare.PassRate && f.status == NoWorse && g.signs.rejected {
		f.status = Better
	}
	return f
}

// promising is the exact p value of "no better" up to which a gate goes on for
// the chance that the candidate is: two pairs won and none lost, or four and
// one.
const promising = 0.25

// mayShow reports that the candidate is shown to be better, or may still be.
func (g *gain) mayShow() bool {
	noBetter := binomialAtMost(float64(g.all.Losses), float64(g.all.Losses+g.all.Wins), 0.5)
	return g.signs.rejected || g.signs.round < g.signs.rounds && noBetter <= promising
}
