package gate

import (
	"cmp"
	"fmt"
	"math"
	"strings"

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

func incomparableReason(differences []Difference) string {
	first := differences[0].String()
	if more := len(differences) - 1; more > 0 {
		return fmt.Sprintf("%s (and %s)", first, counted(more, "more difference", "more differences"))
	}
	return first
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
	if doubt := basisOf(c).costDoubt(); doubt != "" || (e.Baseline == nil && e.Candidate == nil && e.Note == "") {
		return "Cost per solved task is not known (" + cmp.Or(doubt, "no attempt has a known cost on both sides") + ")"
	}
	if e.Ratio == nil {
		return "Cost per solved task has no ratio (" + cmp.Or(e.Note, "the baseline cost nothing") + ")"
	}
	return fmt.Sprintf("Cost per solved task %s -> %s (%s)", dollars(*e.Baseline), dollars(*e.Candidate), ratioPhrase(e))
}

func solvedPhrase(c *compare.Comparison) string {
	e := c.Estimates[compare.PassRate]
	return fmt.Sprintf("solved %s -> %s (%s)", percent(*e.Baseline), percent(*e.Candidate), deltaPhrase(e))
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
		text = fmt.Sprintf("%s: no change for the worse is shown, and %s is not ruled out", name, change)
	}
	text += d.evidencePhrase(f) + ": " + numbers
	if doubt := basisOf(c).infraDoubt(d.policy, f); doubt != "" {
		text += "; but " + doubt
	}
	return text
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

// whatItTakes says what would turn an inconclusive verdict into an answer.
func (d *document) whatItTakes(findings []finding, c *compare.Comparison) []string {
	var out []string
	if len(c.MissingTasks) > 0 {
		out = append(out, "A pass needs an attempt that counts at every task on both sides; missing: "+strings.Join(c.MissingTasks, ", "))
		return out
	}
	more := 0
	for _, f := range findings {
		if f.status == Unclear && f.why == "" && !(f.worseShown && f.marginRuledOut) {
			more = max(more, moreTrials(d.policy, f.metric, c))
		}
	}
	if more == 0 {
		return out
	}
	if most := 20 * len(c.Tasks); more > most {
		return append(out, fmt.Sprintf("More than %d more trials would be needed; a wider margin is the cheaper way to an answer", most))
	}
	text := fmt.Sprintf("If things stay as they look, about %s of the candidate would decide", counted(more, "more trial", "more trials"))
	if usd := c.Candidate.USD; usd != nil && c.Candidate.UnknownCost == 0 && c.Candidate.Attempts > 0 {
		text += fmt.Sprintf(" (about %s)", dollars(*usd/float64(c.Candidate.Attempts)*float64(more)))
	}
	return append(out, text)
}

// moreTrials is how many more trials, in whole rounds, an unclear metric would
// take: the width of its interval shrinks with the root of the trials, until the
// estimate is far enough from the nearer hypothesis to be found out four times
// in five.
func moreTrials(p Policy, m compare.Metric, c *compare.Comparison) int {
	tasks := len(c.Tasks)
	e := c.Estimates[m]
	have := float64(c.Candidate.Attempts)
	margin, _ := p.margin(m)
	low, high, drop := e.Low, e.High, 0.0
	if m != compare.PassRate {
		low, high, margin = logOf(e.Low), logOf(e.High), math.Log(margin)
	}
	if low == nil || high == nil {
		return max(tasks, compare.AttemptsToSee(tasks, p.PassRateMaxDrop)*tasks-int(have))
	}
	if m == compare.PassRate {
		drop = -*e.Delta
	} else {
		drop = *logOf(e.Ratio)
	}
	perRoot := (*high - *low) / 2 / compare.NormalQuantile((1+compare.Level)/2) * math.Sqrt(have)
	distance, level := margin-drop, p.Beta
	if drop > (failGuard+passGuard)/2*margin {
		distance, level = drop, p.alphaOf(m)
	}
	z := compare.NormalQuantile(1-level) + compare.NormalQuantile(0.8)
	need := math.Pow(perRoot*z/distance, 2) - have
	if !(need > 0) {
		return tasks
	}
	return int(math.Ceil(min(need, 1e6)/float64(tasks))) * tasks
}

func logOf(x *float64) *float64 {
	if x == nil || *x <= 0 {
		return nil
	}
	return finite(math.Log(*x))
}

// ratioPhrase writes x1.25, 90 % interval 0.90 to 1.70.
func ratioPhrase(e compare.Estimate) string {
	if e.Ratio == nil {
		return cmp.Or(e.Note, "no ratio exists")
	}
	text := fmt.Sprintf("x%.2f", *e.Ratio)
	if e.Low == nil || e.High == nil {
		return text + ", no interval"
	}
	return text + fmt.Sprintf(", %s interval %.2f to %.2f", percent(compare.Level), *e.Low, *e.High)
}

// deltaPhrase writes -20 points, 90 % interval -35 to -4.
func deltaPhrase(e compare.Estimate) string {
	if e.Delta == nil {
		return "no difference exists"
	}
	text := points(*e.Delta) + " points"
	if e.Low == nil || e.High == nil {
		return text + ", no interval"
	}
	return text + fmt.Sprintf(", %s interval %s to %s", percent(compare.Level), points(*e.Low), points(*e.High))
}

func points(fraction float64) string {
	rounded := math.Round(100 * fraction)
	if rounded == 0 {
		return "0"
	}
	return fmt.Sprintf("%+.0f", rounded)
}

func percent(fraction float64) string { return fmt.Sprintf("%.0f %%", 100*fraction) }

// dollars keeps cents where there are dollars and digits where there are none.
func dollars(usd float64) string {
	if usd != 0 && math.Abs(usd) < 0.1 {
		return fmt.Sprintf("$%.2g", usd)
	}
	return fmt.Sprintf("$%.2f", usd)
}

func trimmed(x float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", x), "0"), ".")
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func capitalised(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}
