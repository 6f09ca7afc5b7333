package meter

import (
	"time"

	"github.com/benchgate/benchgate/baselines"
)

// SchemaV1 names the ledger's format; every line carries it.
const SchemaV1 = "benchgate.ledger/v1"

// Kind tells the two kinds of ledger lines apart.
type Kind string

// A started line is fsynced before the request is sent; a finished line
// follows when its answer has ended. A started line without a finished one is
// unfinished money.
const (
	Started  Kind = "started"
	Finished Kind = "finished"
)

// Entry is one line of the ledger (benchgate.ledger/v1).
type Entry struct {
	Schema string    `json:"schema"`
	Kind   Kind      `json:"kind"`
	Time   time.Time `json:"time"`

	// Trial names the trial: "<arm>/<task>/<attempt>.<try>".
	Trial string `json:"trial"`

	// Request counts the trial's requests from 1; both lines of one request
	// share it.
	Request int `json:"request"`

	Model string `json:"model"` // the model asked for

	// On started lines.
	EstimatedInput int64  `json:"estimated_input,omitempty"` // tokens, estimated from the body's size
	AgentID        string `json:"agent_id,omitempty"`        // the subagent that asked; empty for the main thread
	SessionID      string `json:"session_id,omitempty"`

	// On finished lines.
	Status    int               `json:"status,omitempty"`   // HTTP status; 0 when no answer came
	Answered  string            `json:"answered,omitempty"` // the model that answered
	Tokens    *baselines.Tokens `json:"tokens,omitempty"`   // absent when the usage never arrived
	RequestID string            `json:"request_id,omitempty"`
	Seconds   float64           `json:"seconds,omitempty"`
	Stop      string            `json:"stop,omitempty"`  // stop_reason
	Retry     RetryClass        `json:"retry,omitempty"` // why the client will send it again
	USD       *float64          `json:"usd,omitempty"`   // absent when the model has no price or no usage
	Cut       bool              `json:"cut,omitempty"`   // the answer ended before its usage was complete
	WebSearch int64             `json:"web_search,omitempty"`
}

// RetryClass says why a request was not answered with a result.
type RetryClass string

// The classes.
const (
	RateLimited RetryClass = "rate_limited" // 429
	Overloaded  RetryClass = "overloaded"   // 529
	ServerError RetryClass = "server_error" // other 5xx
	Network     RetryClass = "network"      // no answer, or one that broke off
	Rejected    RetryClass = "rejected"     // 4xx: the same request will fail again
	OverBudget  RetryClass = "over_budget"  // refused by the meter itself
	Revoked     RetryClass = "revoked"      // the trial was over
)
