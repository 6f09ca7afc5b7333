package compare_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// Ten tasks once. The candidate spends 4 cents less on each and fails at two that
// the baseline solves: 0.04 / 0.2.
func ExampleSwapTest_BreakEven() {
	var pairs []compare.SwapPair
	for task := range 10 {
		pair := compare.SwapPair{C1: 0.06, S1: 1, C0: 0.10, S0: 1} // candidate, baseline
		if task < 2 {
			pair.S1 = 0
		}
		pairs = append(pairs, pair)
	}
	b := compare.NewSwapTest(pairs, 1).BreakEven()
	fmt.Printf("%s $%.2f, at least $%.3f, no upper limit: %v\n", b.Cheaper, *b.USD, *b.Low, b.High == nil)
	// Output: candidate_below $0.20, at least $0.080, no upper limit: true
}

func TestWhatAnUnsolvedTaskMustCost(t *testing.T) {
	cents := func(c float64) func(int) float64 { return func(int) float64 { return c / 100 } }
	for _, d := range []struct {
		name              string
		baseline, now     func(task, attempt int) bool
		before, after     float64 // cents a trial
		want              compare.Cheaper
		usd               float64 // 0: no number
		bounded, interval bool
	}{
		{"cheaper, and solves less", always, below(6), 10, 6, compare.CheaperBelow, 0.04 / 0.4, true, true},
		{"dearer, and solves more", below(6), always, 6, 10, compare.CheaperAbove, 0.04 / 0.4, true, true},
		{"cheaper, and solves more", below(6), always, 10, 6, compare.CheaperCandidate, 0, false, false},
		{"dearer, and solves less", always, below(6), 6, 10, compare.CheaperBaseline, 0, false, false},
		{"cheaper, solves the same", always, always, 10, 6, compare.CheaperCandidate, 0, false, false},
		{"solves less for the same", always, below(6), 10, 10, compare.CheaperBaseline, 0, false, false},
		{"nothing changed", always, always, 10, 10, compare.CheaperNeither, 0, false, false},
		{"the candidate solves nothing", always, below(0), 10, 6, compare.CheaperBelow, 0.04, true, true},
		{"neither solves anything", below(0), below(0), 10, 6, compare.CheaperCandidate, 0, false, false},
		{"one task more is chance", always, below(9), 10, 6, compare.CheaperBelow, 0.4, false, true},
	} {
		w := compare.Compare(fill(baselines.Baseline, 10, 2, d.baseline, cents(d.before)), fill(baselines.Candidate, 10, 2, d.now, cents(d.after))).Why
		b := w.BreakEven
		if b.Cheaper != d.want {
			t.Errorf("%s: cheaper is %s, want %s", d.name, b.Cheaper, d.want)
		}
		if d.usd == 0 && b.USD != nil || d.usd != 0 && (b.USD == nil || math.Abs(*b.USD-d.usd) > 1e-9) {
			t.Errorf("%s: break-even is %v, want %v", d.name, show(b.USD), d.usd)
		}
		if got := b.Level == compare.Level; got != d.interval {
			t.Errorf("%s: an interval was made: %v, want %v", d.name, got, d.interval)
		}
		if got := b.Low != nil && b.High != nil; got != d.bounded {
			t.Errorf("%s: limits %v and %v, want both: %v", d.name, show(b.Low), show(b.High), d.bounded)
		}
	}
}

// Four pairs can never be more extreme than one exchange in sixteen: no price is
// ruled out, and that is not the same as having no interval.
func TestFewPairsBoundNothing(t *testing.T) {
	b := compare.NewSwapTest([]compare.SwapPair{{1, 0, 2, 1}, {1, 1, 2, 1}, {1, 0, 2, 1}, {1, 1, 2, 1}}, 1).BreakEven()
	if b.USD == nil || *b.USD != 2 || b.Low != nil || b.High != nil || b.Level != compare.Level {
		t.Errorf("break-even %v from %v to %v at level %v, want 2 without bounds at %v", show(b.USD), show(b.Low), show(b.High), b.Level, compare.Level)
	}
	if b := compare.NewSwapTest(nil, 1).BreakEven(); b.Cheaper != compare.CheaperNeither || b.USD != nil || b.Level != 0 {
		t.Errorf("without pairs: %+v", b)
	}
}
