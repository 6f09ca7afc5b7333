package gate

import (
	"github.com/benchgate/benchgate/compare"
)

// Finding is what the data say about one gated metric. Its estimate, interval
// and margin are under the metric's name in [Verdict.Metrics], its evidence in
// [Verdict.Evidence].
type Finding struct {
	Metric compare.Metric `json:"metric"`
	Status Status         `json:"status"`
	Says   Says           `json:"says"`

	// Why is what keeps the metric from being judged; nil when the numbers
	// themselves answer, or leave it open.
	Why *compare.Fact `json:"why,omitempty"`

	// Doubt is what keeps an answer that the numbers give, or might give, from
	// counting: infrastructure errors, or a baseline that can hardly fall. Nil
	// when nothing does.
	Doubt *compare.Fact `json:"doubt,omitempty"`

	// Which of the two hypotheses are rejected, whatever the estimate:
	// "nothing got worse", and "it got worse by the margin or more".
	WorseShown     bool `json:"worse_shown"`
	MarginRuledOut bool `json:"margin_ruled_out"`
}

// Says is what a finding comes to.
type Says string

// What findings come to. The first five answer, the others leave the metric
// open, each for another reason.
const (
	SaysWorse          Says = "worse"
	SaysBetter         Says = "better"
	SaysMarginRuledOut Says = "margin_ruled_out"
	SaysWorseByLess    Says = "worse_by_less" // ruled out as well, but by its p value it probably got worse by less
	SaysNotJudged      Says = "not_judged"    // see Why

	SaysTooFewAttempts Says = "too_few_attempts" // the estimate allows a pass; so few attempts do not, however they end
	SaysBetween        Says = "between"          // worse is shown and the margin ruled out; the estimate lies between the two guards
	SaysWorseNotEnough Says = "worse_not_enough" // worse is shown, but the estimate is below 0.7 of the margin, which is not ruled out
	SaysMarginNotGood  Says = "margin_not_good"  // the margin is ruled out, but the estimate is above half of it
	SaysOpen           Says = "open"             // neither hypothesis is rejected
)

// finding is a [Finding] while the gate works with it.
type finding struct {
	metric compare.Metric
	status Status

	// why says what kept the metric from an answer when it is not the numbers
	// themselves, such as unknown costs or no finite ratio. Nil otherwise.
	why *compare.Fact

	worseShown, marginRuledOut bool

	evidence *Evidence // of sequential tests; nil for what is read once
}

// published is the finding as the verdict document has it.
func (f finding) published(p Policy, c *compare.Comparison) Finding {
	out := Finding{
		Metric: f.metric, Status: f.status, Says: f.says(p, c), Why: f.why,
		WorseShown: f.worseShown, MarginRuledOut: f.marginRuledOut,
	}
	if out.Says == SaysNotJudged && out.Why == nil {
		out.Why = &compare.Fact{Code: compare.MissingTasks, Names: c.MissingTasks}
	}
	if f.why == nil {
		out.Doubt = basisOf(&c.Tests).doubt(p, f)
	}
	return out
}

func (f finding) says(p Policy, c *compare.Comparison) Says {
	e := c.Estimates[f.metric]
	switch {
	case f.why != nil:
		return SaysNotJudged
	case f.status == Worse:
		return SaysWorse
	case f.status == Better:
		return SaysBetter
	case f.status == NoWorse && e.PWorse != nil && *e.PWorse <= (1-compare.Level)/2:
		return SaysWorseByLess
	case f.status == NoWorse:
		return SaysMarginRuledOut
	case len(c.MissingTasks) > 0:
		return SaysNotJudged
	case f.metric == compare.PassRate && *e.Delta >= -passGuard*p.PassRateMaxDrop && c.PassRates.CandidateAttempts() < attemptsToPass(p):
		return SaysTooFewAttempts
	case f.worseShown && f.marginRuledOut:
		return SaysBetween
	case f.worseShown:
		return SaysWorseNotEnough
	case f.marginRuledOut:
		return SaysMarginNotGood
	}
	return SaysOpen
}

// conclude makes one outcome of all findings: one metric is enough for a
// regression, a pass needs every metric and every task. Cost per solved task is
// the exception: a pass does not wait for it.
func conclude(p Policy, findings []finding, b basis) Outcome {
	if !b.measured {
		return NotMeasured
	}
	passes := b.everyTask
	for _, f := range findings {
		switch f.status {
		case Worse:
			if b.doubt(p, f) != nil {
				return Inconclusive
			}
			return Regression
		case NoWorse, Better:
			passes = passes && b.doubt(p, f) == nil
		default:
			passes = passes && f.metric == compare.CostPerSolved
		}
	}
	if passes {
		return Pass
	}
	return Inconclusive
}
