package gate

import (
	"fmt"
	"math"
	"strings"

	"github.com/benchgate/benchgate/compare"
)

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
	if m == compare.PassRate && drop <= passGuard*margin {
		need = max(need, attemptsToPass(p)-have)
	}
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
