package trial

import (
	"fmt"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
)

// settle holds what is said of a trial's end against the ledger. An agent may
// call every failure one of the API, which would take its trial out of the
// statistics, or none: then an outage would count against it.
func settle(e agent.Ending, ledger []meter.Entry, outOfMemory bool) agent.Ending {
	if e.Ended == "" {
		return e // it did not come to an end of its own
	}
	seen := readAnswers(ledger)
	switch {
	case seen.overBudget && e.Ended != baselines.Timeout:
		e.Ended, e.Reason = baselines.Budget, "the trial's dollar limit was reached"

	case e.Ended == baselines.InfraError && seen.any && !seen.failed:
		e.Ended, e.Reason = baselines.AgentError, "the agent blames the model API, which answered every request well"

	// Whatever an agent does without a single answer, it is not its fault.
	case seen.lastFailed != nil && !seen.answered && (e.Ended == baselines.Timeout || e.Ended == baselines.Finished),
		seen.lastFailed != nil && e.Ended == baselines.AgentError && !outOfMemory:
		e.Ended, e.Reason = baselines.InfraError, failure(*seen.lastFailed)
	}
	return e
}

// answers is what the model API made of a trial's requests.
type answers struct {
	any        bool         // something was asked
	answered   bool         // at least one request had its answer
	failed     bool         // at least one had none
	lastFailed *meter.Entry // the last request, when the API failed it by no fault of the agent
	overBudget bool         // the meter refused the trial money
}

func readAnswers(ledger []meter.Entry) answers {
	var seen answers
	for _, e := range ledger {
		switch {
		case e.Kind != meter.Finished || e.Retry == meter.Aborted || e.Retry == meter.Revoked:
			continue // the other end broke off
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

func failure(e meter.Entry) string {
	if e.Status == 0 || e.Retry == meter.Network {
		return "the model API could not be reached, or broke off its answer"
	}
	return fmt.Sprintf("the model API answered %d", e.Status)
}
