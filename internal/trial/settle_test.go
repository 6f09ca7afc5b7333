package trial

import (
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
)

func TestSettle(t *testing.T) {
	const (
		ok        = meter.RetryClass("")
		over      = meter.OverBudget
		down      = meter.ServerError
		slow      = meter.RateLimited
		cut       = meter.Network
		rejected  = meter.Rejected
		aborted   = meter.Aborted
		revoked   = meter.Revoked
		finished  = baselines.Finished
		timeout   = baselines.Timeout
		budget    = baselines.Budget
		turns     = baselines.Turns
		refused   = baselines.Refused
		agentErr  = baselines.AgentError
		infraErr  = baselines.InfraError
		cancelled = baselines.Ended("") // not said: the trial was cancelled
	)
	type classes []meter.RetryClass
	tests := []struct {
		name     string
		said     baselines.Ended
		requests classes
		memory   bool
		want     baselines.Ended
	}{
		{"all is well", finished, classes{ok, ok}, false, finished},
		{"nothing was asked", finished, nil, false, finished},
		{"nothing could be asked", infraErr, nil, false, infraErr},
		{"errors on the way", finished, classes{down, ok}, false, finished},
		{"the last question failed, the work was done", finished, classes{ok, down}, false, finished},
		{"no answer at all, and no complaint", finished, classes{down, slow}, false, infraErr},

		{"an outage to the deadline", timeout, classes{down, down, revoked}, false, infraErr},
		{"an outage after some answers", timeout, classes{ok, down, revoked}, false, timeout},
		{"no answer in time", timeout, classes{revoked}, false, timeout},
		{"only wrong questions", timeout, classes{rejected}, false, timeout},

		{"the agent's failure", agentErr, classes{ok}, false, agentErr},
		{"the agent's failure after an outage", agentErr, classes{down, ok}, false, agentErr},
		{"an outage taken for a failure", agentErr, classes{ok, down}, false, infraErr},
		{"a broken answer taken for a failure", agentErr, classes{ok, cut, aborted}, false, infraErr},
		{"a wrong question", agentErr, classes{ok, rejected}, false, agentErr},
		{"killed for memory while waiting", agentErr, classes{ok, slow}, true, agentErr},

		{"an outage that was none", infraErr, classes{ok, ok}, false, agentErr},
		{"an outage", infraErr, classes{ok, down}, false, infraErr},
		{"a key that is wrong", infraErr, classes{rejected}, false, infraErr},

		{"no money", infraErr, classes{ok, over}, false, budget},
		{"no money, not mentioned", finished, classes{over, ok}, false, budget},
		{"no money and no time", timeout, classes{ok, over}, false, timeout},
		{"turns", turns, classes{ok}, false, turns},
		{"refused", refused, classes{ok}, false, refused},
		{"cancelled", cancelled, classes{over}, false, cancelled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var ledger []meter.Entry
			for i, class := range tt.requests {
				ledger = append(ledger, meter.Entry{Kind: meter.Started, Request: i + 1}, meter.Entry{Kind: meter.Finished, Request: i + 1, Retry: class})
			}
			got := settle(agent.Ending{Ended: tt.said, Reason: "as said"}, ledger, tt.memory)
			if got.Ended != tt.want {
				t.Errorf("%s with %q is %s (%s), want %s", tt.said, tt.requests, got.Ended, got.Reason, tt.want)
			}
			if (got.Reason == "as said") != (got.Ended == tt.said && tt.want != budget) {
				t.Errorf("the reason is %q", got.Reason)
			}
		})
	}
}
