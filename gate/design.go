package gate

import "github.com/benchgate/benchgate/compare"

// designLimits say what the margins ask of a design that it cannot give. They
// do not say what would: that is [Settle], and one answer is enough. The
// informed mode, which learns from the baseline, is not bound by the first.
func designLimits(p Policy, tasks, attempts int) []compare.Fact {
	var out []compare.Fact
	margin, trials := p.PassRateMaxDrop, tasks*attempts
	if seen := compare.SmallestDropSeen(tasks, attempts); p.Mode != Informed && seen > margin+0.02 {
		out = append(out, compare.Fact{Code: DropNotSeen, Tasks: tasks, Count: attempts, Value: finite(seen), Margin: finite(margin)})
	}
	if !enoughToPass(p, trials) {
		out = append(out, compare.Fact{Code: PassOutOfReach, Count: trials, Margin: finite(margin)})
	}
	// A ratio of 1.2 takes about so many trials, one below 1.5 hardly fewer.
	const enoughForNarrow = 80
	if m := p.TypicalCostMaxRatio; m > 1 && m < 1.5 && trials < enoughForNarrow {
		out = append(out, compare.Fact{Code: RatioTooNarrow, Count: trials, Margin: finite(m)})
	}
	return out
}
