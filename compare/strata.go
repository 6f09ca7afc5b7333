package compare

import "math"

// Stratum is one task: how many attempts of each side counted, and how many
// of them solved it.
type Stratum struct {
	Candidate, Baseline Count
}

// Count is solved attempts out of all.
type Count struct {
	Solved, Attempts int
}

// Rate is the solved share, 0 to 1; 0 without attempts.
func (c Count) Rate() float64 {
	if c.Attempts == 0 {
		return 0
	}
	return float64(c.Solved) / float64(c.Attempts)
}

// Strata are the tasks of a suite, each with the same weight whatever its
// number of attempts, so that excluded or unequal attempts do not change the
// mix. Every stratum must have attempts on both sides.
type Strata []Stratum

// Delta is the mean difference of the tasks' pass rates, candidate minus
// baseline, -1 to 1; 0 without tasks.
func (s Strata) Delta() float64 {
	if len(s) == 0 {
		return 0
	}
	sum := 0.0
	for _, t := range s {
		sum += t.Candidate.Rate() - t.Baseline.Rate()
	}
	return sum / float64(len(s))
}

// Score is the stratified statistic of Miettinen and Nurminen for the
// hypothesis that the mean pass rates differ by d: large when the data say
// more than d, standard normal under the hypothesis.
//
// With K tasks, n1 and n0 attempts at a task and n = n1 + n0, it is
//
//	Z(d) = (Delta - d) / √( Σ [p1(1-p1)/n1 + p0(1-p0)/n0]·n/(n-1) / K² )
//
// where p1 and p0 are each task's most likely pass rates if they differed by
// exactly d. Without the factor n/(n-1) for small samples the interval misses
// twice too often at one attempt per task.
//
// Source: Miettinen and Nurminen, Statistics in Medicine 4 (1985) 213-226.
func (s Strata) Score(d float64) float64 {
	variance := 0.0
	for _, t := range s {
		p1, p0 := t.constrained(d)
		n1, n0 := float64(t.Candidate.Attempts), float64(t.Baseline.Attempts)
		n := n1 + n0
		variance += (p1*(1-p1)/n1 + p0*(1-p0)/n0) * n / (n - 1)
	}
	tasks := float64(len(s))
	return standardised(s.Delta()-d, variance/(tasks*tasks))
}

// constrained returns the most likely pass rates that differ by exactly d. The
// paper solves a cubic equation for them; bisection needs no special cases. The
// derivative of the log-likelihood falls in p0, so it has one zero, or the most
// likely value is at an end of the range in which both rates lie in [0, 1].
func (t Stratum) constrained(d float64) (p1, p0 float64) {
	const bisections = 60
	low, high := max(0, -d), min(1, 1-d)
	for range bisections {
		p0 = (low + high) / 2
		if t.slope(p0+d, p0) > 0 {
			low = p0
		} else {
			high = p0
		}
	}
	p0 = (low + high) / 2
	return p0 + d, p0
}

// slope is the derivative of the log-likelihood along p1 = p0 + d. It is
// infinite where a rate of 0 meets a solved attempt, or a rate of 1 a failed
// one, which bisection takes as it takes any other number.
func (t Stratum) slope(p1, p0 float64) float64 {
	return t.Candidate.slope(p1) + t.Baseline.slope(p0)
}

func (c Count) slope(p float64) float64 {
	slope := 0.0
	if c.Solved > 0 {
		slope += float64(c.Solved) / p
	}
	if failed := c.Attempts - c.Solved; failed > 0 {
		slope -= float64(failed) / (1 - p)
	}
	return slope
}

// Method is "stratified-mn".
func (s Strata) Method() string { return "stratified-mn" }

// IntervalAt is the score interval of the mean difference at the critical value z;
// without tasks it is [-1, 1].
func (s Strata) IntervalAt(z float64) Interval {
	if len(s) == 0 {
		return Interval{-1, 1}
	}
	return invert(s.Score, -1, clip(s.Delta(), -1, 1), 1, z)
}

func clip(x, low, high float64) float64 { return math.Min(math.Max(x, low), high) }
