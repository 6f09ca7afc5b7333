package report

import (
	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
)

// differs is what makes the runs incomparable, a row each. A document of an older
// benchgate has that in its reasons only.
func (m *markdown) differs(v gate.Verdict, most int) {
	if len(v.Differences) == 0 || most == 0 {
		return
	}
	shown := v.Differences[:min(most, len(v.Differences))]
	var rows [][]string
	for _, d := range shown {
		rows = append(rows, []string{
			code(plain(d.Name(), maxName)), code(orNotKnown(plain(d.A, maxName))), code(orNotKnown(plain(d.B, maxName))),
			escape(toMakeEqual(d, comparedThing(&v))),
		})
	}
	m.rows("llll", []string{"differs", "baseline", "candidate", "what to do"}, rows)
	if rest := len(v.Differences) - len(shown); rest > 0 {
		m.block("and " + plural(rest, "more difference"))
	}
}

// toMakeEqual says how the runs get comparable in one thing. A baseline that is
// measured anew has everything as the candidate has it, but for the arm's own
// variant.
func toMakeEqual(d baselines.Difference, compared string) string {
	const orAnew = ", or measure a new baseline"
	switch d.Part {
	case baselines.PartAgent:
		return "name the same agent for both: two agents are not compared"
	case baselines.PartAgentVersion:
		return "pin the agent's version " + plain(d.A, maxName) + orAnew
	case baselines.PartModel, baselines.PartSettings:
		return "give both the same, as the " + compared + " is compared" + orAnew
	case baselines.PartSuite:
		return "measure a new baseline with these tasks"
	case baselines.PartLimits:
		return "set it as the baseline has it" + orAnew
	}
	return "measure a new baseline"
}
