package gate

import (
	"fmt"

	"github.com/benchgate/benchgate/compare"
)

// reasons explains the verdict, a sentence a metric.
func (d *document) reasons(o Outcome, findings []finding, c *compare.Comparison) []string {
	if o == NotMeasured {
		return []string{notMeasuredReason(c)}
	}
	var out []string
	for _, f := range findings {
		out = append(out, d.reason(f, c))
	}
	out = append(out, d.held...)
	if o == Inconclusive {
		out = append(out, d.whatItTakes(findings, c)...)
	}
	return out
}

func (d *document) reason(f finding, c *compare.Comparison) string {
	name := capitalised(metricName(f.metric))
	if f.why != "" {
		return name + " cannot be judged: " + f.why
	}
	e := c.Estimates[f.metric]
	margin, _ := d.policy.margin(f.metric)
	numbers, change, worsened := ratioPhrase(e), fmt.Sprintf("a rise to x%s or more", trimmed(margin)), "rose"
	if f.metric == compare.PassRate {
		numbers, change, worsened = deltaPhrase(e), fmt.Sprintf("a drop of %s points or more", trimmed(100*margin)), "fell"
	}
	text := ""
	switch {
	case f.status == Worse:
		text = fmt.Sprintf("%s %s beyond what chance explains", name, worsened)
	case f.status == Better:
		text = name + " got better"
	case f.status == NoWorse && e.PWorse != nil && *e.PWorse <= (1-compare.Level)/2:
		text = fmt.Sprintf("%s: %s is ruled out, though it probably %s by less", name, change, worsened)
	case f.status == NoWorse:
		text = fmt.Sprintf("%s: %s is ruled out", name, change)
	case len(c.MissingTasks) > 0:
		text = name + " cannot be judged before every task has an attempt that counts"
	case f.metric == compare.PassRate && *e.Delta >= -passGuard*margin && !enoughToPass(d.policy, c.Candidate.Attempts):
		text = fmt.Sprintf("%s: %s too few to rule out %s", name, counted(c.Candidate.Attempts, "attempt is", "attempts are"), change)
	case f.worseShown && f.marginRuledOut:
		text = fmt.Sprintf("%s %s, but by less than the margin and by more than half of it: neither a pass nor a regression", name, worsened)
	case f.worseShown:
		text = fmt.Sprintf("%s %s, but the estimate is too small for a regression and %s is not ruled out", name, worsened, change)
	case f.marginRuledOut:
		text = fmt.Sprintf("%s: %s is ruled out, but the estimate is worse than half of that", name, change)
	default:
		text = fmt.Sprintf("%s%s %s is not ruled out", name, d.notShown(f.metric, e), change)
	}
	text += d.evidencePhrase(f) + ": " + numbers
	if doubt := basisOf(&c.Tests).infraDoubt(d.policy, f); doubt != "" {
		text += "; but " + doubt
	}
	return text
}

// notShown says how far a metric is from having got worse beyond chance. Its
// interval may leave out no change all the same: the interval errs one time in
// twenty on each side and is meant for one look, and the gate asks for more.
func (d *document) notShown(m compare.Metric, e compare.Estimate) string {
	worse, worsened := e.Ratio != nil && *e.Ratio >= 1.005, "rise" // as it is printed
	if m == compare.PassRate {
		worse, worsened = e.Delta != nil && *e.Delta <= -0.005, "fall"
	}
	beyond := ": the " + worsened + " is not beyond what chance explains"
	switch {
	case !worse:
		return " did not " + worsened + ", but"
	case !excludesNoChange(e.Low, e.High, e.Delta):
		return beyond + ", and"
	case d.once:
		return beyond + " at the gate's level, and"
	}
	return beyond + " when looking several times, and"
}

// excludesNoChange is for the interval of a difference, or of a ratio where
// delta is nil.
func excludesNoChange(low, high, delta *float64) bool {
	none := 1.0
	if delta != nil {
		none = 0
	}
	return low != nil && high != nil && (*low > none || *high < none)
}

// evidencePhrase says what a sequential finding rests on, since its interval,
// which takes no account of what the baseline says about each task or of the
// looks, may seem to say otherwise.
func (d *document) evidencePhrase(f finding) string {
	if f.evidence == nil || d.Mode != string(Informed) {
		return ""
	}
	switch f.status {
	case Worse:
		return fmt.Sprintf(" (evidence %s, needed %s)", short(f.evidence.Fail), short(f.evidence.FailAt))
	case NoWorse, Better:
		return fmt.Sprintf(" (evidence %s, needed %s)", short(f.evidence.Pass), short(f.evidence.PassAt))
	}
	return ""
}

// short writes evidence: nobody needs more than three digits, or thousands.
func short(x float64) string {
	if x >= 1000 {
		return "over 1000"
	}
	return fmt.Sprintf("%.3g", x)
}
