package gate

import (
	"math"
	"testing"
)

// bettingE is the logarithm of an e-value against "the mean difference of the
// pairs is d0 or more", in (-1, 1): money won by betting, at six stakes, that
// pairs are lost. It assumes nothing but that the outcomes lie in {-1, 0, 1}
// and holds at the end of each complete round of tasks however often it is
// looked at: the mean over tasks may be a mixture of gains and losses.
//
// No mode decides by it: it takes some 40 % more trials than the strict mode. It
// assumes less than any of them, not even that what did not change did so on
// every task, so what it shows the exact tests must show as well.
//
// Source: Waudby-Smith and Ramdas, Journal of the Royal Statistical Society B
// 86 (2024) 1-27; Spertus, Sridhar and Stark, arXiv 2409.06680, for the strata.
func bettingE(wins, ties, losses int, d0 float64) float64 {
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

// bettingInterval is the anytime-valid interval of the mean difference, each
// limit wrong with probability level at most, at any of all looks together.
func bettingInterval(wins, ties, losses int, level float64) (low, high float64) {
	upper := func(wins, losses int) float64 {
		return solve(-1+1e-9, 1-1e-9, func(d float64) bool {
			return bettingE(wins, ties, losses, d) < -math.Log(level)
		})
	}
	return -upper(losses, wins), upper(wins, losses)
}

// What the betting e-value shows with nothing assumed, McNemar's exact test
// shows at the same level.
func TestTheExactTestShowsWhatBettingShows(t *testing.T) {
	const alpha = 0.05
	shown := 0
	for wins := range 20 {
		for losses := range 30 {
			for _, ties := range []int{0, 10, 50} {
				if bettingE(wins, ties, losses, 0) < -math.Log(alpha) {
					continue
				}
				shown++
				if p := 1 - binomialAtMost(float64(losses-1), float64(wins+losses), 0.5); p > alpha {
					t.Errorf("%d won, %d lost: the e-value shows that it got worse, the exact p value is %.3f", wins, losses, p)
				}
			}
		}
	}
	if shown == 0 {
		t.Error("nothing was shown: the test tests nothing")
	}
}
