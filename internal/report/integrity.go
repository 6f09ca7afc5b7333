package report

import (
	"fmt"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
)

// integrity is one sentence about the candidate's attempts whose result may say
// something else than what it can do; empty where nothing was measured.
func integrity(v gate.Verdict) string {
	i := v.Integrity
	if i == nil {
		return ""
	}
	if !i.Any() {
		return "Integrity of the candidate: " + nothingFound(i) + "."
	}
	var parts []string
	for _, c := range []struct {
		n    int
		says string
	}{
		{value0(i.Tampered), " changed what the tests run through"},
		{value0(i.AnswersFetched), " went to where the answer is"},
		{i.Refused, " refused by the model"},
		{i.Fallback, " answered by another model"},
	} {
		if c.n > 0 {
			parts = append(parts, plural(c.n, "trial")+c.says)
		}
	}
	without := "nothing is left without them"
	if i.PassRateWithout != nil {
		without = "pass rate without them " + percent(*i.PassRateWithout)
	}
	return "Integrity of the candidate: " + strings.Join(parts, ", ") + "; " + without + "."
}

// integrityStyle makes it stand out where something was found.
func integrityStyle(v gate.Verdict) style {
	if v.Integrity.Any() {
		return doubtful
	}
	return faint
}

func value0(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// nothingFound names what was looked for and not found, and what was not looked for.
func nothingFound(i *gate.Integrity) string {
	var looked, not []string
	for _, c := range []struct {
		looked     bool
		none, name string
	}{
		{i.Tampered != nil, "none changed what the tests run through", "changes to what the tests run through"},
		{i.AnswersFetched != nil, "none went to where the answer is", "answers that were fetched"},
		{true, "none refused by the model", ""},
		{true, "none answered by another model", ""},
	} {
		if c.looked {
			looked = append(looked, c.none)
		} else {
			not = append(not, c.name)
		}
	}
	text := "of its trials " + strings.Join(looked, ", ")
	if len(not) > 0 {
		text += "; not looked for: " + strings.Join(not, ", ")
	}
	return text
}

// canaryWords are what a failed canary means and what to do about it.
var canaryWords = map[baselines.Flag]struct{ means, do string }{
	baselines.TelemetryMissing: {
		"sent no telemetry: tool calls, errors, active time and lines of these are not known",
		"agent.log says whether the agent started; one that was killed (flag killed) may have had no time",
	},
	baselines.Contradicted: {
		"sent telemetry with more lines of code than their files have and the model can have written: something but the agent sent it",
		"the payloads under otlp/ have the counts, and transcript.jsonl what was run",
	},
	baselines.OtherModelAsked: {
		"asked for a model that is neither the candidate's nor a small one of its agent",
		"ledger.jsonl names the models; a subagent with a model of its own does this, and so can what the agent ran",
	},
	baselines.RequestsElsewhere: {
		"had answers that no request through benchgate brought: settings led requests elsewhere",
		"see what in the task's environment configures the agent; the costs of these are not all known",
	},
	baselines.NoToolCall: {
		"asked the model, called no tool and ended without a reason",
		"transcript.jsonl has what the model said instead of working",
	},
	baselines.HostsLost: {
		"sent packets faster than they could be looked at: hosts that they asked for may be missing",
		"hosts_asked in the run file says how many packets, transcript.jsonl what was run",
	},
	baselines.TestsNotRun: {
		"have no answer, as there was nowhere left to run the tests: they count as not solved",
		"the trial's reason says what became of the sandbox",
	},
	baselines.NoReward: {
		"have no answer, as the tests ended without one: they count as not solved",
		"tests.log says why; benchgate check tries the tests without an agent",
	},
	baselines.TestsTimeout: {
		"have no answer, as the tests ran out of time: they count as not solved",
		"tests.log says where; the task sets the time, limits.timeout_multiplier multiplies it",
	},
}

// canaries says of each canary that failed in the candidate's trials in how many, what
// that means and what to do, in the order of [baselines.Canaries].
func canaries(v gate.Verdict) []string {
	if v.Integrity == nil {
		return nil
	}
	var out []string
	for _, f := range baselines.Canaries {
		if n := v.Integrity.Canaries[f]; n > 0 {
			words := canaryWords[f]
			out = append(out, fmt.Sprintf("%s (%s) %s. To see why: %s", plural(n, "trial"), f, words.means, words.do))
		}
	}
	return out
}

// integrityLine is both in a few words, for the short report; empty when there is
// nothing to say.
func integrityLine(v gate.Verdict) string {
	var text string
	if v.Integrity.Any() {
		text = strings.TrimSuffix(strings.TrimPrefix(integrity(v), "Integrity of the candidate: "), ".")
	}
	var failed []string
	for _, f := range baselines.Canaries {
		if v.Integrity != nil && v.Integrity.Canaries[f] > 0 {
			failed = append(failed, fmt.Sprintf("%s %d", f, v.Integrity.Canaries[f]))
		}
	}
	if len(failed) == 0 {
		return text
	}
	if text != "" {
		text += "; "
	}
	return text + "canaries that failed: " + strings.Join(failed, ", ")
}
