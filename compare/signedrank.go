package compare

import "math"

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

// critical is the largest k with P(W+ <= k-1) <= level; 0 when there is none.
// The k-th smallest and k-th largest Walsh averages are then the limits of an
// interval, each of which errs with probability level at most.
func (s signedRank) critical(level float64) int {
	low, high := 0, s.n*(s.n+1)/2
	for low < high {
		k := (low + high + 1) / 2
		if s.atMost(k-1) <= level {
			low = k
		} else {
			high = k - 1
		}
	}
	return low
}
