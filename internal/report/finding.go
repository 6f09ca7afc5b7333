package report

import (
	"fmt"
	"strings"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// finding is what was found on one gated metric, in one sentence with its
// numbers.
func finding(v *gate.Verdict, f gate.Finding) string {
	m := view(v, f.Metric)
	if f.Says == gate.SaysNotJudged && f.Why != nil && f.Why.Code != compare.MissingTasks {
		return m.label + " cannot be judged: " + sentence(*f.Why) + unwaited(f)
	}
	text := m.label + found(v, f, m) + evidence(v, f) + ": " + m.changeAndInterval() + unwaited(f)
	if f.Doubt != nil {
		text += "; but " + sentence(*f.Doubt)
	}
	return text
}

// waitsForNothing is what is said of cost per solved task where it decides.
const waitsForNothing = "can fail the gate, a pass does not wait for it"

// unwaited says why a pass may stand beside an open cost per solved task.
func unwaited(f gate.Finding) string {
	if f.Metric != compare.CostPerSolved || f.Status != gate.Unclear && f.Status != gate.StatusNotMeasured {
		return ""
	}
	return "; it " + waitsForNothing
}

func found(v *gate.Verdict, f gate.Finding, m metricView) string {
	fell, limit := "rose", "a change of "+m.margin+" or worse"
	if m.higherBetter {
		fell = "fell"
	}
	switch f.Says {
	case gate.SaysWorse:
		return " " + fell + " beyond what chance explains"
	case gate.SaysBetter:
		return " got better"
	case gate.SaysMarginRuledOut:
		return ": " + limit + " is ruled out"
	case gate.SaysWorseByLess:
		return ": " + limit + " is ruled out, though it probably " + fell + " by less"
	case gate.SaysNotJudged:
		return " cannot be judged before every task has an attempt that counts"
	case gate.SaysTooFewAttempts:
		if v.TrialsUsed == 1 {
			return ": 1 attempt is too few to rule out " + limit
		}
		return ": " + plural(v.TrialsUsed, "attempt") + " are too few to rule out " + limit
	case gate.SaysBetween:
		return " " + fell + ", but by less than the margin and by more than half of it: neither a pass nor a regression"
	case gate.SaysWorseNotEnough:
		return " " + fell + ", but the estimate is too small for a regression, and " + limit + " is not ruled out"
	case gate.SaysMarginNotGood:
		return ": " + limit + " is ruled out, but the estimate is worse than half of that"
	}
	return notShown(v, m) + " " + limit + " is not ruled out"
}

// notShown says how far a metric is from having got worse beyond chance. Its
// interval may leave out no change all the same: the interval errs one time in
// twenty on each side and is meant for one look, and the gate asks for more.
func notShown(v *gate.Verdict, m metricView) string {
	fall := "rise"
	if m.higherBetter {
		fall = "fall"
	}
	beyond := ": the " + fall + " is not beyond what chance explains"
	switch {
	case !m.worse():
		return " did not " + fall + ", but"
	case !m.excludesNoChange():
		return beyond + ", and"
	case v.Once:
		return beyond + " at the gate's level, and"
	}
	return beyond + " when looking several times, and"
}

// worse reports that the estimate is for the worse as it is printed: a change
// that rounds to nothing is none.
func (m metricView) worse() bool {
	if m.higherBetter {
		return strings.HasPrefix(m.change, "−")
	}
	return strings.HasPrefix(m.change, "+") || strings.HasPrefix(m.change, "×")
}

// excludesNoChange reports that the interval leaves out no change.
func (m metricView) excludesNoChange() bool {
	none := 1.0
	if m.source.Delta != nil {
		none = 0
	}
	return m.source.Low != nil && m.source.High != nil && (*m.source.Low > none || *m.source.High < none)
}

// evidence is what a sequential finding rests on: its interval takes no account
// of what the baseline says about each task, nor of the looks, and may seem to
// say otherwise. A threshold of zero is one that the last look did not have.
func evidence(v *gate.Verdict, f gate.Finding) string {
	e := v.Evidence[f.Metric]
	if e.PAt > 0 && f.Status != gate.NoWorse && f.Status != gate.Better {
		return " (p value for a regression " + smallChance(e.P) + ", needed " + smallChance(e.PAt) + ")"
	}
	var parts []string
	if v.Mode == gate.Strict && f.Metric == compare.PassRate && e.Fail == 0 && e.Pass == 0 && e.FailAt == 0 {
		return "" // no round has ended: there was no look
	}
	if e.FailAt > 0 && (f.Says == gate.SaysWorse || f.Says == gate.SaysOpen) {
		parts = append(parts, failEvidence(v.Mode, f.Metric, e))
	}
	if e.PassAt > 0 && (f.Status == gate.NoWorse || f.Status == gate.Better || f.Says == gate.SaysOpen && e.Pass < e.PassAt) {
		parts = append(parts, passEvidence(v.Mode, f.Metric, e))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}

// failEvidence counts lost pairs where the strict mode tests the pass rate, and
// is a Bayes factor or an e-value elsewhere.
func failEvidence(m gate.Mode, metric compare.Metric, e gate.Evidence) string {
	if m == gate.Strict && metric == compare.PassRate {
		return "lost pairs " + count(e.Fail) + ", needed " + count(e.FailAt)
	}
	return "evidence for a regression " + statistic(e.Fail) + ", needed " + statistic(e.FailAt)
}

// passEvidence is a z score where the strict mode tests the pass rate.
func passEvidence(m gate.Mode, metric compare.Metric, e gate.Evidence) string {
	if m == gate.Strict && metric == compare.PassRate {
		return "score for a pass " + statistic(e.Pass) + ", needed " + statistic(e.PassAt)
	}
	return "evidence for a pass " + statistic(e.Pass) + ", needed " + statistic(e.PassAt)
}

// changeAndInterval writes +43.9%, 90% interval +12.2% to +81.7%.
func (m metricView) changeAndInterval() string {
	switch {
	case m.change == "" && len(m.source.Notes) > 0:
		return sentence(m.source.Notes[0])
	case m.change == "":
		return "no change can be computed"
	case m.interval == "":
		return m.change + ", no interval"
	}
	return fmt.Sprintf("%s, %s interval %s", m.change, probability(m.source.Level), m.interval)
}

// view is one metric of the document as strings.
func view(v *gate.Verdict, name compare.Metric) metricView {
	for _, kind := range kindsOf(map[compare.Metric]gate.Metric{name: {}}) {
		return viewMetric(kind, v.Metrics[name], *v)
	}
	return metricView{}
}
