package gate

import (
	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// Headroom says, before any trial of a candidate, what the policy's margin of
// the pass rate means beside what the baseline solves: [NothingCanFall], when a
// candidate can pass only by being better, or [MuchToLose], when one that lost
// more than half of what the baseline solves might pass. It says nothing of a
// baseline without judged attempts, and nothing where the margin is small beside
// it.
func Headroom(p Policy, baseline *baselines.Run) []compare.Fact {
	t := newTally(baseline.Header.Suite)
	for _, trial := range baseline.Counted() {
		t.baseline(&trial)
	}
	b := t.basis()
	switch {
	case b.baseline.Attempts == 0:
		return nil
	case !b.canFall(p.PassRateMaxDrop):
		return []compare.Fact{b.nothingCanFall(p)}
	}
	return muchToLose(p, t.baselineRate(), len(t.tasks))
}

// muchToLose warns of a margin that is more than half of the baseline's pass
// rate.
func muchToLose(p Policy, rate float64, tasks int) []compare.Fact {
	if p.PassRateMaxDrop <= rate/2+rounding {
		return nil
	}
	return []compare.Fact{{Code: MuchToLose, Arm: baselines.Baseline, Value: finite(rate), Margin: finite(p.PassRateMaxDrop), Tasks: tasks}}
}
