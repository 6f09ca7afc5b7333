package agent

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/usage"
)

// claudeLine has the fields that are read from a line of Claude Code's
// stream-json output.
type claudeLine struct {
	Type           string                 `json:"type"`
	Subtype        string                 `json:"subtype"`
	SessionID      string                 `json:"session_id"`
	IsError        bool                   `json:"is_error"`
	TerminalReason string                 `json:"terminal_reason"`
	StopReason     string                 `json:"stop_reason"`
	APIErrorStatus int                    `json:"api_error_status"` // null when the error was no HTTP status
	APIError       string                 `json:"api_error"`        // the kind of error, more precise than the status
	NumTurns       int                    `json:"num_turns"`
	TotalCostUSD   float64                `json:"total_cost_usd"`
	ModelUsage     map[string]claudeModel `json:"modelUsage"`
	Message        claudeMessage          `json:"message"`
}

// claudeMessage is one message of the conversation; several lines can have blocks
// of the same one.
type claudeMessage struct {
	ID      string          `json:"id"`    // the API's; empty in a user's message
	Model   string          `json:"model"` // "<synthetic>" when the client wrote it
	Content json.RawMessage `json:"content"`
}

// claudeModel is one model's part of the bill. CacheCreation is both kinds of
// cache writes together.
type claudeModel struct {
	InputTokens              int64   `json:"inputTokens"`
	OutputTokens             int64   `json:"outputTokens"`
	CacheReadInputTokens     int64   `json:"cacheReadInputTokens"`
	CacheCreationInputTokens int64   `json:"cacheCreationInputTokens"`
	CacheCreation1h          int64   `json:"cacheCreationEphemeral1hInputTokens"`
	WebSearchRequests        int64   `json:"webSearchRequests"`
	CostUSD                  float64 `json:"costUSD"`
	CostBasis                string  `json:"costBasis"`
}

// claudeBlock is one content block of a message.
type claudeBlock struct {
	Type      string `json:"type"`
	ID        string `json:"id"` // of a tool_use
	Name      string `json:"name"`
	Input     any    `json:"input"`
	ToolUseID string `json:"tool_use_id"` // of a tool_result
	IsError   bool   `json:"is_error"`
}

// readClaude reads stream-json. It uses the last result line: with background
// subagents there are several, and each has the cost and model usage of the
// whole process until then.
func readClaude(exit Exit, stdout io.Reader) Ending {
	var result *claudeLine
	tally := newToolTally()
	lines := bufio.NewReader(stdout)
	for {
		raw, err := lines.ReadBytes('\n')
		var line claudeLine
		if json.Unmarshal(raw, &line) == nil {
			switch line.Type {
			case "assistant", "user":
				tally.add(line.Message)
			case "result":
				result = &line
			}
			if line.SessionID != "" {
				tally.session = foreignName(line.SessionID)
			}
		}
		if err != nil { // io.EOF; reading from memory has no other
			break
		}
	}
	ending := judgeClaude(exit, result)
	ending.Result = claudeResult(result, tally)
	return ending
}

// judgeClaude says how a run ended. The subtype alone misleads: API errors and
// refusals come with subtype "success", an interrupt exits with 0.
func judgeClaude(exit Exit, result *claudeLine) Ending {
	switch {
	case result == nil:
		return Ending{Ended: baselines.AgentError, Reason: exitReason(exit) + ", without a result line"}
	case result.Subtype == "error_max_turns":
		return Ending{Ended: baselines.Turns, Reason: fmt.Sprintf("turn limit reached after %d turns", result.NumTurns)}
	case result.Subtype == "error_max_budget_usd":
		return Ending{Ended: baselines.Budget, Reason: "the agent's own dollar limit was reached"}
	case result.StopReason == "refusal":
		return Ending{Ended: baselines.Refused, Reason: "the model refused"}
	case result.TerminalReason == "api_error":
		return judgeAPIError(result.APIErrorStatus, result.APIError)
	case result.IsError:
		word := foreignName(cmp.Or(result.TerminalReason, result.Subtype, "nothing more"))
		return Ending{Ended: baselines.AgentError, Reason: "the agent reports an error: " + word}
	case exit.Code != 0:
		return Ending{Ended: baselines.AgentError, Reason: exitReason(exit)}
	default:
		return Ending{Ended: baselines.Finished}
	}
}

// ownErrors are errors that Claude Code reports as API errors although the API
// answered as it should. They come from what the model wrote, so another try is
// no remedy and the trial counts.
var ownErrors = map[string]string{
	"max_output_tokens":            "the model's answers exceeded their output limit",
	"malformed_tool_use_exhausted": "the model's tool calls stayed malformed",
	"empty_completion":             "the model's answers stayed empty",
	"autocompact_thrashing":        "the conversation could not be compacted",
	"message_over_context_limit":   "the conversation exceeded the context window",
}

// judgeAPIError takes an error that any agent would have had for a failure of
// the infrastructure, and one about the request itself for the agent's.
func judgeAPIError(status int, word string) Ending {
	reason := fmt.Sprintf("the model API answered %d", status)
	switch own := ownErrors[word]; {
	case own != "":
		return Ending{Ended: baselines.AgentError, Reason: own}
	case status == http.StatusPaymentRequired:
		return Ending{Ended: baselines.Budget, Reason: "the trial's dollar limit was reached"}
	case status == 0:
		return Ending{Ended: baselines.InfraError, Reason: "the model API could not be reached, or its answer could not be used"}
	case status == http.StatusBadRequest, status == http.StatusRequestEntityTooLarge, status == http.StatusUnprocessableEntity:
		return Ending{Ended: baselines.AgentError, Reason: reason}
	default:
		return Ending{Ended: baselines.InfraError, Reason: reason}
	}
}

func claudeResult(line *claudeLine, tally *toolTally) *usage.AgentResult {
	r := &usage.AgentResult{SessionID: tally.session}
	if tally.seen {
		calls, failures := len(tally.calls), len(tally.failed)
		r.ToolCalls, r.ToolErrors = &calls, &failures
		answers := len(tally.answers)
		r.Answers = &answers
		r.Uses = tally.uses.all
	}
	if line == nil {
		return r
	}
	if total := line.TotalCostUSD; total >= 0 {
		r.TotalUSD = &total
	}
	r.IsError, r.APIErrorStatus, r.NumTurns = line.IsError, line.APIErrorStatus, line.NumTurns
	r.TerminalReason = foreignName(line.TerminalReason)
	r.Models = make(map[string]usage.AgentModel, len(line.ModelUsage))
	for name, m := range line.ModelUsage {
		r.Models[foreignName(name)] = m.read()
	}
	return r
}

// read converts the counts; a negative one, which is impossible, becomes 0.
func (m claudeModel) read() usage.AgentModel {
	hour := max(m.CacheCreation1h, 0)
	return usage.AgentModel{
		Tokens: baselines.Tokens{
			Input: max(m.InputTokens, 0), Output: max(m.OutputTokens, 0),
			CacheRead:    max(m.CacheReadInputTokens, 0),
			CacheWrite5m: max(m.CacheCreationInputTokens-hour, 0), CacheWrite1h: hour,
		},
		USD: max(m.CostUSD, 0), WebSearches: max(m.WebSearchRequests, 0), CostBasis: m.CostBasis,
	}
}

// toolTally counts tool calls and the model's answers in the transcript. Unlike telemetry it sees the
// calls that failed validation, too.
type toolTally struct {
	session string
	seen    bool // a message of the conversation came by
	calls   map[string]bool
	failed  map[string]bool
	answers map[string]bool // of the model, by the API's id
	uses    claudeUses
}

func newToolTally() *toolTally {
	return &toolTally{calls: make(map[string]bool), failed: make(map[string]bool), answers: make(map[string]bool), uses: newClaudeUses()}
}

// add counts by id: a message with several blocks comes as several lines.
func (t *toolTally) add(message claudeMessage) {
	var blocks []claudeBlock
	if json.Unmarshal(message.Content, &blocks) != nil {
		return // a plain text, or a form that is not known
	}
	t.seen = true
	if message.ID != "" && message.Model != "<synthetic>" {
		t.answers[message.ID] = true
	}
	for _, b := range blocks {
		switch {
		case b.Type == "tool_use":
			t.calls[b.ID] = true
			t.uses.add(b)
		case b.Type == "tool_result" && b.IsError:
			t.failed[b.ToolUseID] = true
			t.uses.fail(b.ToolUseID)
		}
	}
}

// foreignName makes a name that the agent's output has fit for a record: short
// and of plain characters. Names that Claude Code gives pass unchanged.
func foreignName(s string) string {
	const longest = 100
	plain := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', strings.ContainsRune("_-.:/@[] ", r):
			return r
		}
		return -1
	}, s)
	return plain[:min(len(plain), longest)]
}
