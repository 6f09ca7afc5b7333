package compare

import (
	"math"
	"slices"
)

// Shift estimates what happens to a typical task from one value per task: the
// log ratio, or the difference, of candidate and baseline. One extreme task
// does not move it, so it says little about the bill.
//
// The estimate is the median of all Walsh averages (d_i+d_j)/2, i <= j, the
// means of each value with itself and with each other one. If every value is
// symmetric about the shift, the number of averages above it has the
// distribution of Wilcoxon's signed-rank statistic, whatever the values' own
// distributions are; so counting averages gives exact p values, and the k-th
// smallest and largest of them exact limits. With n values there are n(n+1)/2
// averages and 2^n equally likely signs, so the smallest p value is 2^-n: below
// 5 values no limit errs with less than 0.05.
//
// Source: Hodges and Lehmann, Annals of Mathematical Statistics 34 (1963)
// 598-611.
type Shift struct {
	values []float64 // ascending
	ranks  signedRank
}

// NewShift takes one finite value per task, in any order.
func NewShift(values []float64) *Shift {
	sorted := slices.Sorted(slices.Values(values))
	return &Shift{values: sorted, ranks: newSignedRank(len(sorted))}
}

// Estimate is the median Walsh average; ok is false without values.
func (s *Shift) Estimate() (shift float64, ok bool) {
	if len(s.values) == 0 {
		return 0, false
	}
	m := s.averages() // for an even number, the mean of the two in the middle
	return (s.walsh((m+1)/2) + s.walsh(m/2+1)) / 2, true
}

// Interval's limits each err with probability level or less. ok is false when
// there are too few values for such a limit: fewer than 5 at level 0.05.
func (s *Shift) Interval(level float64) (Interval, bool) {
	k := s.ranks.critical(level)
	if k == 0 || len(s.values) == 0 {
		return Interval{}, false
	}
	return Interval{Low: s.walsh(k), High: s.walsh(s.averages() + 1 - k)}, true
}

// PAbove is the one-sided p value of "the shift is above x", the test that
// [Shift.Interval] inverts. Averages of exactly x speak against it.
func (s *Shift) PAbove(x float64) float64 {
	return s.ranks.atMost(s.countUpTo(x + same))
}

// PBelow is the one-sided p value of "the shift is below x".
func (s *Shift) PBelow(x float64) float64 {
	return s.ranks.atMost(s.averages() - s.countUpTo(x-same))
}

// same is how close two sums of logarithms count as equal: rounding must not
// let a constant factor on all costs change a p value.
const same = 1e-12

func (s *Shift) averages() int { return len(s.values) * (len(s.values) + 1) / 2 }

// countUpTo counts the Walsh averages at or below x. As i grows, the largest
// partner j that still fits falls, so one pass does.
func (s *Shift) countUpTo(x float64) int {
	count, j := 0, len(s.values)-1
	for i := range s.values {
		for j >= i && (s.values[i]+s.values[j])/2 > x {
			j--
		}
		if j < i {
			break
		}
		count += j - i + 1
	}
	return count
}

// walsh is the k-th smallest Walsh average, k from 1, without making all of
// them: bisection to where the count reaches k, then the next average above.
func (s *Shift) walsh(k int) float64 {
	low, high := math.Nextafter(s.values[0], math.Inf(-1)), s.values[len(s.values)-1]
	for range 100 {
		x := low + (high-low)/2
		if s.countUpTo(x) < k {
			low = x
		} else {
			high = x
		}
	}
	return s.nextAbove(low)
}

// nextAbove is the smallest Walsh average above x.
func (s *Shift) nextAbove(x float64) float64 {
	best, j := math.Inf(1), len(s.values)
	for i := range s.values {
		for j > i && (s.values[i]+s.values[j-1])/2 > x {
			j--
		}
		if from := max(i, j); from < len(s.values) {
			best = min(best, (s.values[i]+s.values[from])/2)
		}
	}
	return best
}
