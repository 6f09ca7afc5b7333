package gate

import (
	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// mostUnknown is the share of attempts without a trustworthy cost above which
// costs are not compared: what timeouts lose would make the slower side look
// cheaper.
const mostUnknown = 0.05

// basis is what findings rest on: how many attempts, and how sound.
type basis struct {
	baseline, candidate compare.Side

	// pairs have a known cost on both sides; of them, undefined cost nothing
	// on one side only.
	pairs, undefined int

	measured  bool // some task has attempts that count on both sides
	everyTask bool // every task has
}

func basisOf(c *compare.Tests) basis {
	return basis{
		baseline: c.Baseline, candidate: c.Candidate,
		pairs: c.CostPerSolvedTest.Pairs(), undefined: c.UndefinedCostPairs,
		measured: c.PassRateTest != nil, everyTask: len(c.MissingTasks) == 0,
	}
}

// costDoubt says why the costs cannot be compared; nil when they can.
func (b basis) costDoubt() *compare.Fact {
	for _, side := range []struct {
		arm baselines.Arm
		compare.Side
	}{{baselines.Baseline, b.baseline}, {baselines.Candidate, b.candidate}} {
		if side.UnknownCostShare() > mostUnknown {
			return &compare.Fact{Code: compare.UnknownCost, Arm: side.arm, Count: side.UnknownCost, Of: side.Attempts}
		}
		if side.MeterMissedShare() > mostUnknown {
			return &compare.Fact{Code: compare.MissedRequests, Arm: side.arm, Count: side.MeterMissed, Of: side.Attempts}
		}
	}
	if float64(b.undefined) > mostUnknown*float64(b.pairs) {
		return &compare.Fact{Code: FreeOnOneSide, Count: b.undefined}
	}
	return nil
}

// Attempts lost to infrastructure errors are left out, which is fair as long as
// they are few and as frequent on both sides. Above these shares it may not be:
// what breaks the infrastructure may be the candidate's own doing.
const (
	mostInfra       = 0.10 // of the candidate's attempts
	mostExcessInfra = 0.05 // above the baseline's share
)

// infraDoubt says why infrastructure errors keep a finding from counting; nil
// when they do not. Beside their number it asks what they could have changed:
// the opposite finding's guard must not be reached when all of them are read in
// its favour.
func (b basis) infraDoubt(p Policy, f finding) *compare.Fact {
	candidate, baseline := b.candidate.InfraShare(), b.baseline.InfraShare()
	switch {
	case candidate > mostInfra+rounding:
		return &compare.Fact{Code: InfraShare, Value: finite(candidate)}
	case candidate > baseline+mostExcessInfra+rounding:
		return &compare.Fact{Code: InfraExcess, Value: finite(candidate), Beside: finite(baseline)}
	case f.metric != compare.PassRate || b.candidate.Infra+b.baseline.Infra == 0:
		return nil
	}
	worst := b.candidate.PassRate.Worst - b.baseline.PassRate.Best
	best := b.candidate.PassRate.Best - b.baseline.PassRate.Worst
	flips := worst <= -failGuard*p.PassRateMaxDrop
	if f.status == Worse {
		flips = best >= -passGuard*p.PassRateMaxDrop
	}
	if flips {
		return &compare.Fact{Code: InfraCouldTurn}
	}
	return nil
}

// unmeasured says why there is nothing to judge at all.
func unmeasured(c *compare.Comparison) compare.Fact {
	for _, side := range []struct {
		arm baselines.Arm
		compare.Side
	}{{baselines.Candidate, c.Candidate}, {baselines.Baseline, c.Baseline}} {
		switch {
		case side.Attempts == 0 && side.Infra > 0:
			return compare.Fact{Code: InfraTookAll, Arm: side.arm, Count: side.Infra}
		case side.Attempts == 0:
			return compare.Fact{Code: NoAttempts, Arm: side.arm}
		}
	}
	return compare.Fact{Code: compare.NothingToCompare}
}
