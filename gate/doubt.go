package gate

import (
	"fmt"

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

// costDoubt says why the costs cannot be compared, or nothing.
func (b basis) costDoubt() string {
	for _, side := range []struct {
		name string
		compare.Side
	}{{"baseline", b.baseline}, {"candidate", b.candidate}} {
		if side.UnknownCostShare() > mostUnknown {
			return fmt.Sprintf("the cost of %d of the %s's %d attempts is unknown", side.UnknownCost, side.name, side.Attempts)
		}
		if side.MeterMissedShare() > mostUnknown {
			return fmt.Sprintf("in %d of the %s's %d attempts the agent made requests that the meter did not see", side.MeterMissed, side.name, side.Attempts)
		}
	}
	if float64(b.undefined) > mostUnknown*float64(b.pairs) {
		return fmt.Sprintf("%d matched attempts cost nothing on one side only", b.undefined)
	}
	return ""
}

// Infrastructure errors are no outcome of the candidate as long as they are
// few and strike both sides alike.
const (
	mostInfra       = 0.10 // of the candidate's attempts
	mostExcessInfra = 0.05 // above the baseline's share
)

// infraDoubt says why infrastructure errors keep a finding from standing, or
// nothing. Beside their number it asks what they could have changed: the
// opposite finding's guard must not be reached when all of them are read in
// its favour.
func (b basis) infraDoubt(p Policy, f finding) string {
	candidate, baseline := b.candidate.InfraShare(), b.baseline.InfraShare()
	switch {
	case candidate > mostInfra+rounding:
		return fmt.Sprintf("infrastructure errors took %s of the candidate's attempts", percent(candidate))
	case candidate > baseline+mostExcessInfra+rounding:
		return fmt.Sprintf("infrastructure errors took %s of the candidate's attempts but %s of the baseline's", percent(candidate), percent(baseline))
	case f.metric != compare.PassRate || b.candidate.Infra+b.baseline.Infra == 0:
		return ""
	}
	worst := b.candidate.PassRate.Worst - b.baseline.PassRate.Best
	best := b.candidate.PassRate.Best - b.baseline.PassRate.Worst
	flips := worst <= -failGuard*p.PassRateMaxDrop
	if f.status == Worse {
		flips = best >= -passGuard*p.PassRateMaxDrop
	}
	if flips {
		return "the attempts lost to infrastructure errors could have turned the pass rate's verdict into its opposite"
	}
	return ""
}
