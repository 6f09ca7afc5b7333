package compare

import "math"

// Share is a part of something that is counted: Count of Of.
type Share struct{ Count, Of int }

// FisherMidP is the one-sided mid-p value of Fisher's exact test: how often the
// first of two sides would have so many or more of what both have together,
// were they alike, counting half of the observed table itself. With nothing on
// either side it is 0.5.
//
// The first side's count is then hypergeometric, given both sides' sizes and
// their total.
func FisherMidP(first, second Share) float64 {
	total := first.Count + second.Count
	all := logChoose(first.Of+second.Of, total)
	chance := func(k int) float64 {
		return math.Exp(logChoose(first.Of, k) + logChoose(second.Of, total-k) - all)
	}
	p := chance(first.Count) / 2
	for k := first.Count + 1; k <= min(total, first.Of); k++ {
		p += chance(k)
	}
	return p
}
