package agent

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/usage"
)

// claudeLine is the part we read of a line of Claude Code's stream-json.
type claudeLine struct {
	Type           string  `json:"type"`
	Subtype        string  `json:"subtype"`
	SessionID      string  `json:"session_id"`
	IsError        bool    `json:"is_error"`
	TerminalReason string  `json:"terminal_reason"`
	StopReason     string  `json:"stop_reason"`
	APIErrorStatus int     `json:"api_error_status"`
	NumTurns       int     `json:"num_turns"`
	TotalCostUSD   float64 `json:"total_cost_usd"`
	ModelUsage     map[string]struct {
		InputTokens              int64   `json:"inputTokens"`
		OutputTokens             int64   `json:"outputTokens"`
		CacheReadInputTokens     int64   `json:"cacheReadInputTokens"`
		CacheCreationInputTokens int64   `json:"cacheCreationInputTokens"`
		CacheCreation1h          int64   `json:"cacheCreationEphemeral1hInputTokens"`
		CostUSD                  float64 `json:"costUSD"`
		CostBasis                string  `json:"costBasis"`
	} `json:"modelUsage"`
	Message struct {
		Content json.RawMessage `json:"content"`
	} `json:"message"`
}

// claudeBlock is one content block of a message.
type claudeBlock struct {
	Type    string `json:"type"`
	ID      string `json:"id"`
	IsError bool   `json:"is_error"`
}

// readClaude reads stream-json. The last result line counts: a background
// subagent causes several, and cost and model usage are the whole process's in
// each.
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
				tally.add(line.Message.Content)
			case "result":
				result = &line
			}
			if line.SessionID != "" {
				tally.session = line.SessionID
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
		return judgeAPIError(result.APIErrorStatus)
	case result.IsError:
		return Ending{Ended: baselines.AgentError, Reason: "the agent reports " + plainWord(result.Subtype)}
	case exit.Code != 0:
		return Ending{Ended: baselines.AgentError, Reason: exitReason(exit)}
	default:
		return Ending{Ended: baselines.Finished}
	}
}

// judgeAPIError blames the API for what would fail any agent, and the agent
// for a request that the API found wrong.
func judgeAPIError(status int) Ending {
	reason := fmt.Sprintf("the model API answered %d", status)
	switch {
	case status == 402:
		return Ending{Ended: baselines.Budget, Reason: "the trial's dollar limit was reached"}
	case status == 0:
		return Ending{Ended: baselines.InfraError, Reason: "the model API could not be reached, or its answer could not be used"}
	case status == 400 || status == 413 || status == 422:
		return Ending{Ended: baselines.AgentError, Reason: reason}
	default:
		return Ending{Ended: baselines.InfraError, Reason: reason}
	}
}

func claudeResult(line *claudeLine, tally *toolTally) *usage.AgentResult {
	r := &usage.AgentResult{SessionID: tally.session}
	if tally.seen {
		calls, failures := tally.calls, tally.failures
		r.ToolCalls, r.ToolErrors = &calls, &failures
	}
	if line == nil {
		return r
	}
	total := line.TotalCostUSD
	r.TotalUSD = &total
	r.IsError, r.TerminalReason, r.APIErrorStatus = line.IsError, line.TerminalReason, line.APIErrorStatus
	r.NumTurns = line.NumTurns
	r.Models = make(map[string]usage.AgentModel, len(line.ModelUsage))
	for name, m := range line.ModelUsage {
		r.Models[name] = usage.AgentModel{
			Tokens: baselines.Tokens{
				Input: m.InputTokens, Output: m.OutputTokens,
				CacheRead:    m.CacheReadInputTokens,
				CacheWrite5m: m.CacheCreationInputTokens - m.CacheCreation1h, CacheWrite1h: m.CacheCreation1h,
			},
			USD: m.CostUSD, CostBasis: m.CostBasis,
		}
	}
	return r
}

// toolTally counts tool calls in the transcript. Unlike telemetry it sees the
// calls that failed validation, too.
type toolTally struct {
	session         string
	seen            bool
	calls, failures int
	ids             map[string]bool
}

func newToolTally() *toolTally { return &toolTally{ids: make(map[string]bool)} }

func (t *toolTally) add(content json.RawMessage) {
	var blocks []claudeBlock
	if json.Unmarshal(content, &blocks) == nil {
		t.seen = true
	}
	for _, b := range blocks {
		switch {
		case b.Type == "tool_use" && !t.ids[b.ID]:
			t.ids[b.ID] = true
			t.calls++
		case b.Type == "tool_result" && b.IsError:
			t.failures++
		}
	}
}

// plainWord keeps a word of foreign text free of anything but letters, digits
// and underscores.
func plainWord(s string) string {
	if s == "" {
		return "an error"
	}
	return strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, s[:min(len(s), 60)])
}
