package gate

import (
	"math"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// document is a verdict while it is made.
type document struct {
	Verdict
	policy Policy
	limits []compare.Fact // the margins that so few planned trials are too few for: see designLimits
}

func newDocument(p Policy, baseline, candidate baselines.Header) *document {
	d := &document{policy: p}
	d.Schema = SchemaV1
	d.Baseline, d.Candidate = baseline, candidate
	d.Mode = p.Mode
	d.Reasons, d.Warnings = []string{}, []string{}
	d.Metrics, d.Tasks = map[compare.Metric]Metric{}, []TaskRow{}
	d.TrialsPlanned = planned(p, candidate) * len(candidate.Suite.Tasks)
	return d
}

// planned is the number of attempts per task that the candidate was to make.
func planned(p Policy, candidate baselines.Header) int {
	if candidate.Limits.Attempts > 0 {
		return candidate.Limits.Attempts
	}
	return max(p.Attempts, 1)
}

// refuse ends a document that has no numbers.
func (d *document) refuse(o Outcome) Verdict {
	d.Outcome, d.ExitCode = o, o.ExitCode()
	for _, m := range compare.Metrics {
		d.Metrics[m] = d.metric(m, compare.Estimate{Unit: unitOf(m)})
	}
	return d.Verdict
}

// complete fills in everything that the comparison and the findings say.
func (d *document) complete(o Outcome, findings []finding, c *compare.Comparison) Verdict {
	d.Outcome, d.ExitCode = o, o.ExitCode()
	d.TrialsUsed = c.Candidate.Attempts
	d.metrics(findings, c)
	d.tasks(c)
	if o != NotMeasured {
		d.integrity(c)
	}
	if o != NotMeasured && basisOf(&c.Tests).costDoubt() == nil {
		d.Why = c.Why
	}
	switch {
	case o == NotMeasured:
		d.Held = append(d.Held, unmeasured(c))
	case len(c.MissingTasks) > 0 && o == Inconclusive:
		d.Held = append(d.Held, compare.Fact{Code: compare.MissingTasks, Names: c.MissingTasks})
	}
	if o != NotMeasured {
		d.findings(findings, c)
	}
	d.caveats(o, c)
	return d.Verdict
}

func (d *document) findings(findings []finding, c *compare.Comparison) {
	for _, f := range findings {
		d.Findings = append(d.Findings, f.published(d.policy, c))
		if f.evidence == nil {
			continue
		}
		if d.Evidence == nil {
			d.Evidence = make(map[compare.Metric]Evidence)
		}
		d.Evidence[f.metric] = *f.evidence
	}
}

// bill takes what there is to say about the bill of a pass, and gives the outcome
// that it leaves.
func (d *document) bill(f *compare.Fact) Outcome {
	switch {
	case f == nil:
		return Pass
	case f.Code == BillWorse:
		d.Held = append(d.Held, *f)
		return Inconclusive
	}
	d.Caveats = append(d.Caveats, *f)
	return Pass
}

// caveats keeps what still matters: a verdict that stands did not lack
// attempts, and one that came early leaves attempts unmatched by design.
func (d *document) caveats(o Outcome, c *compare.Comparison) {
	stands := o == Pass || o == Regression
	if !stands && o != NotMeasured {
		d.Caveats = append(d.Caveats, d.limits...)
	}
	if o == Pass {
		d.Caveats = append(d.Caveats, muchToLose(d.policy, c.Baseline.PassRate.Excluded, len(c.Tasks))...)
	}
	for _, w := range c.Warnings {
		switch w.Code {
		case compare.FewAttempts:
			// The design's own limits speak of the policy's margin.
			continue
		case compare.Unmatched:
			if stands && d.Mode != Fixed {
				continue
			}
		case compare.MissingTasks, compare.NoOtherTasks, compare.NothingToCompare:
			if o == NotMeasured {
				continue
			}
		}
		d.Caveats = append(d.Caveats, w)
	}
}

func (d *document) metrics(findings []finding, c *compare.Comparison) {
	doubt := basisOf(&c.Tests).costDoubt()
	for _, m := range compare.Metrics {
		metric := d.metric(m, c.Estimates[m])
		if isCost(m) && doubt != nil {
			metric.Low, metric.High, metric.PValue, metric.Level = nil, nil, nil, 0
			metric.Notes = []compare.Fact{*doubt}
			if metric.Status != StatusNotMeasured {
				metric.Status = Unclear
			}
		}
		d.Metrics[m] = metric
	}
	if o := c.OtherTasks; o != nil { // the tasks taken for a sample of others like them
		d.note(compare.PassRate, compare.Fact{Code: OtherTasks, Low: finite(o.Low), High: finite(o.High)})
	}
	d.worthALook(c)
	for _, f := range findings {
		metric := d.Metrics[f.metric]
		switch {
		case metric.Status == StatusNotMeasured:
			continue
		case f.status == StatusNotMeasured: // there are numbers, but no answer
			metric.Status = Unclear
		default:
			metric.Status = f.status
		}
		d.Metrics[f.metric] = metric
	}
}

// note adds to what a reader of the metric must know.
func (v *Verdict) note(m compare.Metric, f compare.Fact) {
	metric := v.Metrics[m]
	metric.Notes = append(slices.Clip(metric.Notes), f)
	v.Metrics[m] = metric
}

func isCost(m compare.Metric) bool {
	return m == compare.CostPerSolved || m == compare.TotalCost || m == compare.TypicalCost
}

// metric writes one estimate in the document's shape.
func (d *document) metric(m compare.Metric, e compare.Estimate) Metric {
	out := Metric{
		Unit: e.Unit, Baseline: e.Baseline, Candidate: e.Candidate, Delta: e.Delta, Ratio: e.Ratio,
		Low: e.Low, High: e.High, Method: e.Method, PValue: e.PWorse, Notes: e.Notes, Status: Unclear,
	}
	if e.Low != nil && e.High != nil {
		out.Level = compare.Level
	}
	if margin, gated := d.policy.margin(m); gated {
		out.Margin, out.Gated = finite(margin), true
	}
	if e.Basis == 0 && e.Baseline == nil && e.Candidate == nil {
		out.Status, out.Method = StatusNotMeasured, ""
	}
	return out
}

func unitOf(m compare.Metric) string {
	switch m {
	case compare.CostPerSolved, compare.TotalCost, compare.TypicalCost:
		return "usd"
	case compare.ActiveTime:
		return "seconds"
	case compare.Tokens:
		return "tokens"
	case compare.Lines, compare.LinesAdded, compare.LinesRemoved:
		return "lines"
	case compare.Requests, compare.ToolCalls:
		return "count"
	case compare.ToolErrorRate:
		return "errors_per_call" // compared as a ratio, unlike a fraction
	}
	return "fraction"
}

// worthALook gives a status to the metrics that are not gated by the procedure of
// Benjamini and Hochberg at a false discovery rate of 0.05: of the metrics that
// it marks, one in twenty is expected to be chance. Sorted by p value, the i-th
// of n is compared with 0.05·i/n, and all up to the last that is below are
// marked. A p value is two-sided: twice the smaller of the one-sided two. Lines are never better or worse. Where an interval says more than
// that, a note says why the status does not follow it.
//
// Source: Journal of the Royal Statistical Society B 57 (1995) 289-300.
func (d *document) worthALook(c *compare.Comparison) {
	const rate = 0.05
	type candidate struct {
		metric compare.Metric
		p      float64
		status Status
	}
	var tests []candidate
	for _, m := range compare.Metrics {
		metric, e := d.Metrics[m], c.Estimates[m]
		if metric.Gated || m.Neutral() || metric.PValue == nil || e.PBetter == nil {
			continue
		}
		t := candidate{m, 2 * *e.PWorse, Worse}
		if *e.PBetter < *e.PWorse {
			t.p, t.status = 2**e.PBetter, Better
		}
		tests = append(tests, t)
	}
	slices.SortStableFunc(tests, func(a, b candidate) int {
		switch {
		case a.p < b.p:
			return -1
		case a.p > b.p:
			return 1
		}
		return 0
	})
	last := -1
	for i, t := range tests {
		if t.p <= rate*float64(i+1)/float64(len(tests)) {
			last = i
		}
	}
	for i, t := range tests {
		metric := d.Metrics[t.metric]
		switch {
		case i <= last && metric.Low != nil && !excludesNoChange(metric):
			// The number beside the word would contradict it.
		case i <= last:
			metric.Status = t.status
			d.Metrics[t.metric] = metric
		case len(tests) > 1 && excludesNoChange(metric):
			d.note(t.metric, compare.Fact{Code: ChanceAmongMany, Count: len(tests), Detail: string(t.status)})
		}
	}
}

// excludesNoChange reports that an interval leaves out no change: zero for a
// difference, one for a ratio.
func excludesNoChange(m Metric) bool {
	none := 1.0
	if m.Delta != nil {
		none = 0
	}
	return m.Low != nil && m.High != nil && (*m.Low > none || *m.High < none)
}

func (d *document) tasks(c *compare.Comparison) {
	side := func(s compare.TaskSide) TaskSide {
		return TaskSide{Solved: s.Solved, Attempts: s.Attempts, CostUSD: s.CostUSD, Seconds: s.Seconds, Ended: s.Ended}
	}
	for _, t := range c.Tasks {
		d.Tasks = append(d.Tasks, TaskRow{
			ID: t.ID, Tier: t.Tier, Baseline: side(t.Baseline), Candidate: side(t.Candidate),
			Flip: t.Flip, ShareOfChange: t.ShareOfChange, PerSolvedWithout: t.PerSolvedWithout,
		})
	}
}

// finite is the only way a number gets into a document: JSON has no NaN and no
// infinity.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}
