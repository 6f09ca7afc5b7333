package gate

import "github.com/benchgate/benchgate/compare"

// designLimits says which margins the planned number of trials is too small for:
// a drop of the pass rate that it does not find four times in five (with two
// points of tolerance), a pass that it cannot reach, a ratio of costs that it
// cannot resolve. What number would do is not said here but in [Settle]. The
// first does not hold for the informed mode, which finds smaller drops because
// it knows the baseline's pass rate of each task.
func designLimits(p Policy, tasks, attempts int) []compare.Fact {
	var out []compare.Fact
	margin, trials := p.PassRateMaxDrop, tasks*attempts
	if seen := compare.SmallestDropSeen(tasks, attempts); p.Mode != Informed && seen > margin+0.02 {
		out = append(out, compare.Fact{Code: DropNotSeen, Tasks: tasks, Count: attempts, Value: finite(seen), Margin: finite(margin)})
	}
	if trials < attemptsToPass(p) {
		out = append(out, compare.Fact{Code: PassOutOfReach, Count: trials, Margin: finite(margin)})
	}
	// A ratio of 1.2 takes about so many trials, one below 1.5 hardly fewer.
	const enoughForNarrow = 80
	if m := p.TypicalCostMaxRatio; m > 1 && m < 1.5 && trials < enoughForNarrow {
		out = append(out, compare.Fact{Code: RatioTooNarrow, Count: trials, Margin: finite(m)})
	}
	return out
}
