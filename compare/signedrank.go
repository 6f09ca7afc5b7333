package compare

import (
	"math"
	"slices"
)

// SignedRank tests whether values, one a task, are symmetric about some x:
// Wilcoxon's test. It assumes no shape of their distributions.
//
// The statistic counts the Walsh averages (d_i+d_j)/2, i <= j, on one side of x: the
// means of each value with itself and with each other one. With n values there are
// n(n+1)/2 averages and 2^n equally likely signs, so the smallest p value is 2^-n.
//
// Source: Hodges and Lehmann, Annals of Mathematical Statistics 34 (1963)
// 598-611, for the count.
type SignedRank struct {
	values []float64 // ascending
	ranks  signedRank
}

// NewSignedRank takes one finite value per task, in any order.
func NewSignedRank(values []float64) *SignedRank {
	return &SignedRank{values: slices.Sorted(slices.Values(values)), ranks: newSignedRank(len(values))}
}

// PAbove is the one-sided p value of "the values lie above x". Averages of exactly
// x speak against it.
func (s *SignedRank) PAbove(x float64) float64 {
	return s.ranks.atMost(s.countUpTo(x + same))
}

// PBelow is the one-sided p value of "the values lie below x".
func (s *SignedRank) PBelow(x float64) float64 {
	return s.ranks.atMost(len(s.values)*(len(s.values)+1)/2 - s.countUpTo(x-same))
}

// same is how close two sums of logarithms count as equal: rounding must not
// let a constant factor on all costs change a p value.
const same = 1e-12

// countUpTo counts the Walsh averages at or below x. As i grows, the largest
// partner j that still fits falls, so one pass does.
func (s *SignedRank) countUpTo(x float64) int {
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

// signedRank is the distribution of Wilcoxon's W+ for n values that are
// symmetric about zero: the sum of the ranks of the positive ones. It also
// counts the positive Walsh averages.
type signedRank struct {
	n          int
	cumulative []float64 // P(W+ <= i); nil where the normal limit is used
}

// newSignedRank makes the exact distribution for up to 200 values; beyond that
// its normal limit differs by less than 0.001.
//
// W+ is a sum of independent terms: the rank r enters with probability 1/2. So
// the distribution for ranks 1 to r follows from the one for 1 to r-1 by
// P_r(w) = P_{r-1}(w)/2 + P_{r-1}(w-r)/2, from the top down in one array.
func newSignedRank(n int) signedRank {
	const exactUpTo = 200
	if n > exactUpTo {
		return signedRank{n: n}
	}
	most := n * (n + 1) / 2
	p := make([]float64, most+1)
	p[0] = 1
	reached := 0
	for rank := 1; rank <= n; rank++ {
		reached += rank
		for w := reached; w >= 0; w-- {
			without := p[w] / 2
			if w >= rank {
				without += p[w-rank] / 2
			}
			p[w] = without
		}
	}
	for w := 1; w <= most; w++ {
		p[w] += p[w-1]
	}
	return signedRank{n: n, cumulative: p}
}

// atMost is P(W+ <= w).
func (s signedRank) atMost(w int) float64 {
	n := float64(s.n)
	switch most := s.n * (s.n + 1) / 2; {
	case w < 0:
		return 0
	case w >= most:
		return 1
	case s.cumulative != nil:
		return s.cumulative[w]
	}
	// Mean n(n+1)/4, variance n(n+1)(2n+1)/24, with continuity correction.
	return NormalCDF((float64(w) + 0.5 - n*(n+1)/4) / math.Sqrt(n*(n+1)*(2*n+1)/24))
}
