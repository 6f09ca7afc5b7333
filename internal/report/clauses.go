package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// candidate is what a sentence calls the candidate.
func candidate(v *gate.Verdict) string {
	base, cand := armNames(*v)
	if cand == "candidate" || base == strings.TrimSuffix(cand, " (candidate)")+" (baseline)" {
		return "the candidate"
	}
	return shorten(cand, titleName)
}

func solves(v *gate.Verdict) string {
	before, now := solvedShares(v)
	if before == now {
		return candidate(v) + " solves " + now + " as before"
	}
	return candidate(v) + " solves " + now + " instead of " + before
}

func solvedBeforeAndNow(v *gate.Verdict) string {
	before, now := solvedShares(v)
	return "solved " + before + " → " + now
}

// solvedShares are the pass rates in whole percents, with a decimal where they
// would look the same without.
func solvedShares(v *gate.Verdict) (before, now string) {
	m := v.Metrics[compare.PassRate]
	before, now = known(m.Baseline, wholePercent), known(m.Candidate, wholePercent)
	if before == now {
		return known(m.Baseline, percent), known(m.Candidate, percent)
	}
	return before, now
}

func typicalTask(v *gate.Verdict, with string) string {
	m := view(v, compare.TypicalCost)
	if m.source.Ratio == nil {
		return "what a typical task costs" + with + " is not known"
	}
	return fmt.Sprintf("a typical task costs %s%s (%s → %s)", costChange(*m.source.Ratio), with, m.baseline, m.candidate)
}

// typicalOrSolved is the cost that rose against a stored baseline.
func typicalOrSolved(v *gate.Verdict) string {
	with := " with " + candidate(v)
	for _, f := range v.Findings {
		if f.Metric == compare.TypicalCost && f.WorseShown {
			return typicalTask(v, with)
		}
	}
	if cost, known := solvedTask(v, with); known {
		return cost
	}
	return typicalTask(v, with)
}

// solvedTask says what a solved task costs; known is false where there is no
// ratio of two such costs.
func solvedTask(v *gate.Verdict, with string) (text string, known bool) {
	m := view(v, compare.CostPerSolved)
	if m.source.Ratio == nil || costsUnknown(m.source.Notes) != "" {
		return "", false
	}
	values := m.baseline + " → " + m.candidate
	if slices.ContainsFunc(m.source.Notes, func(f compare.Fact) bool { return f.Code == compare.PairsBesideValues }) {
		values = "of matched attempts; of all " + values
	}
	return fmt.Sprintf("a solved task costs %s%s (%s)", costChange(*m.source.Ratio), with, values), true
}

// noPrice says why costs per solved task have no ratio.
func noPrice(v *gate.Verdict) string {
	m := view(v, compare.CostPerSolved)
	switch unknown := costsUnknown(m.source.Notes); {
	case unknown != "":
		return "what a solved task costs is not known (" + unknown + ")"
	case m.source.Baseline == nil && m.source.Candidate == nil && len(m.source.Notes) == 0:
		return "what a solved task costs is not known (" + sentence(compare.Fact{Code: gate.NoKnownCosts}) + ")"
	case len(m.source.Notes) > 0:
		return "a solved task has no cost to compare (" + sentence(m.source.Notes[0]) + ")"
	}
	return "a solved task has no cost to compare (" + sentence(compare.Fact{Code: gate.OneSideFree}) + ")"
}

// costsUnknown is what keeps costs from being compared at all; empty when
// nothing does.
func costsUnknown(notes []compare.Fact) string {
	for _, note := range notes {
		switch note.Code {
		case compare.UnknownCost, compare.MissedRequests, gate.FreeOnOneSide:
			return sentence(note)
		}
	}
	return ""
}
