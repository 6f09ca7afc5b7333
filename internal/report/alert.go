package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// alert is what decided, in a few sentences, in one of GitHub's coloured boxes:
// whoever reads no further has read that.
func (m *markdown) alert(v gate.Verdict) {
	kind, text := "WARNING", firstReason(v)
	switch v.Outcome {
	case gate.Pass:
		kind, text = "TIP", deciding(v, gate.NoWorse, gate.Better)
	case gate.Regression:
		kind, text = "CAUTION", deciding(v, gate.Worse)
	case gate.Inconclusive:
		text = "This is not a pass. " + open(v)
	}
	if text = strings.TrimSpace(text); text != "" {
		m.block("> [!" + kind + "]\n> " + escape(text))
	}
}

// open is what an inconclusive verdict leaves open, or else what would settle it,
// unless [markdown.settleTable] says that.
func open(v gate.Verdict) string {
	if !settledByTrials(v) {
		return cmp.Or(whatSettles(v), firstReason(v))
	}
	var unanswered []string
	for _, f := range v.Findings {
		if f.Metric != compare.CostPerSolved && (f.Status == gate.Unclear || f.Status == gate.StatusNotMeasured) { // a pass does not wait for the former
			unanswered = append(unanswered, plain(finding(&v, f), maxProse)+".")
		}
	}
	return cmp.Or(strings.Join(unanswered, " "), firstReason(v))
}

// deciding are the findings of these statuses. A document of an older benchgate has
// none, and its first reason stands for them.
func deciding(v gate.Verdict, statuses ...gate.Status) string {
	var decided []string
	for _, f := range v.Findings {
		if slices.Contains(statuses, f.Status) {
			decided = append(decided, plain(finding(&v, f), maxProse)+".")
		}
	}
	return cmp.Or(strings.Join(decided, " "), firstReason(v))
}

// whatSettles is the reason of an inconclusive verdict that says what to do next.
func whatSettles(v gate.Verdict) string {
	for _, reason := range prose(v.Reasons) {
		if strings.HasPrefix(reason, settles) {
			return reason
		}
	}
	return ""
}

func firstReason(v gate.Verdict) string {
	reasons := prose(v.Reasons)
	if len(reasons) == 0 {
		return ""
	}
	return reasons[0]
}

// unsettled are the reasons without what would settle it, which the alert says.
func unsettled(reasons []string) []string {
	return slices.DeleteFunc(reasons, func(reason string) bool { return strings.HasPrefix(reason, settles) })
}
