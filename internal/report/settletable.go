package report

import (
	"github.com/benchgate/benchgate/gate"
)

// settleTable is what would settle an inconclusive verdict as a table, where it is
// so many trials. Else the alert says it, in a sentence.
func (m *markdown) settleTable(v gate.Verdict) {
	if !settledByTrials(v) {
		return
	}
	s := *v.Settle
	m.rows("lrrr", []string{"what would settle it", "trials", "about", "odds of a verdict"}, [][]string{
		{settlesWith(s), escape(trialsToSettle(s, len(v.Tasks))), escape(known(s.USD, dollars)), escape(known(s.Odds, oddsOfPlayed))},
	})
}

// settledByTrials tells that an inconclusive verdict knows how many trials would
// settle it.
func settledByTrials(v gate.Verdict) bool {
	if v.Outcome != gate.Inconclusive || v.Settle == nil {
		return false
	}
	switch v.Settle.By {
	case gate.ByPlannedTrials, gate.ByMoreAttempts, gate.ByDeeperBaseline:
		return true
	}
	return false
}

// settlesWith is a cell of Markdown. The same command, or job, goes on from the
// trials that are there.
func settlesWith(s gate.Settle) string {
	switch s.By {
	case gate.ByPlannedTrials:
		return "run again: the rest of the plan, which is not in yet"
	case gate.ByMoreAttempts:
		again := "run again with " + code("limits.attempts: "+count(float64(s.Plan)))
		if s.Odds == nil {
			again += ", if the estimates stay as they are"
		}
		return again + ": it goes on from these trials"
	}
	return "about " + escape(plural(s.Attempts, "attempt")) + " a task on both sides: this baseline has no counterpart for more of the candidate's"
}

// trialsToSettle: "30 more", "126 on each side".
func trialsToSettle(s gate.Settle, tasks int) string {
	if s.By == gate.ByDeeperBaseline {
		return count(float64(s.Attempts*tasks)) + " on each side"
	}
	if s.BaselineTrials > 0 && s.Trials > 0 {
		return count(float64(s.Trials)) + " more and " + count(float64(s.BaselineTrials)) + " of the baseline"
	}
	if s.BaselineTrials > 0 {
		return count(float64(s.BaselineTrials)) + " of the baseline"
	}
	return count(float64(s.Trials)) + " more"
}
