package usage

import (
	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/leak"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/prices"
)

// The values of Trial.Sources that this package gives.
const (
	fromMeter      = "meter"
	fromTelemetry  = "telemetry"
	fromAgent      = "agent"
	fromTranscript = "transcript"
)

// Input is everything known about one trial when it is over.
type Input struct {
	Model       string   // the variant's
	SmallModels []string // the agent's list for its own housekeeping

	// AskedModel is the name under which the agent asks the API for the variant's
	// model; empty when only the agent knows it, as of an alias: then requests for
	// other models are not told from its own.
	AskedModel string

	// NoModel says that the agent asks no model by nature (oracle, nop, most
	// commands): an empty ledger then means zero, not unknown.
	NoModel bool

	// NoTelemetry says that the agent sends none by nature: that none came says
	// nothing then.
	NoTelemetry bool

	// Finished says that the agent came to its own end and named no trouble: one
	// that asked its model and used no tool then did no work that it says.
	Finished bool

	// Ledger holds the trial's lines only, in any order. None beside tokens
	// that telemetry or the agent report is evidence that the meter missed
	// requests.
	Ledger []meter.Entry

	Records       otlp.Records
	DecodeErrors  int  // payloads that came in and could not be read
	ReceiverLossy bool // the receiver refused something of this trial

	Agent  *AgentResult // nil: the agent said nothing at its end
	Killed bool         // the agent was stopped before its own end

	// Prices are what tokens cost. Nil: nothing has a price. The ledger's lines
	// carry their own dollars and need it only for estimates.
	Prices *prices.Table
}

// AgentResult is what the agent's own output said.
type AgentResult struct {
	SessionID string

	// TotalUSD is the agent's bill at its own prices. It is compared, never
	// used: clients price models they do not know as another.
	TotalUSD *float64
	Models   map[string]AgentModel // by the model asked for; nil: not said

	// Tokens are those of the whole run, of an agent that does not tell its models:
	// then of the variant's. Nil: not said.
	Tokens *baselines.Tokens

	NumTurns       int
	TerminalReason string
	IsError        bool
	APIErrorStatus int // HTTP status; 0: none

	// ToolCalls and ToolErrors are counted from the transcript; nil: there
	// was none. Unlike telemetry it has the calls that failed validation.
	ToolCalls  *int
	ToolErrors *int

	// Uses are what the agent asked those of its tools for that run commands or reach
	// the network, in order; nil: there was no transcript.
	Uses []leak.Use

	// Answers are the model's messages in the transcript, each once by the id
	// that the API gave it; nil: there was no transcript.
	Answers *int
}

// AgentModel is the agent's own count for one model.
type AgentModel struct {
	Tokens      baselines.Tokens
	USD         float64
	WebSearches int64
	CostBasis   string // "list", "managed", or "unknown": priced as another model
}

// pricedAsAnother is the CostBasis of a model that the agent does not know.
const pricedAsAnother = "unknown"

// table has no price at all when none was given.
func (in Input) table() *prices.Table {
	if in.Prices == nil {
		return new(prices.Table)
	}
	return in.Prices
}
