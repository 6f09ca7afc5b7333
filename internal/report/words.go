package report

import (
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
)

// outcomeWords is how an outcome is called. An unknown outcome is not
// measured, so that nothing unexpected ever reads as a pass.
func outcomeWords(o gate.Outcome) string {
	switch o {
	case gate.Pass:
		return "pass"
	case gate.Regression:
		return "regression"
	case gate.Inconclusive:
		return "inconclusive"
	case gate.Incomparable:
		return "incomparable"
	default:
		return "not measured"
	}
}

func outcomeIcon(o gate.Outcome) string {
	switch o {
	case gate.Pass:
		return "✅"
	case gate.Regression:
		return "❌"
	case gate.Inconclusive:
		return "⚠️"
	case gate.Incomparable:
		return "🚫"
	default:
		return "💤"
	}
}

func outcomeStyle(o gate.Outcome) style {
	switch o {
	case gate.Pass:
		return good
	case gate.Regression:
		return bad
	default:
		return doubtful
	}
}

// statusWords is how a metric's status is called, with a mark for readers who
// skim: words carry the meaning, the mark and the colour repeat it. What is not
// gated decides nothing, so it has neither tick nor cross.
func (m metricView) statusWords() (mark, words string) {
	switch m.status {
	case gate.Better:
		mark, words = "✓", "better"
	case gate.NoWorse:
		mark, words = "✓", "no worse"
	case gate.Worse:
		mark, words = "✗", "worse"
	case gate.Unclear:
		mark, words = "?", "unclear"
	default:
		return "–", "not measured"
	}
	if !m.source.Gated {
		mark = "·"
	}
	return mark, words
}

func (m metricView) statusStyle() style {
	if !m.source.Gated {
		return faint
	}
	switch m.status {
	case gate.Better, gate.NoWorse:
		return good
	case gate.Worse:
		return bad
	case gate.Unclear:
		return doubtful
	default:
		return faint
	}
}

var endedWords = map[baselines.Ended]string{
	baselines.Finished:   "finished",
	baselines.Timeout:    "timed out",
	baselines.Budget:     "out of budget",
	baselines.Turns:      "out of turns",
	baselines.Refused:    "refused",
	baselines.AgentError: "agent error",
	baselines.InfraError: "infra error",
	baselines.Cancelled:  "cancelled",
}

// endedCounts lists ends in the order of the documentation: "8 finished, 2
// timed out". Without any it is empty.
func endedCounts(counts map[baselines.Ended]int) string {
	var parts []string
	for _, e := range baselines.AllEnded {
		if n := counts[e]; n > 0 {
			parts = append(parts, count(float64(n))+" "+endedWords[e])
		}
	}
	return strings.Join(parts, ", ")
}
