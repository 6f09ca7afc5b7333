package gate

import (
	"errors"
	"fmt"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// Policy is what the gate may conclude from, and how sure it must be. It is
// fixed before the first candidate trial.
type Policy struct {
	Mode Mode `json:"mode"`

	// PassRateMaxDrop is the margin of the pass rate, in (0, 1].
	PassRateMaxDrop float64 `json:"pass_rate_max_drop"`

	// TypicalCostMaxRatio is the margin of the typical cost, above 1. Zero:
	// the cost is reported, not gated.
	TypicalCostMaxRatio float64 `json:"typical_cost_max_ratio"`

	// CostPerSolvedMaxRatio is the margin of the cost per solved task, above 1.
	// It can fail the gate; a pass does not wait for it. Zero: reported, not
	// gated.
	CostPerSolvedMaxRatio float64 `json:"cost_per_solved_max_ratio"`

	// Confirm asks for live pairs before a regression stands that costs alone
	// make against a stored baseline; see [Confirm].
	Confirm bool `json:"confirm"`

	Alpha float64 `json:"alpha"` // P(regression | nothing changed), split over the gated metrics, see alphaOf
	Beta  float64 `json:"beta"`  // P(pass | worse by the margin)

	// Attempts is the planned number of attempts per task, for a candidate
	// whose header does not say it. Zero, for [Decide]: the most attempts that
	// the candidate began at a task.
	Attempts int `json:"attempts"`

	// Compare is the one thing in which the arms may differ. Empty: what the
	// candidate's header says, else [baselines.CompareModel].
	Compare baselines.Compare `json:"compare"`
}

// Mode is how the gate looks at trials.
type Mode string

// The modes. Auto is informed with a stored baseline of three attempts a task
// or more, else strict; for [Decide] it is what the candidate's header says.
const (
	Auto     Mode = "auto"
	Informed Mode = "informed"
	Strict   Mode = "strict"
	Fixed    Mode = "fixed"
)

// DefaultPolicy returns the policy for a suite of that many tasks: below 80
// tasks margins of 0.20 and 1.5, from 80 tasks 0.10 and 1.2. At ten tasks a
// narrower margin would need more trials than anyone pays for.
func DefaultPolicy(tasks int) Policy {
	p := Policy{
		Mode: Auto, PassRateMaxDrop: 0.20, TypicalCostMaxRatio: 1.5, CostPerSolvedMaxRatio: 1.5, Confirm: true,
		Alpha: 0.05, Beta: 0.10, Attempts: 5, Compare: baselines.CompareModel,
	}
	if tasks >= 80 {
		p.PassRateMaxDrop, p.TypicalCostMaxRatio, p.CostPerSolvedMaxRatio, p.Attempts = 0.10, 1.2, 1.2, 3
	}
	return p
}

// Validate says everything that is wrong with the policy at once.
func (p Policy) Validate() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	switch p.Mode {
	case Auto, Informed, Strict, Fixed, "":
	default:
		wrong("mode is %q, want auto, informed, strict or fixed", p.Mode)
	}
	if !(p.PassRateMaxDrop > 0 && p.PassRateMaxDrop <= 1) {
		wrong("pass rate max_drop is %v, want above 0 and at most 1", p.PassRateMaxDrop)
	}
	if p.TypicalCostMaxRatio != 0 && !isMargin(p.TypicalCostMaxRatio) {
		wrong("typical cost max_ratio is %v, want above 1 and at most 100", p.TypicalCostMaxRatio)
	}
	if p.CostPerSolvedMaxRatio != 0 && !isMargin(p.CostPerSolvedMaxRatio) {
		wrong("cost per solved max_ratio is %v, want above 1 and at most 100", p.CostPerSolvedMaxRatio)
	}
	if !(p.Alpha > 0 && p.Alpha < 0.5) {
		wrong("alpha is %v, want above 0 and below 0.5", p.Alpha)
	}
	if !(p.Beta > 0 && p.Beta < 0.5) {
		wrong("beta is %v, want above 0 and below 0.5", p.Beta)
	}
	if p.Attempts < 0 {
		wrong("attempts is %d, want 1 or more", p.Attempts)
	}
	if p.Compare != "" && !slices.Contains(baselines.Comparisons(), p.Compare) {
		wrong("compare is %q, want model, agent_version or settings", p.Compare)
	}
	return errors.Join(errs...)
}

func isMargin(ratio float64) bool { return ratio > 1 && ratio <= 100 }

// gated lists the metrics that decide.
func (p Policy) gated() []compare.Metric {
	metrics := []compare.Metric{compare.PassRate}
	if p.TypicalCostMaxRatio > 0 {
		metrics = append(metrics, compare.TypicalCost)
	}
	if p.CostPerSolvedMaxRatio > 0 {
		metrics = append(metrics, compare.CostPerSolved)
	}
	return metrics
}

// margin is how much worse a gated metric may be; ok is false for the others.
func (p Policy) margin(m compare.Metric) (margin float64, ok bool) {
	switch m {
	case compare.PassRate:
		return p.PassRateMaxDrop, true
	case compare.TypicalCost:
		return p.TypicalCostMaxRatio, p.TypicalCostMaxRatio > 0
	case compare.CostPerSolved:
		return p.CostPerSolvedMaxRatio, p.CostPerSolvedMaxRatio > 0
	}
	return 0, false
}

// alphaWeights are how the gated metrics share alpha: 0.025, 0.015 and 0.010 of
// 0.05. The pass rate is tested with the least data per trial and has most. Cost
// per solved task mixes both others, whose own tests find most of what it would
// find, and has least.
var alphaWeights = map[compare.Metric]float64{compare.PassRate: 5, compare.TypicalCost: 3, compare.CostPerSolved: 2}

// alphaOf is a gated metric's share of alpha. One metric is enough for a
// regression, and the chance that any of several tests errs is at most the sum
// of their error rates (Bonferroni), so the shares of the metrics that are gated
// sum to alpha. A pass needs every metric that it waits for, so each has all of
// beta.
func (p Policy) alphaOf(m compare.Metric) float64 {
	all := 0.0
	for _, gated := range p.gated() {
		all += alphaWeights[gated]
	}
	return p.Alpha * alphaWeights[m] / all
}

// The practical guards, as shares of the margin: for a regression the estimate
// must be worse by failGuard of it or more, for a pass by passGuard of it at most.
// With many trials a difference can be shown that is too small to matter.
const (
	failGuard = 0.7
	passGuard = 0.5
)
