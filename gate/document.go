package gate

import (
	"fmt"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// document is a verdict while it is written.
type document struct {
	Verdict
	policy Policy
	once   bool     // nothing is looked at twice
	held   []string // why a verdict that the numbers gave does not stand
	design []string // what the margins ask of the design that it cannot give
}

func newDocument(p Policy, baseline, candidate baselines.Header) *document {
	d := &document{policy: p}
	d.Schema = SchemaV1
	d.Baseline, d.Candidate = baseline, candidate
	d.Mode = string(p.Mode)
	d.Reasons, d.Warnings = []string{}, []string{}
	d.Metrics, d.Tasks = map[string]Metric{}, []TaskRow{}
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
func (d *document) refuse(o Outcome, reason string) Verdict {
	d.settle(o)
	d.Headline = outcomeName(o) + ": " + reason
	d.Reasons = append(d.Reasons, reason)
	for _, m := range compare.Metrics {
		d.Metrics[string(m)] = d.metric(m, compare.Estimate{Unit: unitOf(m)})
	}
	return d.Verdict
}

func (d *document) incomparable(differences []baselines.Difference) Verdict {
	v := d.refuse(Incomparable, incomparableReason(differences))
	v.Reasons = nil
	for _, difference := range differences {
		v.Reasons = append(v.Reasons, differencePhrase(difference))
	}
	return v
}

// note puts a sentence before the reasons.
func (d *document) note(sentence string) { d.Reasons = append(d.Reasons, sentence) }

// hold records why a verdict that the numbers gave does not stand.
func (d *document) hold(reason string) { d.held = append(d.held, reason) }

func (d *document) settle(o Outcome) { d.Outcome, d.ExitCode = o, o.ExitCode() }

// complete writes everything that the comparison and the findings say.
func (d *document) complete(o Outcome, findings []finding, c *compare.Comparison) Verdict {
	d.settle(o)
	d.TrialsUsed = c.Candidate.Attempts
	d.metrics(findings, c)
	d.tasks(c)
	d.evidence(o, findings)
	d.Headline = headline(o, findings, c)
	d.Reasons = append(d.Reasons, d.reasons(o, findings, c)...)
	d.warnings(o, c)
	return d.Verdict
}

func (d *document) evidence(o Outcome, findings []finding) {
	if o == NotMeasured {
		return
	}
	for _, f := range findings {
		if f.evidence == nil {
			continue
		}
		if d.Evidence == nil {
			d.Evidence = make(map[string]Evidence)
		}
		d.Evidence[string(f.metric)] = *f.evidence
	}
}

// warnings keeps what still matters: a verdict that stands did not lack
// attempts, and one that came early leaves attempts unmatched by design.
func (d *document) warnings(o Outcome, c *compare.Comparison) {
	stands := o == Pass || o == Regression
	if !stands && o != NotMeasured {
		d.Warnings = append(d.Warnings, d.design...)
	}
	for _, w := range c.Warnings {
		switch w.Code {
		case compare.WarnFewAttempts:
			// The design's own warning speaks of the policy's margin.
			continue
		case compare.WarnUnmatched:
			if stands && d.Mode != string(Fixed) {
				continue
			}
		case compare.WarnMissingTasks, compare.WarnNoOtherTasks, compare.WarnNothing:
			if o == NotMeasured {
				continue
			}
		}
		d.Warnings = append(d.Warnings, w.Text)
	}
}

func (d *document) metrics(findings []finding, c *compare.Comparison) {
	doubt := basisOf(&c.Tests).costDoubt()
	for _, m := range compare.Metrics {
		metric := d.metric(m, c.Estimates[m])
		if isCost(m) && doubt != "" && metric.Status != StatusNotMeasured {
			metric.Low, metric.High, metric.PValue, metric.Level = nil, nil, nil, 0
			metric.Status = Unclear
			metric.Note = doubt
		}
		d.Metrics[string(m)] = metric
	}
	d.otherTasks(c)
	worthALook(d.Metrics, c)
	for _, f := range findings {
		metric := d.Metrics[string(f.metric)]
		switch {
		case metric.Status == StatusNotMeasured:
			continue
		case f.status == StatusNotMeasured: // there are numbers, but no answer
			metric.Status = Unclear
		default:
			metric.Status = f.status
		}
		d.Metrics[string(f.metric)] = metric
	}
}

// otherTasks adds what the suite says of tasks like its own: the tasks taken
// for a sample of them. Below 30 tasks there is nothing to say.
func (d *document) otherTasks(c *compare.Comparison) {
	if c.OtherTasks == nil {
		return
	}
	metric := d.Metrics[string(compare.PassRate)]
	metric.remark(fmt.Sprintf("on other tasks like these: %s interval %s to %s points", percent(compare.Level), points(c.OtherTasks.Low), points(c.OtherTasks.High)))
	d.Metrics[string(compare.PassRate)] = metric
}

// remark adds to the note.
func (m *Metric) remark(clause string) {
	if m.Note != "" {
		clause = m.Note + "; " + clause
	}
	m.Note = clause
}

func isCost(m compare.Metric) bool {
	return m == compare.CostPerSolved || m == compare.TotalCost || m == compare.TypicalCost
}

// metric writes one estimate in the document's shape.
func (d *document) metric(m compare.Metric, e compare.Estimate) Metric {
	out := Metric{
		Unit: e.Unit, Baseline: e.Baseline, Candidate: e.Candidate, Delta: e.Delta, Ratio: e.Ratio,
		Low: e.Low, High: e.High, Method: e.Method, PValue: e.PWorse, Note: e.Note, Status: Unclear,
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

// worthALook marks the metrics that are not gated by the procedure of
// Benjamini and Hochberg at a false discovery rate of 0.05, over both
// directions. Lines are never better or worse. Where an interval says more than
// that, a note says why the status does not follow it.
//
// Source: Journal of the Royal Statistical Society B 57 (1995) 289-300.
func worthALook(metrics map[string]Metric, c *compare.Comparison) {
	const rate = 0.05
	type candidate struct {
		name   string
		p      float64
		status Status
	}
	var tests []candidate
	for _, m := range compare.Metrics {
		metric, e := metrics[string(m)], c.Estimates[m]
		if metric.Gated || m.Neutral() || metric.PValue == nil || e.PBetter == nil {
			continue
		}
		t := candidate{string(m), 2 * *e.PWorse, Worse}
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
		metric := metrics[t.name]
		switch {
		case i <= last:
			metric.Status = t.status
		case len(tests) > 1 && excludesNoChange(metric.Low, metric.High, metric.Delta):
			metric.remark(fmt.Sprintf("its interval alone says %s, but among %d metrics that may be chance", t.status, len(tests)))
		}
		metrics[t.name] = metric
	}
}

func (d *document) tasks(c *compare.Comparison) {
	side := func(s compare.TaskSide) TaskSide {
		return TaskSide{Solved: s.Solved, Attempts: s.Attempts, CostUSD: s.CostUSD, Ended: s.Ended}
	}
	for _, t := range c.Tasks {
		d.Tasks = append(d.Tasks, TaskRow{
			ID: t.ID, Tier: t.Tier, Baseline: side(t.Baseline), Candidate: side(t.Candidate),
			Flip: t.Flip, ShareOfChange: t.ShareOfChange,
		})
	}
}
