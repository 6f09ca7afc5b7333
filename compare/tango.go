package compare

import "math"

// Pairs counts matched attempts, such as one attempt a side at each task. A loss was solved by the baseline only, a win by the candidate only.
type Pairs struct {
	N, Losses, Wins int
}

// Delta is the difference of the pass rates, candidate minus baseline, -1 to 1;
// 0 without pairs.
func (p Pairs) Delta() float64 {
	if p.N == 0 {
		return 0
	}
	return float64(p.Wins-p.Losses) / float64(p.N)
}

// Score is Tango's statistic of the hypothesis that the pass rates differ by d
// (candidate minus baseline): large when the data say more than d, 0 when d is
// the estimate. It is standard normal under the hypothesis.
//
// With n pairs, the statistic is
//
//	Z(d) = (wins - losses - n·d) / √( n·(2q + d(1-d)) )
//
// where q is the most likely probability of a loss if the difference were
// exactly d: the larger root of 2n·q² + b·q + c = 0 with the b and c below. The
// variance is the hypothesis's, not the observed table's, so the statistic and
// its interval exist even when no pair disagrees. (Wald's interval is then zero
// wide.)
//
// Source: Tango, Statistics in Medicine 17 (1998) 891-908, equation 24.
func (p Pairs) Score(d float64) float64 {
	n, losses, wins := float64(p.N), float64(p.Losses), float64(p.Wins)
	a := 2 * n
	b := -wins - losses + (2*n-wins+losses)*d
	c := -losses * d * (1 - d)
	// Rounding can take the discriminant just below zero.
	q := (math.Sqrt(max(b*b-4*a*c, 0)) - b) / (2 * a)
	return standardised(wins-losses-n*d, n*(2*q+d*(1-d)))
}

// standardised is difference/√variance. At the ends of the range the variance
// under the hypothesis is zero: a difference there is infinitely unlikely, and
// 0/0 counts as no difference.
func standardised(difference, variance float64) float64 {
	const nothing = 1e-13
	if math.Abs(difference) < nothing || math.IsNaN(variance) {
		return 0
	}
	if variance <= 0 {
		return math.Copysign(math.Inf(1), difference)
	}
	return difference / math.Sqrt(variance)
}

// Method is "tango".
func (p Pairs) Method() string { return "tango" }

// IntervalAt is Tango's interval of the difference at the critical value z.
// Without pairs it is [-1, 1].
func (p Pairs) IntervalAt(z float64) Interval {
	if p.N == 0 {
		return Interval{-1, 1}
	}
	return invert(p.Score, -1, p.Delta(), 1, z)
}
