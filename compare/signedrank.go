package compare

import "math"

// signedRank is the distribution of Wilcoxon's W+ for n values that are
// symmetric about zero: the sum of the ranks of the positive ones. It also
// counts the positive Walsh averages.
type signedRank struct {
	n          int
	cumulative []float64 // P(W+ <= i); nil where the normal limit is used
}

// newSignedRank convolves the exact distribution, up to 200 values; beyond
// that its normal limit differs by less than 0.001.
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
	return NormalCDF((float64(w) + 0.5 - n*(n+1)/4) / math.Sqrt(n*(n+1)*(2*n+1)/24))
}

// critical is the largest k with P(W+ <= k-1) <= level; 0 when there is none.
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
