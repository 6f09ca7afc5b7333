package gate

import (
	"github.com/benchgate/benchgate/compare"
)

// finding is what the data say about one gated metric.
type finding struct {
	metric compare.Metric
	status Status

	// why says what kept the metric from an answer when it is not the numbers
	// themselves: unknown costs, no finite ratio.
	why string

	// Which hypotheses are rejected, whatever the estimate: "nothing got
	// worse", and "worse by the margin or more".
	worseShown, marginRuledOut bool

	evidence *Evidence // of sequential tests
}

// conclude makes one outcome of all findings: one metric is enough for a
// regression, a pass needs every metric and every task.
func conclude(p Policy, findings []finding, b basis) Outcome {
	if !b.measured {
		return NotMeasured
	}
	passes := b.everyTask
	for _, f := range findings {
		switch f.status {
		case Worse:
			if b.infraDoubt(p, f) != "" {
				return Inconclusive
			}
			return Regression
		case NoWorse, Better:
			passes = passes && b.infraDoubt(p, f) == ""
		default:
			passes = false
		}
	}
	if passes {
		return Pass
	}
	return Inconclusive
}
