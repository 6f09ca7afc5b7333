package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// sentences joins what is said of one thing.
func sentences(facts []compare.Fact) string {
	var all []string
	for _, f := range facts {
		all = append(all, sentence(f))
	}
	return strings.Join(all, "; ")
}

// sentence puts a fact into words. A code that this benchgate does not know,
// of a document that a newer one wrote, is its own words.
func sentence(f compare.Fact) string {
	for _, words := range []func(compare.Fact) string{attemptsWords, costWords, infraWords, estimateWords, designWords, confirmWords} {
		if text := words(f); text != "" {
			return text
		}
	}
	return strings.ReplaceAll(string(f.Code), "_", " ")
}

// attemptsWords are about what was measured and what was not.
func attemptsWords(f compare.Fact) string {
	switch f.Code {
	case gate.PolicyInvalid:
		return "the policy is not valid: " + f.Detail
	case gate.NoAttempts:
		return fmt.Sprintf("the %s has no finished attempt", f.Arm)
	case compare.NothingToCompare:
		return "no task has an attempt that counts on both sides"
	case compare.MissingTasks:
		return "a pass needs an attempt that counts at every task on both sides; missing: " + listed(f.Names)
	case gate.PlanIncomplete:
		return fmt.Sprintf("%s of the %s's %s are in: the fixed mode decides at the planned end only",
			count(float64(f.Count)), f.Arm, plural(f.Of, "planned trial"))
	case gate.TimeOver:
		return fmt.Sprintf("the run ended after %s (limits.minutes) with %s of %s; the same command goes on from them",
			minutes(value(f.Value)), count(float64(f.Count)), plural(f.Of, "trial"))
	case gate.RulesAfterData:
		return "margin chosen after the data: the gate's rules are newer than these trials"
	case gate.NoPairsLeft:
		return fmt.Sprintf("the %s not run would change nothing: costs are compared attempt by attempt, and the %s has no counterpart for them", plural(f.Count, "planned trial"), f.Arm)
	case gate.NoTrialHelps:
		return fmt.Sprintf("the %s not run would change nothing", plural(f.Count, "planned trial"))
	case gate.FirstRoundOpen:
		return "it is looked at when every task has a pair of attempts with known costs"
	case gate.StoppedByGate:
		beside := ""
		if f.Detail != "" {
			beside = " beside another run (" + f.Detail + ")"
		}
		return fmt.Sprintf("a gate ended the %s's run after %s of %s because of its results%s: numbers from it are biased",
			f.Arm, count(float64(f.Count)), plural(f.Of, "planned trial"), beside)
	case gate.StoppingUnknown:
		return fmt.Sprintf("%s of the %s's %s are in, and its file does not say whether a gate ended it: it is read whole, unless --mode says otherwise",
			count(float64(f.Count)), f.Arm, plural(f.Of, "planned trial"))
	case compare.FewAttempts:
		return fmt.Sprintf("%s a task: a drop of %s takes %s, with %s", plural(f.Count, "attempt"), points(-value(f.Margin)), plural(f.Need, "attempt"), plural(f.Tasks, "task"))
	case compare.Unmatched:
		return has(f.Count, "attempt", "has", "have") + " no counterpart on the other side: in the pass rate only"
	case gate.OtherModelWorks:
		return fmt.Sprintf("in %s of the %s's %s another model did work than was asked for: the numbers are not about that model", count(float64(f.Count)), f.Arm, plural(f.Of, "attempt"))
	case compare.NoAnswer:
		return fmt.Sprintf("the tests of %s of the %s gave no answer, which counts as not solved", plural(f.Count, "attempt"), f.Arm)
	case compare.HostsDiffer:
		return "the arms ran on different operating systems or processors: times do not compare"
	case compare.NoOtherTasks:
		return plural(f.Tasks, "task") + ": this says nothing about other tasks"
	}
	return ""
}

// costWords are about money that is not known.
func costWords(f compare.Fact) string {
	switch f.Code {
	case compare.UnknownCost:
		return fmt.Sprintf("the cost of %s of the %s's %s is not known", count(float64(f.Count)), f.Arm, plural(f.Of, "attempt"))
	case compare.MissedRequests:
		return fmt.Sprintf("in %s of the %s's %s the agent made requests that the meter did not see, for no known reason", count(float64(f.Count)), f.Arm, plural(f.Of, "attempt"))
	case gate.FreeOnOneSide:
		return plural(f.Count, "matched attempt") + " cost nothing on one side only"
	case gate.NoKnownCosts:
		return "no matched attempt has a known cost on both sides"
	case gate.OneSideFree:
		return "one side cost nothing"
	case gate.BillWorse:
		return "every task once: " + ratioChange(value(f.Value)) + ", beyond what chance explains and above the typical cost's margin of " +
			ratioChange(value(f.Margin)) + ": no pass; " + dearTrials(f)
	case gate.BillHigh:
		return "every task once: " + ratioChange(value(f.Value)) + ", above the typical cost's margin of " + ratioChange(value(f.Margin)) +
			", though chance may explain it; " + dearTrials(f)
	case compare.SolvedNone:
		if f.Arm == "" {
			return "neither side solved a task"
		}
		return fmt.Sprintf("the %s solved no task", f.Arm)
	}
	return ""
}

// dearTrials names those without which the bill would be inside the margin.
func dearTrials(f compare.Fact) string {
	const shown = 5
	var names []string
	for _, t := range f.Trials[:min(shown, len(f.Trials))] {
		names = append(names, fmt.Sprintf("%s attempt %d (%s, baseline %s)", t.Task, t.Attempt, dollars(t.USD), dollars(t.UsualUSD)))
	}
	text := "it would not be without " + strings.Join(names, ", ")
	if more := f.Count - len(names); more > 0 {
		text += " and " + count(float64(more)) + " more"
	}
	return text
}

// infraWords are about attempts that were lost to infrastructure errors.
func infraWords(f compare.Fact) string {
	switch f.Code {
	case gate.InfraTookAll:
		if f.Count == 1 {
			return fmt.Sprintf("infrastructure errors took the only attempt of the %s", f.Arm)
		}
		return fmt.Sprintf("infrastructure errors took all %s of the %s", plural(f.Count, "attempt"), f.Arm)
	case gate.InfraShare:
		return fmt.Sprintf("infrastructure errors took %s of the candidate's attempts", percent(value(f.Value)))
	case gate.InfraExcess:
		return fmt.Sprintf("infrastructure errors took %s of the candidate's attempts but %s of the baseline's", percent(value(f.Value)), percent(value(f.Beside)))
	case compare.InfraLost:
		return fmt.Sprintf("infrastructure errors took %s of the %s; its pass rate is %s, and from %s to %s had they counted",
			plural(f.Count, "attempt"), f.Arm, percent(value(f.Value)), percent(value(f.Low)), percent(value(f.High)))
	}
	return ""
}

// estimateWords are about what a metric's numbers do not say.
func estimateWords(f compare.Fact) string {
	switch f.Code {
	case compare.UnequalAttempts:
		return "the tasks' numbers of attempts differ between the sides; each task has the same weight"
	case compare.PairsBesideValues:
		return "the values are of all attempts, the change is of those that both sides have"
	case compare.TotalsBesideRatio:
		return "the values are of one attempt at every task, the change is a typical task's"
	case compare.ZeroOnOneSide:
		return has(f.Count, "attempt", "is", "are") + " zero and left out: a ratio to them does not exist"
	case gate.NotAdjusted:
		return "the interval is not adjusted for stopping; adjusted: " + span(value(f.Low), value(f.High), false)
	case gate.OtherTasks:
		return "on other tasks like these: " + probability(compare.Level) + " interval " + span(value(f.Low), value(f.High), false)
	case gate.ChanceAmongMany:
		return fmt.Sprintf("its interval alone says %s, but among %s that may be chance", f.Detail, plural(f.Count, "metric"))
	}
	return ""
}

// designWords are about what the plan or the stored baseline cannot give.
func designWords(f compare.Fact) string {
	switch f.Code {
	case gate.LiveNotInformed:
		return "the informed mode needs a stored baseline; this one was measured beside the candidate, so the strict mode decides"
	case gate.FewForInformed:
		return fmt.Sprintf("the informed mode needs %s at each task of the baseline, which has %d at some task, so the strict mode decides", plural(f.Need, "attempt"), f.Count)
	case gate.FewForFewer:
		return fmt.Sprintf("the baseline has %s at some task; with %d the gate needs fewer candidate trials", plural(f.Count, "attempt"), f.Need)
	case gate.DropNotSeen:
		return fmt.Sprintf("%s with %s each: the smallest drop found four times in five is %s, and the margin is %s",
			plural(f.Tasks, "task"), plural(f.Count, "attempt"), points(-value(f.Value)), points(-value(f.Margin)))
	case gate.PassOutOfReach:
		return fmt.Sprintf("%s cannot rule out %s, however they end", plural(f.Count, "trial"), points(-value(f.Margin)))
	case gate.NothingCanFall:
		return nothingCanFall(f)
	case gate.MuchToLose:
		return muchToLose(f)
	case gate.RatioTooNarrow:
		return fmt.Sprintf("%s are few for a cost margin of %s", plural(f.Count, "trial"), ratioChange(value(f.Margin)))
	}
	return ""
}

// nothingCanFall is about a baseline that solves too little, or is too thin to
// show that it solves more than the margin.
func nothingCanFall(f compare.Fact) string {
	solved, margin := count(float64(f.Count))+" of "+plural(f.Of, "attempt"), value(f.Margin)
	if float64(f.Count) > margin*float64(f.Of) {
		return fmt.Sprintf("the %s is not known to have so much to lose: it solved %s, and the margin is %s", f.Arm, solved, points(-margin))
	}
	return fmt.Sprintf("nothing can fall here: the %s solved %s, and the margin is %s; it takes tasks that the %s solves", f.Arm, solved, points(-margin), f.Arm)
}

// muchToLose counts in tasks where they come out whole enough to be counted.
func muchToLose(f compare.Fact) string {
	text := fmt.Sprintf("the margin of %s is more than half of what the %s solves, %s", points(-value(f.Margin)), f.Arm, percent(value(f.Value)))
	lost, of := math.Floor(value(f.Margin)*float64(f.Tasks)+1e-9), math.Round(value(f.Value)*float64(f.Tasks))
	if lost < 1 || lost >= of {
		return text
	}
	return text + fmt.Sprintf(": a candidate may lose %s of its %s and pass", count(lost), plural(int(of), "task"))
}

// has counts with a verb: "1 attempt has", "2 attempts have".
func has(n int, noun, one, many string) string {
	if n == 1 {
		return "1 " + noun + " " + one
	}
	return plural(n, noun) + " " + many
}

// value reads a number that its code always has; a broken document may lack it.
func value(x *float64) float64 {
	if x == nil {
		return 0
	}
	return *x
}

// listed names up to five.
func listed(names []string) string {
	const shown = 5
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}
