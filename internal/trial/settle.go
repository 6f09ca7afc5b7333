package trial

import (
	"fmt"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
)

// settle corrects how an agent says that it ended by what its requests came to
// ([readAnswers]). An agent that reports a failure of its own as one of the API
// would take its trial out of the statistics; one that reports an outage of the
// API, or a key that was refused, as its own failure would have it counted against
// it. AgentsDoing says that the agent's failure is known to be its own: its memory
// limit, its broken sandbox.
func settle(e agent.Ending, seen answers, agentsDoing bool) agent.Ending {
	i := slices.IndexFunc(corrections, func(c correction) bool {
		return slices.Contains(c.cameTo, seen.cameTo) && slices.Contains(c.said, e.Ended) && !(c.butOwn && agentsDoing)
	})
	if i < 0 {
		return e // as the agent says; an empty end is one that the infrastructure prevented
	}
	c := corrections[i]
	if c.symptom == apiFailed && seen.last.Retry == meter.RateLimited {
		c.symptom = rateLimited
	}
	e.Ended, e.Reason = causes[c.symptom].ended, c.reason(seen)
	return e
}

// correction is what a trial's requests came to, together with how its agent says
// that it ended, and what both are a symptom of.
type correction struct {
	is      string
	cameTo  []outcome
	said    []baselines.Ended
	butOwn  bool // not of an agent whose failure is known to be its own
	symptom symptom
	reason  func(answers) string
}

// corrections are looked through from above; the first that fits is taken. Where
// none does, the trial ends as its agent says and is judged: the agent never asked
// (oracle, nop, a command without a model, a crash before the first request), or
// the API did its part.
var corrections = []correction{
	{
		is:      "the trial's own dollars or tokens are gone",
		cameTo:  []outcome{overBudget},
		said:    []baselines.Ended{baselines.Finished, baselines.Budget, baselines.Turns, baselines.Refused, baselines.AgentError, baselines.InfraError},
		symptom: dollarsGone, reason: ownLimit,
	},
	{
		is:      "key, credit or model are refused from the first request on",
		cameTo:  []outcome{refused},
		said:    []baselines.Ended{baselines.Finished, baselines.Timeout, baselines.Budget, baselines.Turns, baselines.AgentError, baselines.InfraError},
		symptom: apiRefuses, reason: lastFailure,
	},
	{
		is:     "key, credit or model are refused after some answers, to the end",
		cameTo: []outcome{refusedLater},
		said:   []baselines.Ended{baselines.Finished, baselines.Timeout, baselines.Budget, baselines.AgentError, baselines.InfraError}, butOwn: true,
		symptom: apiRefuses, reason: lastFailure,
	},
	{
		is:     "rate limits, an outage, the network or silence left every request without an answer",
		cameTo: []outcome{down},
		said:   []baselines.Ended{baselines.Finished, baselines.Timeout, baselines.AgentError, baselines.InfraError}, butOwn: true,
		symptom: apiFailed, reason: lastFailure,
	},
	{
		is:     "an outage after some answers made the agent fail",
		cameTo: []outcome{downLater, downLong},
		said:   []baselines.Ended{baselines.AgentError, baselines.InfraError}, butOwn: true,
		symptom: apiFailed, reason: lastFailure,
	},
	{
		is:      "an outage took more than half of the agent's time, to its deadline",
		cameTo:  []outcome{downLong},
		said:    []baselines.Ended{baselines.Timeout},
		symptom: apiFailed, reason: lastFailure,
	},
	{
		is:      "the agent blames the API for a request that was wrong",
		cameTo:  []outcome{rejected},
		said:    []baselines.Ended{baselines.InfraError},
		symptom: apiBlamed, reason: func(seen answers) string {
			return fmt.Sprintf("the agent blames the model API, which answered %d to its request", seen.last.Status)
		},
	},
	{
		is:      "the agent blames the API, which answered everything",
		cameTo:  []outcome{answered},
		said:    []baselines.Ended{baselines.InfraError},
		symptom: apiBlamed, reason: says("the agent blames the model API, which answered every request well"),
	},
}

func says(sentence string) func(answers) string { return func(answers) string { return sentence } }

// ownLimit says which of the trial's limits was reached.
func ownLimit(seen answers) string {
	if seen.over == meter.OverTokens {
		return "the trial's limit of tokens was reached"
	}
	return "the trial's dollar limit was reached"
}

// lastFailure says how the last request failed.
func lastFailure(seen answers) string {
	e := seen.last
	switch {
	case e.Retry == meter.Revoked || e.Retry == meter.Aborted:
		return "the model API did not answer"
	case e.Status == 0 || e.Retry == meter.Network:
		return "the model API could not be reached, or broke off its answer"
	case e.Refusal() == meter.NoPrice:
		return "the model " + e.Model + " has no price, so that no dollar limit would hold"
	case e.Refusal() == "":
		return fmt.Sprintf("the model API answered %d", e.Status)
	}
	what := map[meter.RetryClass]string{
		meter.KeyRefused: "the key", meter.NoCredit: "to work without credit", meter.NoModel: "the model " + e.Model,
	}[e.Refusal()]
	if e.Error == "" {
		return fmt.Sprintf("the model API refuses %s (%d)", what, e.Status)
	}
	return fmt.Sprintf("the model API refuses %s (%d): %s", what, e.Status, e.Error)
}
