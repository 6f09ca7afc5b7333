package compare

import "math"

// BreakEven is what an unsolved task has to cost, beside the trial's own dollars,
// for both sides to come to the same: the price v at which the mean trial's
// dollars + v·(share unsolved) are equal. It exists where one side is cheaper and
// the other solves more, whatever was solved: nothing is divided by a solved count.
type BreakEven struct {
	// USD is v = (change in a trial's dollars) / (fall in the share solved), in
	// US dollars per unsolved task, above 0. Nil where one side is ahead, or
	// level, in both.
	USD *float64 `json:"usd_per_unsolved,omitempty"`

	// Low to High are the v of 0 or more that the data leave possible at the
	// two-sided confidence level Level. A bound that is nil does not exist: not
	// even v = 0 is ruled out, or no v however high. Both nil: the trials say
	// nothing about it. Level is 0 where no interval was made, for lack of USD
	// or of matched attempts.
	Low   *float64 `json:"low,omitempty"`
	High  *float64 `json:"high,omitempty"`
	Level float64  `json:"level,omitempty"`

	Cheaper Cheaper `json:"cheaper"`
}

// Cheaper is the side whose trials cost less once failures have their price.
type Cheaper string

// Which side is the cheaper one.
const (
	CheaperBelow     Cheaper = "candidate_below" // the candidate, if an unsolved task costs less than USD
	CheaperAbove     Cheaper = "candidate_above" // the candidate, if an unsolved task costs more than USD
	CheaperCandidate Cheaper = "candidate"       // the candidate, whatever an unsolved task costs
	CheaperBaseline  Cheaper = "baseline"        // the baseline, whatever an unsolved task costs
	CheaperNeither   Cheaper = "neither"         // both cost and solve the same
)

// BreakEven inverts the test. C is dollars, and S is 1 for a solved task and 0 for
// another. With the price v each half of a pair has the loss C + v·(1-S); if v is
// where both sides come to the same, the halves could as well have been exchanged.
// Low to High are the v at which the difference of the two sums is not more extreme
// than a share of 0.05 of the exchanges leave it, on either side. It has the fewest
// assumptions of the ways to make such an interval, and is wide between two models
// that solve different tasks.
func (t *SwapTest) BreakEven() BreakEven {
	return t.breakEven(t.total.C1-t.total.C0, t.total.S0-t.total.S1)
}

// breakEven is that of a change in dollars and a fall in solved tasks, both on the
// scale of the test's sums. They are those of its pairs, or of all attempts where
// some have no counterpart: these vary less than the pairs do, so the interval then
// errs on the wide side, and it holds the estimate in any case.
func (t *SwapTest) breakEven(change, fall float64) BreakEven {
	const none = 1e-12
	switch {
	case math.Abs(change) <= none && math.Abs(fall) <= none:
		return BreakEven{Cheaper: CheaperNeither}
	case change <= none && fall <= none:
		return BreakEven{Cheaper: CheaperCandidate}
	case change >= -none && fall >= -none:
		return BreakEven{Cheaper: CheaperBaseline}
	}
	b := BreakEven{USD: finite(-change / fall), Cheaper: CheaperBelow}
	if fall < 0 {
		b.Cheaper = CheaperAbove
	}
	if t.pairs > 0 {
		b.Level = Level
		b.Low, b.High = t.breakEvenLimits(change, fall)
	}
	return b
}

// breakEvenLimits finds where the test begins to reject on the way from the
// estimate to a failure that costs nothing, and to one that costs more than any
// number of dollars. The price is v = estimate·tan(angle), so that both ends can be
// tried. On each way a rejected end means one crossing: the values that a
// quadratic in v keeps are all inside two limits or all outside of them.
func (t *SwapTest) breakEvenLimits(change, fall float64) (low, high *float64) {
	const steps = 30
	estimate := -change / fall
	crossing := func(end float64) *float64 {
		if !t.rejectsPrice(end, estimate, change, fall) {
			return nil
		}
		rejected, kept := end, math.Pi/4
		for range steps {
			if middle := (rejected + kept) / 2; t.rejectsPrice(middle, estimate, change, fall) {
				rejected = middle
			} else {
				kept = middle
			}
		}
		return finite(estimate * math.Tan(rejected))
	}
	return crossing(0), crossing(math.Pi / 2)
}

// rejectsPrice reports whether either one-sided p value of "both sides come to the
// same at this price" is at most 0.05. The observed difference counts as one of
// the random exchanges, as in [SwapTest.PUpper].
func (t *SwapTest) rejectsPrice(angle, scale, change, fall float64) bool {
	const tie = 1e-12
	sin, cos := math.Sincos(angle)
	unit := math.Abs(change) + math.Abs(scale*fall) // for ties: sums of the same numbers in another order
	loss := func(change, fall float64) float64 { return (cos*change + sin*scale*fall) / unit }
	observed := loss(change, fall)
	above, below, n := 0, 0, len(t.swaps)
	for _, s := range t.swaps {
		exchanged := loss(2*(s.kept+s.taken)-t.total.C1-t.total.C0, t.total.S1+t.total.S0-2*s.s1)
		if exchanged >= observed-tie {
			above++
		}
		if exchanged <= observed+tie {
			below++
		}
	}
	if !t.exhaustive {
		above, below, n = above+1, below+1, n+1
	}
	return float64(min(above, below)) <= oneSided*float64(n)
}
