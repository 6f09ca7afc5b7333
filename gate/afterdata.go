package gate

import (
	"slices"

	"github.com/benchgate/benchgate/compare"
)

// AfterTheData withdraws the answer of rules (margins, error rates, the mode) that
// were chosen when the trials had been seen, in the run of that id: with a margin
// to choose, some margin passes. The findings stay, as what the trials say to these
// rules; a verdict that compares nothing is returned as it is.
func AfterTheData(v Verdict, run string) Verdict {
	switch v.Outcome {
	case Pass, Regression, Inconclusive:
	default:
		return v
	}
	v.Outcome, v.ExitCode = Inconclusive, Inconclusive.ExitCode()
	v.Held = slices.Concat([]compare.Fact{{Code: RulesAfterData, Detail: run}}, v.Held)
	v.Settle, v.Confirm = &Settle{By: ByNewTrials}, nil
	return v
}
