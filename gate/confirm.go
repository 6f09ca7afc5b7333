package gate

import (
	"math"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// Confirmation is what became of a regression that costs alone make against a
// stored baseline. What a model costs can differ from one night to the next by
// more than the attempts of one night do among themselves (caching, routing,
// prices of a gateway), and then a stored baseline makes an unchanged candidate
// look dear. So both variants are measured once more, side by side: one live
// pair of attempts at each task. Such an effect of a whole run is in both halves
// of a live pair, and cancels.
type Confirmation struct {
	State ConfirmState `json:"state"`

	// Ratio is the live pairs' typical cost, candidate over baseline: exp of
	// the mean of log(candidate's dollars / baseline's) over the tasks. Nil when
	// there are no pairs. The stored runs are not in it.
	Ratio *float64 `json:"ratio,omitempty"`

	// Need is the least Ratio that confirms: the margin of the metric that
	// failed to the power of 0.25, of the smaller margin where two did.
	Need float64 `json:"need"`

	// Tasks have a live pair whose costs are known.
	Tasks int `json:"tasks,omitempty"`

	// USD is what the live pairs cost on both sides, every try included, in US
	// dollars, beside [Verdict.USDUsed]; nil when some try's cost is not known,
	// or there is none.
	USD *float64 `json:"usd,omitempty"`

	// Why is what kept the regression from being confirmed or refuted; nil in
	// the other two states.
	Why *compare.Fact `json:"why,omitempty"`
}

// ConfirmState is how a confirmation came out.
type ConfirmState string

// The states. A confirmed regression stands, and so does an unconfirmed one; a
// refuted one is [Inconclusive].
const (
	Confirmed   ConfirmState = "confirmed"
	Refuted     ConfirmState = "refuted"
	Unconfirmed ConfirmState = "unconfirmed"
)

// confirmGuard is the share of the margin's logarithm that the mean log ratio of
// the live pairs must reach. One pair a task is too few to show a whole margin:
// at ten tasks its mean has a standard deviation of about 0.4 of the margin of
// 1.5. A quarter keeps nearly all that truly cost the margin more, and drops
// most of what one night made up; docs/statistics.md has both rates.
const confirmGuard = 0.25

// mostPairsMissing is the share of tasks that may lack a live pair, because
// infrastructure errors took one half or its cost is not known.
const mostPairsMissing = 0.25

// toConfirm gives the margin by which live pairs are to be judged; zero: there
// is nothing to confirm, as no cost failed, or the pass rate did as well.
func toConfirm(p Policy, findings []finding) (margin float64) {
	for _, f := range findings {
		switch m, _ := p.margin(f.metric); {
		case f.status != Worse:
		case !isCost(f.metric):
			return 0
		case margin == 0 || m < margin:
			margin = m
		}
	}
	return margin
}

// needed is the ratio from which live pairs confirm, for a margin.
func needed(margin float64) float64 { return math.Pow(margin, confirmGuard) }

// confirms compares the mean log ratio of live pairs with what is needed.
func confirms(need, mean float64) bool { return mean >= math.Log(need)-rounding }

// asksToConfirm reports whether a verdict on these findings waits for live pairs:
// the policy wants them, it is a regression of costs alone, and the baseline is
// a stored one. A baseline that was measured beside the candidate had the same
// nights.
func (g *Gate) asksToConfirm(o Outcome, findings []finding) bool {
	return o == Regression && g.policy.Confirm && !g.together && toConfirm(g.policy, findings) > 0
}

// unconfirmed is the confirmation as long as there are no live pairs.
func unconfirmed(p Policy, findings []finding) *Confirmation {
	return &Confirmation{
		State: Unconfirmed, Need: needed(toConfirm(p, findings)),
		Why: &compare.Fact{Code: NoLivePairs},
	}
}

// Unconfirmed is the verdict with the reason why its regression could be
// neither confirmed nor refuted; it stands. A verdict that asks for no
// confirmation is returned as it is.
func (v Verdict) Unconfirmed(why compare.Fact) Verdict {
	if v.Confirm == nil {
		return v
	}
	c := *v.Confirm
	c.State, c.Why = Unconfirmed, &why
	v.Confirm = &c
	return v
}

// Confirm gives the final verdict where the gate's own asks for confirmation
// ([Verdict.Confirm] is not nil), from one live pair of attempts a task: the runs
// of the baseline's and the candidate's variants that were measured for it, arms
// adjacent in order. A mean log ratio of at least a quarter of the margin's
// logarithm confirms the regression, less refutes it, and then the verdict is
// [Inconclusive]. Where more than a quarter of the tasks lacks a pair whose
// costs are known it stands, unconfirmed.
//
// For cost per solved task it is the same number, against that metric's margin:
// whether attempts were solved is not what differs from night to night, and one
// attempt a task says too little about it. So a rise that comes only from fewer
// solved attempts is refuted: finding that is the pass rate's part.
//
// Other verdicts are returned as they are.
func Confirm(v Verdict, baseline, candidate *baselines.Run) Verdict {
	if v.Confirm == nil {
		return v
	}
	c := Confirmation{Need: v.Confirm.Need, USD: billTogether(baseline, candidate)}
	mean, tasks := livePairs(baseline, candidate)
	c.Tasks = tasks
	if tasks > 0 {
		c.Ratio = finite(math.Exp(mean))
	}
	v.Confirm = &c
	all := len(v.Candidate.Suite.Tasks)
	switch {
	case !sameVariants(v, baseline.Header, candidate.Header):
		return v.Unconfirmed(compare.Fact{Code: PairsOfOther})
	case float64(all-tasks) > mostPairsMissing*float64(all):
		return v.Unconfirmed(compare.Fact{Code: PairsMissing, Count: tasks, Of: all})
	case confirms(c.Need, mean):
		c.State = Confirmed
		return v
	}
	c.State = Refuted
	return refuted(v)
}

// refuted takes the regression back: what the live pairs do not show is an
// effect of the night, or chance.
func refuted(v Verdict) Verdict {
	doubt := &compare.Fact{Code: LivePairsDiffer, Value: v.Confirm.Ratio, Margin: &v.Confirm.Need, Tasks: v.Confirm.Tasks}
	v.Outcome, v.ExitCode = Inconclusive, Inconclusive.ExitCode()
	v.Settle = &Settle{By: ByNewBaseline}
	metrics := make(map[compare.Metric]Metric, len(v.Metrics))
	for name, m := range v.Metrics {
		metrics[name] = m
	}
	v.Metrics = metrics
	findings := make([]Finding, len(v.Findings))
	for i, f := range v.Findings {
		if f.Status == Worse {
			f.Status, f.Doubt = Unclear, doubt
			m := v.Metrics[f.Metric]
			m.Status = Unclear
			v.Metrics[f.Metric] = m
		}
		findings[i] = f
	}
	v.Findings = findings
	return v
}

// livePairs is the mean over the tasks of log(candidate's dollars / baseline's),
// each task with the mean of its own pairs, and how many tasks have a pair.
// Two zeros are equal; a pair that cost nothing on one side only has no ratio
// and is none.
func livePairs(baseline, candidate *baselines.Run) (mean float64, tasks int) {
	t := newTally(candidate.Header.Suite)
	for _, trial := range baseline.Counted() {
		if !compare.MeterMissed(&trial) {
			t.baseline(&trial)
		}
	}
	sums, pairs := make([]float64, len(t.tasks)), make([]int, len(t.tasks))
	for _, trial := range candidate.Counted() {
		if o, counts := t.candidate(&trial); counts && o.priced && !compare.MeterMissed(&trial) {
			sums[o.task] += o.logRatio
			pairs[o.task]++
		}
	}
	for i, n := range pairs {
		if n > 0 {
			mean += sums[i] / float64(n)
			tasks++
		}
	}
	return mean / float64(max(tasks, 1)), tasks
}

// sameVariants reports whether the pairs are of the variants and tasks that the
// verdict is about.
func sameVariants(v Verdict, baseline, candidate baselines.Header) bool {
	same := func(a, b baselines.Header) bool {
		return len(baselines.Differences(a, b, baselines.Field.InFingerprint)) == 0
	}
	return same(v.Baseline, baseline) && same(v.Candidate, candidate)
}

// billTogether is what all tries of both runs cost; nil when that is not known.
func billTogether(runs ...*baselines.Run) *float64 {
	sum, tries := 0.0, 0
	for _, r := range runs {
		usd, known := r.SpentUSD()
		if !known {
			return nil
		}
		sum, tries = sum+usd, tries+len(r.Trials)
	}
	if tries == 0 {
		return nil
	}
	return finite(sum)
}
