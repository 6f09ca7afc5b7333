package gate

import (
	"math"

	"github.com/benchgate/benchgate/compare"
)

// enoughToPass reports whether so many of the candidate's attempts can rule out a
// loss of the margin, given that the pass rate changed by delta. With few, the
// score statistics and the prior are leaned on too hard.
//
// The informed mode, whose Bayes factor weighs how many were lost, only asks that a
// loss of the margin would show at least once with probability 0.95: (1-m)^n <=
// 0.05. The others ask that so few losses as were seen have the chance beta at
// most. More solved than the baseline's counts as no loss: a candidate with luck in
// one of ten tasks has ruled out nothing.
func enoughToPass(p Policy, attempts int, delta float64) bool {
	if p.Mode == Fixed || p.Mode == Strict {
		return chanceOfSoFewLost(attempts, p.PassRateMaxDrop, min(delta, 0)) <= p.Beta
	}
	return attempts >= attemptsToPass(p)
}

// chanceOfSoFewLost is P(Bin(n, margin) <= lost), where lost is what the change
// delta of the pass rate comes to in n attempts, rounded up: the chance of losing no
// more, if a candidate lost margin of what a baseline is sure to solve. Alone,
// Tango's score passed a true loss of 20 points one time in six at 15 attempts.
func chanceOfSoFewLost(attempts int, margin, delta float64) float64 {
	n := float64(attempts)
	return binomialAtMost(math.Ceil(-n*delta-rounding), n, margin)
}

// attemptsToPass is the fewest attempts that are enough if none is lost: at a margin
// of 20 points 14 in the informed mode, and 11 in the others at beta = 0.10.
func attemptsToPass(p Policy) int {
	rate := 0.05
	if p.Mode == Fixed || p.Mode == Strict {
		rate = p.Beta
	}
	return int(math.Ceil(math.Log(rate)/math.Log(1-p.PassRateMaxDrop) - rounding))
}

// binomialAtMost is P(Bin(n, p) <= k), by the incomplete beta function.
func binomialAtMost(k, n, p float64) float64 {
	switch {
	case k < 0:
		return 0
	case k >= n:
		return 1
	}
	return compare.BetaCDF(1-p, n-k, k+1)
}
