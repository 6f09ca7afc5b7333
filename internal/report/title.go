package report

import (
	"cmp"
	"strings"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// maxTitle is how many characters of a title a list of checks shows.
const maxTitle = 80

// Title is the verdict in at most 80 characters, without Markdown: the numbers
// that decide, or what kept them from being compared. A list of checks shows
// the outcome of a pass and of a regression beside it, so only the others name
// it.
func Title(v gate.Verdict) string {
	switch v.Outcome {
	case gate.Pass, gate.Regression:
		return clip(titleNumbers(v), maxTitle)
	case gate.Inconclusive:
		if view(&v, compare.CostPerSolved).source.Ratio == nil {
			return clip("inconclusive: "+titleHeadline(v), maxTitle)
		}
		return clip("inconclusive: "+titleNumbers(v), maxTitle)
	case gate.Incomparable:
		return clip("incomparable: "+titleDifference(v), maxTitle)
	}
	return clip("not measured: "+plain(cmp.Or(sentences(v.Held), titleHeadline(v)), maxTitle), maxTitle)
}

// titleNumbers: "$0.22 → $0.32 per solved task (+43.9%); 94% → 56% solved".
func titleNumbers(v gate.Verdict) string {
	var parts []string
	if m := view(&v, compare.CostPerSolved); m.source.Ratio != nil {
		parts = append(parts, m.baseline+" → "+m.candidate+" per solved task ("+m.change+")")
	}
	if v.Metrics[compare.PassRate].Delta != nil {
		before, now := solvedShares(&v)
		parts = append(parts, before+" → "+now+" solved")
	}
	if len(parts) == 0 {
		return titleHeadline(v)
	}
	return strings.Join(parts, "; ")
}

func titleHeadline(v gate.Verdict) string {
	_, rest := headlineOf(v)
	return rest
}

// titleDifference names what differs and not how, which the report says.
func titleDifference(v gate.Verdict) string {
	switch n := len(v.Differences); n {
	case 0:
		return titleHeadline(v)
	case 1:
		return plain(v.Differences[0].Name(), maxName) + " differs"
	default:
		return plain(v.Differences[0].Name(), maxName) + " differs, and " + plural(n-1, "more difference")
	}
}

// SuiteName is the candidate's suite as a check is named after it: one line of
// at most 100 characters, never empty.
func SuiteName(v gate.Verdict) string {
	return cmp.Or(plain(v.Candidate.Suite.Name, maxSuiteName), "no suite")
}

const maxSuiteName = 100
