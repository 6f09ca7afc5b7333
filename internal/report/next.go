package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// next is the most useful step after the verdict; save is the command
// that keeps the candidate's run as a baseline, if it is known.
func next(v gate.Verdict, save string) string {
	switch v.Outcome {
	case gate.Pass:
		return "to switch to " + candidate(&v) + ": " + afterPass(v, save)
	case gate.Regression:
		return afterRegression(v, movedTasks(taskViews(v)))
	case gate.Inconclusive:
		return toSettle(v)
	case gate.Incomparable:
		return "measure the baseline under the candidate's conditions (baseline.from: live, or save a new one)"
	}
	return "mend what is named, and run again; \"benchgate doctor\" looks for what this machine lacks"
}

// afterPass makes the candidate the next baseline. A run that ended early has fewer
// attempts than a baseline should have.
func afterPass(v gate.Verdict, save string) string {
	if v.StoppedEarly {
		return "benchgate run --arm candidate makes all attempts, as a baseline should have"
	}
	return cmp.Or(save, "benchgate baseline save DIR")
}

// toSettle is [settle] as something to do. A document without the answer's parts,
// of an older benchgate, has it as a reason.
func toSettle(v gate.Verdict) string {
	if v.Settle == nil {
		for _, reason := range prose(v.Reasons) {
			if step, found := strings.CutPrefix(reason, settles); found {
				return step
			}
		}
		return ""
	}
	switch s := *v.Settle; s.By {
	case gate.ByPlannedTrials:
		return "run again: " + trials(s) + " are planned and not in yet" + about(s)
	case gate.ByMoreAttempts:
		if s.Odds != nil {
			return fmt.Sprintf("raise limits.attempts to %s and run again: %s%s",
				count(float64(s.Plan)), plural(s.Trials+s.BaselineTrials, "more trial"), about(s))
		}
		return fmt.Sprintf("raise limits.attempts to %s and run again: %s%s if the estimates stay",
			count(float64(s.Plan)), plural(s.Trials+s.BaselineTrials, "more trial"), about(s))
	case gate.ByDeeperBaseline:
		return fmt.Sprintf("measure both sides with about %s a task%s: this baseline has no counterpart for more", plural(s.Attempts, "attempt"), about(s))
	case gate.ByTooMany:
		return fmt.Sprintf("add tasks: with these it would take more than %s a task", plural(s.Attempts, "more attempt"))
	case gate.ByNewTrials:
		return "benchgate run --again measures anew under these rules; the old ones give the old verdict"
	case gate.ByNewBaseline:
		return "measure the baseline anew (baseline.from: live): more trials of the candidate would not tell"
	}
	if otherModel(v) {
		return "name the model by the name that answers, or ask whoever runs the model API; ledger.jsonl in the run's files has both names"
	}
	return "change what is named: more trials do not help"
}

// otherModel reports whether another model's work keeps the verdict open.
func otherModel(v gate.Verdict) bool {
	return slices.ContainsFunc(v.Findings, func(f gate.Finding) bool { return f.Doubt != nil && f.Doubt.Code == gate.OtherModelWorks })
}

// afterRegression leads to the trials that show it: of a task that broke, else
// of one that became dearer.
func afterRegression(v gate.Verdict, m moved) string {
	if v.Confirm != nil && v.Confirm.State == gate.Unconfirmed {
		return "measure the baseline beside it, which confirms it or not: benchgate run --from live"
	}
	if len(m.broke) > 0 && v.Metrics[compare.PassRate].Status == gate.Worse {
		return "see why " + shorten(m.broke[0].id, titleName) + " fails: trials/candidate in the run's files"
	}
	return "see what the candidate spends it on: trials/candidate and ledger.jsonl in the run's files"
}
