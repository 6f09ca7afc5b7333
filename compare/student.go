package compare

import "math"

// Student is an estimate with a variance that was estimated as well, from few
// values: a mean, or the logarithm of a ratio.
type Student struct {
	Mean     float64
	Variance float64 // of Mean; 0 where nothing varied
	Freedom  float64 // degrees of freedom of Variance; 0 where it cannot be estimated
}

// Interval is Mean ∓ t·√Variance, with t Student's quantile: each limit errs with
// probability level (0 to 0.5). ok is false without degrees of freedom, and where
// nothing varied: an interval without a width would claim a certainty that equal
// numbers by chance do not give.
func (s Student) Interval(level float64) (limits Interval, ok bool) {
	const nothing = 1e-20 // only rounding varies so little: logarithms are near 1
	if !(s.Freedom > 0) || !(s.Variance > nothing) {
		return Interval{}, false
	}
	half := studentQuantile(level, s.Freedom) * math.Sqrt(s.Variance)
	return Interval{Low: s.Mean - half, High: s.Mean + half}, true
}

// spread gathers the variance of a sum of independent means, and its degrees of
// freedom by Satterthwaite's approximation: V = Σ s²/n, f = V² / Σ (s²/n)²/(n-1).
//
// Source: Satterthwaite, Biometrics Bulletin 2 (1946) 110-114.
type spread struct {
	variance, byFreedom float64
}

// add takes the values of which one mean in the sum is made, two or more.
func (s *spread) add(values []float64) {
	n := float64(len(values))
	of := variance(values) / n
	s.variance += of
	s.byFreedom += of * of / (n - 1)
}

// freedom is at most that of all values together; 0 where nothing varied.
func (s *spread) freedom() float64 {
	if s.byFreedom == 0 {
		return 0
	}
	return s.variance * s.variance / s.byFreedom
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, x := range values {
		sum += x
	}
	return sum / float64(len(values))
}

// variance is that of a sample, with n-1 below; for two values or more.
func variance(values []float64) float64 {
	center, squares := mean(values), 0.0
	for _, x := range values {
		squares += (x - center) * (x - center)
	}
	return squares / float64(len(values)-1)
}
