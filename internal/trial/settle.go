package trial

import (
	"fmt"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
)

// settle corrects how an agent says that it ended by what the ledger shows. An
// agent that reports a failure of its own as one of the API would take its trial
// out of the statistics; one that reports an outage of the API as its own
// failure would have the outage counted against it. AgentsDoing says that the
// agent's failure is known to be its own: its memory limit, its broken sandbox.
func settle(e agent.Ending, ledger []meter.Entry, agentsDoing bool) agent.Ending {
	if e.Ended == "" {
		return e // the infrastructure failed before the agent ended
	}
	seen := readAnswers(ledger)
	switch {
	case seen.overBudget && e.Ended != baselines.Timeout:
		e.Ended, e.Reason = baselines.Budget, "the trial's dollar limit was reached"

	case e.Ended == baselines.InfraError && seen.any && !seen.failed:
		e.Ended, e.Reason = baselines.AgentError, "the agent blames the model API, which answered every request well"

	// Without a single answer from the model no agent can work, whatever it
	// says of its end.
	case seen.lastFailed != nil && !seen.answered && (e.Ended == baselines.Timeout || e.Ended == baselines.Finished),
		seen.lastFailed != nil && e.Ended == baselines.AgentError && !agentsDoing:
		e.Ended, e.Reason = causes[symptomOfAPI(*seen.lastFailed)].ended, failure(*seen.lastFailed)
	}
	return e
}

// answers is what became of a trial's requests to the model API.
type answers struct {
	any        bool         // there was a request
	answered   bool         // at least one request was answered with a result
	failed     bool         // at least one was not
	lastFailed *meter.Entry // the last request, if it failed for a reason that is not the agent's; else nil
	overBudget bool         // the meter refused a request because of the trial's dollar limit
}

func readAnswers(ledger []meter.Entry) answers {
	var seen answers
	for _, e := range ledger {
		switch {
		case e.Kind != meter.Finished || e.Retry == meter.Aborted || e.Retry == meter.Revoked:
			continue // the agent or the end of the trial broke it off
		case e.Retry == meter.OverBudget:
			seen.overBudget = true
		}
		seen.any, seen.lastFailed = true, nil
		switch {
		case e.Retry == "":
			seen.answered = true
		case e.Retry.Retried():
			seen.lastFailed = &e
			seen.failed = true
		default:
			seen.failed = true
		}
	}
	return seen
}

// symptomOfAPI is what a request without an answer is a symptom of.
func symptomOfAPI(e meter.Entry) symptom {
	if e.Retry == meter.RateLimited {
		return rateLimited
	}
	return apiFailed
}

func failure(e meter.Entry) string {
	if e.Status == 0 || e.Retry == meter.Network {
		return "the model API could not be reached, or broke off its answer"
	}
	return fmt.Sprintf("the model API answered %d", e.Status)
}
