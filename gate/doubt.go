package gate

import (
	"fmt"

	"github.com/benchgate/benchgate/compare"
)

// mostUnknown is the share of attempts without a trustworthy cost above which
// costs are not compared: what timeouts lose would make the slower side look
// cheaper.
const mostUnknown = 0.05

// costDoubt says why the costs cannot be compared, or nothing.
func costDoubt(c *compare.Comparison) string {
	for _, side := range []struct {
		name string
		compare.Side
	}{{"baseline", c.Baseline}, {"candidate", c.Candidate}} {
		if side.UnknownCost > 0 && side.UnknownCostShare() > mostUnknown {
			return fmt.Sprintf("the cost of %d of the %s's %d attempts is unknown", side.UnknownCost, side.name, side.Attempts)
		}
		if side.MeterMissed > 0 && side.MeterMissedShare() > mostUnknown {
			return fmt.Sprintf("in %d of the %s's %d attempts the agent made requests that the meter did not see", side.MeterMissed, side.name, side.Attempts)
		}
	}
	if n := c.UndefinedCostPairs; n > 0 && float64(n) > mostUnknown*float64(c.Estimates[compare.TotalCost].Basis) {
		return fmt.Sprintf("%d matched attempts cost nothing on one side only", n)
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
func infraDoubt(p Policy, c *compare.Comparison, f finding) string {
	candidate, baseline := c.Candidate.InfraShare(), c.Baseline.InfraShare()
	switch {
	case candidate > mostInfra+rounding:
		return fmt.Sprintf("infrastructure errors took %s of the candidate's attempts", percent(candidate))
	case candidate > baseline+mostExcessInfra+rounding:
		return fmt.Sprintf("infrastructure errors took %s of the candidate's attempts but %s of the baseline's", percent(candidate), percent(baseline))
	case f.metric != compare.PassRate || c.Candidate.Infra+c.Baseline.Infra == 0:
		return ""
	}
	worst := c.Candidate.PassRate.Worst - c.Baseline.PassRate.Best
	best := c.Candidate.PassRate.Best - c.Baseline.PassRate.Worst
	flips := worst <= -failGuard*p.PassRateMaxDrop
	if f.status == Worse {
		flips = best >= -passGuard*p.PassRateMaxDrop
	}
	if flips {
		return "the attempts lost to infrastructure errors could have turned the pass rate's verdict into its opposite"
	}
	return ""
}
