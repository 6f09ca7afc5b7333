package report

import (
	"cmp"
	"strings"
	"time"

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

// AcceptedTitle is the title of a regression that a person accepted until a time,
// with what was accepted.
func AcceptedTitle(v gate.Verdict, until time.Time) string {
	what := titleNumbers(v)
	if m := view(&v, compare.CostPerSolved); m.source.Ratio != nil {
		what = m.change + " per solved task"
	}
	return clip("accepted until "+until.UTC().Format(time.DateOnly)+": "+what, maxTitle)
}

// UnverifiedTitle is the title of a verdict that others report.
func UnverifiedTitle(v gate.Verdict) string {
	return clip("unverified: "+outcomeWords(v.Outcome)+": "+titleNumbers(v), maxTitle)
}

// Title is [First.Headline] in at most 80 characters, without the interval and the
// name.
func (f First) Title() string {
	if len(f.Missing) > 0 {
		return clip(uncapital(f.Headline()), maxTitle)
	}
	cost, _, _ := strings.Cut(perSolved(f.Run), " (")
	return clip(uncapital(f.measurement())+": "+f.solved()+", "+cost, maxTitle)
}

func uncapital(s string) string { return strings.ToLower(s[:1]) + s[1:] }

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

// SuiteName is a suite's name as a check is named after it: one line of
// at most 100 characters, never empty.
func SuiteName(name string) string { return cmp.Or(plain(name, maxSuiteName), "no suite") }

const maxSuiteName = 100
