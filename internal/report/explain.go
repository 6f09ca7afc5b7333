package report

import (
	"fmt"
	"strings"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// Explain fills in the sentences of a verdict that the gate has just given:
// headline, reasons, warnings and the metrics' notes, all of them from the
// document's own findings. It is called once, before the document is written or
// shown. A stored document has its sentences already: those of an older
// benchgate have no findings to make them from.
//
// What the sentences never say: that one run is cheaper or better where nothing
// was decided (in the headline of a pass or a regression the change of a solved
// task's cost is the estimate, whose interval stands in the table's first row);
// "no regression" where none was merely found; anything on
// tasks outside the suite, below 30 tasks; which single task broke; and that
// another margin would do, since choosing one with the data in sight voids the
// error rates.
func Explain(v *gate.Verdict) {
	metrics := make(map[compare.Metric]gate.Metric, len(v.Metrics))
	for name, m := range v.Metrics {
		m.Note = sentences(m.Notes)
		metrics[name] = m
	}
	v.Metrics = metrics
	v.Headline, v.Reasons = headline(v), reasons(v)
	v.Warnings = make([]string, 0, len(v.Caveats))
	for _, caveat := range v.Caveats {
		v.Warnings = append(v.Warnings, capital(sentence(caveat)))
	}
}

// reasons explains the verdict: what was found on each gated metric, what else
// keeps it from an answer, and for an inconclusive one what would settle it.
func reasons(v *gate.Verdict) []string {
	out := []string{}
	if v.StoppedEarly {
		after := "Decided after"
		if v.Outcome == gate.Inconclusive {
			after = "Stopped after"
		}
		out = append(out, fmt.Sprintf("%s %s of %s", after, count(float64(v.TrialsUsed)), plural(v.TrialsPlanned, "planned trial")+" of the candidate"))
	}
	for _, f := range v.Findings {
		out = append(out, finding(v, f))
	}
	if text := confirmation(v.Confirm); text != "" {
		out = append(out, text)
	}
	for _, held := range v.Held {
		out = append(out, capital(sentence(held)))
	}
	for _, d := range v.Differences {
		out = append(out, difference(d))
	}
	if v.Settle != nil {
		out = append(out, settles+settle(*v.Settle))
	}
	return out
}

// settles begins the reason of an inconclusive verdict that says what to do next.
const settles = "What would settle it: "

// settle is the one sentence on what to do next. "plan" and reports never add
// another.
func settle(s gate.Settle) string {
	switch s.By {
	case gate.ByPlannedTrials:
		return "the " + trials(s) + " that are planned and not in yet" + about(s)
	case gate.ByMoreAttempts:
		return fmt.Sprintf("if the estimates stay as they are, about %s a task, %s in all (limits.attempts), which is %s%s",
			plural(s.Attempts, "more attempt"), count(float64(s.Plan)), trials(s), about(s))
	case gate.ByDeeperBaseline:
		return fmt.Sprintf("about %s a task on both sides%s: further trials of the candidate alone have no counterpart in this baseline", plural(s.Attempts, "attempt"), about(s))
	case gate.ByTooMany:
		return fmt.Sprintf("more than %s a task, which is more than can be asked for; more tasks say more for the same money", plural(s.Attempts, "more attempt"))
	case gate.ByNewTrials:
		return "trials that are made under these rules (run --again); the old rules give the old verdict"
	case gate.ByNewBaseline:
		return "not more trials of the candidate: a baseline that is measured anew (baseline.from: live, or a new one saved)"
	}
	return "not more trials: what keeps the answer open is said above"
}

func trials(s gate.Settle) string {
	switch {
	case s.BaselineTrials == 0:
		return plural(s.Trials, "trial") + " of the candidate"
	case s.Trials == 0:
		return plural(s.BaselineTrials, "trial") + " of the baseline"
	}
	return plural(s.Trials, "trial") + " of the candidate and " + count(float64(s.BaselineTrials)) + " of the baseline"
}

// about is what the trials cost and how likely they settle it, as far as that is
// known: " (about $21, odds of a verdict 71%)".
func about(s gate.Settle) string {
	var said []string
	if s.USD != nil {
		said = append(said, "about "+dollars(*s.USD))
	}
	if s.Odds != nil {
		said = append(said, "odds of a verdict "+oddsOfPlayed(*s.Odds))
	}
	if len(said) == 0 {
		return ""
	}
	return " (" + strings.Join(said, ", ") + ")"
}
