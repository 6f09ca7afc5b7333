package meter

import (
	"time"

	"github.com/benchgate/benchgate/baselines"
)

// SchemaV1 names the ledger's format; every line carries it.
const SchemaV1 = "benchgate.ledger/v1"

// Kind is one of the two kinds of ledger lines.
type Kind string

// A started line is fsynced before the request is sent; a finished line
// follows when its answer has ended. A started line without a finished one means
// that this process ended in between: what the request cost is not known. A
// finished line without a started one is a result of a batch ([Entry.CustomID]), or a
// request that the meter refused; that was never sent and cost nothing. Of two
// finished lines of one request the later one counts.
const (
	Started  Kind = "started"
	Finished Kind = "finished"
)

// Entry is one line of the ledger (benchgate.ledger/v1).
//
// What a finished line says about money:
//
//	Tokens  Cut    meaning
//	set     false  billed, and known in full, unless Unknown says otherwise
//	set     true   billed; Tokens hold what had been reported when the answer
//	               broke off: the input side and, usually, too little output;
//	               [Estimates] says what else it may have cost
//	absent  true   probably billed, nothing reported: see [Estimates]
//	absent  false  not billed: an error answer, a refusal, or never sent; with
//	               Unknown, billed, and not known for how many tokens
type Entry struct {
	Schema string    `json:"schema"`
	Kind   Kind      `json:"kind"`
	Time   time.Time `json:"time"` // when the request was started, or its answer had ended

	// Trial names the trial: "<arm>/<task>/<attempt>.<try>".
	Trial string `json:"trial"`

	// Request counts the trial's requests from 1; both lines of one request
	// share it. Lines of parallel requests interleave.
	Request int `json:"request"`

	// What was asked and by whom: on both lines, so that each can be read
	// alone.
	Model          string `json:"model"`                     // the model asked for
	EstimatedInput int64  `json:"estimated_input,omitempty"` // tokens: the body's bytes / 4, rounded up
	AgentID        string `json:"agent_id,omitempty"`        // the subagent that asked; empty for the main thread
	SessionID      string `json:"session_id,omitempty"`

	// Waited is how many seconds the meter held the request back before it was
	// started, for want of room under a limit.
	Waited float64 `json:"waited,omitempty"`

	// On finished lines.
	Status    int               `json:"status,omitempty"`     // HTTP status; 0 when no answer came
	Answered  string            `json:"answered,omitempty"`   // the model that answered
	Tokens    *baselines.Tokens `json:"tokens,omitempty"`     // absent when no usage arrived; the sum of Parts, if it has any
	Parts     []Part            `json:"parts,omitempty"`      // of an answer that was made of several samplings
	Tier      string            `json:"tier,omitempty"`       // service tier, when not the standard one
	Speed     string            `json:"speed,omitempty"`      // "fast", when not the standard one
	Geo       string            `json:"geo,omitempty"`        // where the model ran ("us"), when the API tells a place of its own price
	WebSearch int64             `json:"web_search,omitempty"` // searches the model made, billed apart
	WebFetch  int64             `json:"web_fetch,omitempty"`  // pages the model fetched

	// Batch is the id of the batch of requests that this one made, or, with CustomID,
	// whose result this line is. The results of a batch, once all have passed, are
	// its cost.
	Batch    string `json:"batch,omitempty"`
	CustomID string `json:"custom_id,omitempty"`

	CodeExecution int64     `json:"code_execution,omitempty"` // programs the model ran on its server
	Unknown       []string  `json:"unknown,omitempty"`        // what keeps the cost from being known: "usage.<path of a field>", "content-encoding: br"
	Streamed      *Streamed `json:"streamed,omitempty"`       // how much of the answer came, where it is known

	RequestID string     `json:"request_id,omitempty"` // the API's own id, which telemetry repeats
	Seconds   float64    `json:"seconds,omitempty"`    // from started to the end of the answer
	Stop      string     `json:"stop,omitempty"`       // stop_reason
	Retry     RetryClass `json:"retry,omitempty"`      // empty when the request was answered with a result
	USD       *float64   `json:"usd,omitempty"`        // price of Tokens and server tools; absent when one has no price, with Unknown, or without Tokens
	Cut       bool       `json:"cut,omitempty"`        // the answer broke off before its usage was complete
	Error     string     `json:"error,omitempty"`      // what the API said of its refusal ([Entry.Refusal]), without the key
}

// RetryClass says why a request was not answered with a result.
type RetryClass string

// The classes.
const (
	RateLimited RetryClass = "rate_limited" // 429
	Overloaded  RetryClass = "overloaded"   // 529
	ServerError RetryClass = "server_error" // other 5xx
	Network     RetryClass = "network"      // no answer, or one that broke off
	KeyRefused  RetryClass = "key_refused"  // 401 or 403, or an organization that is disabled: it is about the key, not the request
	NoCredit    RetryClass = "no_credit"    // 402, or 400, 403 or 429 that names credit
	NoModel     RetryClass = "no_model"     // 404: the API does not have the model that was asked for
	Rejected    RetryClass = "rejected"     // other 4xx: the same request will fail again
	Aborted     RetryClass = "aborted"      // the client went away before the answer ended
	OverBudget  RetryClass = "over_budget"  // refused by the meter itself: the trial's dollars are gone
	OverTokens  RetryClass = "over_tokens"  // refused by the meter itself: the trial's tokens are used up
	OutOfMoney  RetryClass = "out_of_money" // refused by the meter itself: the run's dollars are gone
	NoRequests  RetryClass = "no_requests"  // refused by the meter itself: the run has made all the requests it may
	NoPrice     RetryClass = "no_price"     // refused by the meter itself: the model has no price, so no dollar limit would hold
	Crowded     RetryClass = "crowded"      // refused by the meter itself: too many of the trial's requests at once; it may come again
	Revoked     RetryClass = "revoked"      // the trial was over: refused, or cut when in flight
)

// Retried reports whether a client sends such a request again by itself.
func (c RetryClass) Retried() bool {
	switch c {
	case RateLimited, Overloaded, ServerError, Network:
		return true
	}
	return false
}
