package gate

import "math"

// BettingE is the logarithm of an e-value against "the mean difference of the
// pairs is d0 or more", in (-1, 1): money won by betting, at six stakes, that
// pairs are lost. It assumes nothing but that the outcomes lie in {-1, 0, 1}
// and holds at the end of each complete round of tasks however often it is
// looked at: the mean over tasks may be a mixture of gains and losses.
//
// No mode decides by it: it takes some 40 % more trials than the strict mode. It
// is there for who must assume nothing, not even that what did not change did
// so on every task.
//
// Source: Waudby-Smith and Ramdas, Journal of the Royal Statistical Society B
// 86 (2024) 1-27; Spertus, Sridhar and Stark, arXiv 2409.06680, for the strata.
func BettingE(wins, ties, losses int, d0 float64) float64 {
	stakes := []float64{0.1, 0.2, 0.35, 0.5, 0.7, 0.9}
	logs := make([]float64, len(stakes))
	for i, g := range stakes {
		stake := g / (1 - d0)
		logs[i] = float64(wins)*math.Log1p(-stake*(1-d0)) +
			float64(ties)*math.Log1p(stake*d0) +
			float64(losses)*math.Log1p(stake*(1+d0))
	}
	return logSum(logs) - math.Log(float64(len(stakes)))
}

// BettingInterval is the anytime-valid interval of the mean difference, each
// limit wrong with probability level at most, at any of all looks together.
func BettingInterval(wins, ties, losses int, level float64) (low, high float64) {
	upper := func(wins, losses int) float64 {
		return solve(-1+1e-9, 1-1e-9, func(d float64) bool {
			return BettingE(wins, ties, losses, d) < -math.Log(level)
		})
	}
	return -upper(losses, wins), upper(wins, losses)
}
