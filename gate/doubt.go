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
		measured: len(c.PassRates) > 0, everyTask: len(c.MissingTasks) == 0,
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
// losing one has nothing to do with how it would have ended. It may have when
// the candidate loses more of them than the baseline does: what breaks the
// infrastructure may be the candidate's own doing. And beyond a quarter, what is
// left need not be like what was planned.
//
// In simulations a candidate that is 20 points worse, and whose failures become
// infrastructure errors three times in five, passes once in 200 gates;
// docs/statistics.md has the rows.
const (
	mostInfra     = 0.25 // of the candidate's attempts
	excessInfra   = 0.05 // above the baseline's share: less is too little to matter
	chanceOfInfra = 0.05 // mid-p of Fisher's test, above which the excess may be chance
)

// infraDoubt says why infrastructure errors keep findings from counting; nil
// when they do not.
func (b basis) infraDoubt() *compare.Fact {
	candidate, baseline := b.candidate.InfraShare(), b.baseline.InfraShare()
	switch {
	case candidate > mostInfra+rounding:
		return &compare.Fact{Code: InfraShare, Value: finite(candidate)}
	case candidate >= baseline+excessInfra-rounding && b.infraByChance() <= chanceOfInfra:
		return &compare.Fact{Code: InfraExcess, Value: finite(candidate), Beside: finite(baseline)}
	}
	return nil
}

// infraByChance is how often the candidate would lose so many attempts more,
// were both sides alike.
func (b basis) infraByChance() float64 {
	lost := func(s compare.Side) compare.Share { return compare.Share{Of: s.Attempts + s.Infra, Count: s.Infra} }
	return compare.FisherMidP(lost(b.candidate), lost(b.baseline))
}

// mostOtherModel is the share of attempts in which another model may do work before
// the numbers are not taken for the variant's any more: that of [mostInfra], for the
// same reason. Up to it the verdict counts them.
const mostOtherModel = mostInfra

// modelDoubt says that the numbers are not about the model that was asked for: a
// pass would vouch for it, and a regression blame it, for another's work. Nil when
// they are.
func (b basis) modelDoubt() *compare.Fact {
	for _, side := range []struct {
		arm baselines.Arm
		compare.Side
	}{{baselines.Candidate, b.candidate}, {baselines.Baseline, b.baseline}} {
		if side.OtherModelShare() > mostOtherModel+rounding {
			return &compare.Fact{Code: OtherModelWorks, Arm: side.arm, Count: side.OtherModel, Of: side.Attempts}
		}
	}
	return nil
}

// doubt says why a finding does not count; nil when it does.
func (b basis) doubt(p Policy, f finding) *compare.Fact {
	if other := b.modelDoubt(); other != nil {
		return other
	}
	if infra := b.infraDoubt(); infra != nil {
		return infra
	}
	open := f.status == NoWorse || f.status == Unclear
	if f.metric == compare.PassRate && open && !b.canFall(p.PassRateMaxDrop) {
		hollow := b.nothingCanFall(p)
		return &hollow
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
