package compare

import "math"

// Within estimates the mean difference of pass rates from the spread of the
// attempts inside each task, where every task has two attempts or more on both
// sides. Nothing is paired, and the tasks need not have anything in common: the
// intervals of [Pairs] and [Strata] take the same change in every task as given,
// so between two different models they are a quarter too wide.
type Within Strata

// Method is "within-task".
func (w Within) Method() string { return "within-task" }

// Delta is [Strata.Delta].
func (w Within) Delta() float64 { return Strata(w).Delta() }

// variance is that of Delta. With n1 and n0 attempts at a task and s² the sample
// variance of the outcomes inside a task and side, it is
//
//	V = [ Σ (s1²/n1 + s0²/n0) + mean(1/(4·n1) + 1/(4·n0)) ] / T²
//
// The second term is one more task whose every attempt is a coin toss. Without it
// a suite of five tasks in which all attempts happened to agree would have no
// variance at all, and an interval said to cover 90 % would cover 82 %.
func (w Within) variance() float64 {
	tasks, sum := float64(len(w)), 0.0
	for _, t := range w {
		for _, c := range []Count{t.Candidate, t.Baseline} {
			n := float64(c.Attempts)
			sum += c.Rate()*(1-c.Rate())/(n-1) + coinToss(n)/tasks
		}
	}
	return sum / (tasks * tasks)
}

// coinToss is the variance of the mean of n tosses of a fair coin.
func coinToss(n float64) float64 { return 1 / (4 * n) }

// Score is (Delta - d)/√V: large when the data say more than d, about standard
// normal when d is the truth.
func (w Within) Score(d float64) float64 { return standardised(w.Delta()-d, w.variance()) }

// IntervalAt is Delta ∓ z·√V inside [-1, 1]; without tasks all of that.
func (w Within) IntervalAt(z float64) Interval {
	if len(w) == 0 {
		return Interval{-1, 1}
	}
	half := z * math.Sqrt(w.variance())
	return Interval{Low: max(w.Delta()-half, -1), High: min(w.Delta()+half, 1)}
}
