package gate

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// Everything the gate says is written here. What it must never say: that one
// run is cheaper or better where only the estimate is; "no regression" where
// none was merely found; anything on tasks outside the suite; which single
// task broke.

func outcomeName(o Outcome) string {
	switch o {
	case Pass:
		return "Pass"
	case Regression:
		return "Regression"
	case Inconclusive:
		return "Inconclusive"
	case Incomparable:
		return "Incomparable"
	}
	return "Not measured"
}

func incomparableReason(differences []baselines.Difference) string {
	first := differencePhrase(differences[0])
	if more := len(differences) - 1; more > 0 {
		return fmt.Sprintf("%s (and %s)", first, counted(more, "more difference", "more differences"))
	}
	return first
}

func differencePhrase(d baselines.Difference) string {
	return fmt.Sprintf("%s differs: baseline %s, candidate %s", d.Name(), d.A, d.B)
}

// headline is one sentence, cost per solved task first.
func headline(o Outcome, findings []finding, c *compare.Comparison) string {
	if o == NotMeasured {
		return "Not measured: " + notMeasuredReason(c)
	}
	return fmt.Sprintf("%s; %s: %s", costPerSolvedPhrase(c), solvedPhrase(c), outcomePhrase(o, findings))
}

func costPerSolvedPhrase(c *compare.Comparison) string {
	e := c.Estimates[compare.CostPerSolved]
	if doubt := basisOf(&c.Tests).costDoubt(); doubt != "" || (e.Baseline == nil && e.Candidate == nil && e.Note == "") {
		return "Cost per solved task is not known (" + cmp.Or(doubt, "no attempt has a known cost on both sides") + ")"
	}
	if e.Ratio == nil {
		return "Cost per solved task has no ratio (" + cmp.Or(e.Note, "the baseline cost nothing") + ")"
	}
	return fmt.Sprintf("Cost per solved task %s → %s (%s)", dollars(*e.Baseline), dollars(*e.Candidate), ratioPhrase(e))
}

func solvedPhrase(c *compare.Comparison) string {
	e := c.Estimates[compare.PassRate]
	return fmt.Sprintf("solved %s → %s (%s)", percent(*e.Baseline), percent(*e.Candidate), deltaPhrase(e))
}

func outcomePhrase(o Outcome, findings []finding) string {
	switch o {
	case Pass:
		return "pass"
	case Regression:
		var metrics []string
		for _, f := range findings {
			if f.status == Worse {
				metrics = append(metrics, metricName(f.metric))
			}
		}
		return "regression of the " + strings.Join(metrics, " and the ")
	}
	return "inconclusive"
}

func metricName(m compare.Metric) string { return strings.ReplaceAll(string(m), "_", " ") }

func notMeasuredReason(c *compare.Comparison) string {
	for _, side := range []struct {
		name string
		compare.Side
	}{{"candidate", c.Candidate}, {"baseline", c.Baseline}} {
		switch {
		case side.Attempts == 0 && side.Infra > 0:
			return fmt.Sprintf("infrastructure errors took all %d attempts of the %s", side.Infra, side.name)
		case side.Attempts == 0:
			return fmt.Sprintf("the %s has no finished attempt", side.name)
		}
	}
	return "no task has an attempt that counts on both sides"
}
