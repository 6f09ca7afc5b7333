package scriptedmodel

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/benchgate/benchgate/baselines"
)

// Script is what the model says, conversation by conversation.
type Script struct {
	Conversations []Conversation `yaml:"conversations"`

	// Fallback answers every request that no conversation matches: title
	// generation, other housekeeping, a prompt the script does not know. Its
	// default says "ok" for 20 input and 5 output tokens.
	Fallback Turn `yaml:"fallback"`

	// Models are those that the server has; it answers 404 for any other. Empty:
	// it has every model.
	Models []string `yaml:"models"`

	// Refuse is how the server refuses requests whatever they say; nil: it does
	// not.
	Refuse *Refusal `yaml:"refuse"`

	// CountTokens is the HTTP status that count_tokens answers with, for
	// gateways that do not have it; 0: it counts.
	CountTokens int `yaml:"count_tokens"`
}

// Refusal is a key that is revoked or an account that has no credit left. The
// free count_tokens is refused for a key (401, 403) only.
type Refusal struct {
	After   int    `yaml:"after"`  // messages that are answered before it; 0: none
	Status  int    `yaml:"status"` // of HTTP
	Type    string `yaml:"type"`   // of the error; default: the API's own for the status
	Message string `yaml:"message"`
}

// Conversation is what the model says to one instruction.
type Conversation struct {
	// Match must occur in the text of the first user message, which holds the
	// task's instruction (or a subagent's prompt). Empty matches everything.
	Match string `yaml:"match"`

	// Model must equal the model asked for; empty matches every model.
	Model string `yaml:"model"`

	// Turns are the answers, in order. Exactly one of Turns and Attempts is
	// given.
	Turns []Turn `yaml:"turns"`

	// Attempts are several such lists: the first session that opens this
	// conversation gets the first list, the next new session the second, and
	// so on, beginning again after the last. Which trial gets which list
	// depends on the order in which they start, so record such scripts with one
	// worker. Requests
	// without a session id get the first list.
	Attempts [][]Turn `yaml:"attempts"`
}

// Turn is one answer of the model.
type Turn struct {
	Text     string    `yaml:"text"`
	ToolUses []ToolUse `yaml:"tool_uses"` // after the text

	// StopReason defaults to "tool_use" when there are tool uses, else
	// "end_turn". Responses knows "max_tokens" only, as an incomplete answer.
	StopReason string `yaml:"stop_reason"`

	// Usage is what the API reports and bills. Absent, it is computed from the
	// script (defaultUsage), as if the agent cached its prompt.
	Usage *Usage `yaml:"usage"`

	// Errors are what the server answers before it succeeds, in order, to each
	// session.
	Errors []Fault `yaml:"errors"`

	// Delay passes before the answer's headers are sent.
	Delay time.Duration `yaml:"delay"`

	// AnsweredModel is the model that answers when it is another than was
	// asked.
	AnsweredModel string `yaml:"answered_model"`
}

// ToolUse is one tool call: the tool's name as the agent knows it, and its
// input, which must be valid for that tool.
type ToolUse struct {
	Name  string         `yaml:"name"`
	Input map[string]any `yaml:"input"`
}

// Usage is what an answer reports, in tokens. What is absent is 0.
type Usage struct {
	Input        int64 `yaml:"input"`
	Output       int64 `yaml:"output"`
	CacheRead    int64 `yaml:"cache_read"`
	CacheWrite5m int64 `yaml:"cache_write_5m"`
	CacheWrite1h int64 `yaml:"cache_write_1h"`

	// WebSearches are searches that the model's server made for the answer, which
	// Messages bills by their number. Responses does not report them.
	WebSearches int64 `yaml:"web_searches"`
}

// Tokens are what the usage counts, without searches.
func (u Usage) Tokens() baselines.Tokens {
	return baselines.Tokens{
		Input: u.Input, Output: u.Output, CacheRead: u.CacheRead, CacheWrite5m: u.CacheWrite5m, CacheWrite1h: u.CacheWrite1h,
	}
}

// Fault is one way in which an answer goes wrong. Exactly one of Status,
// Event, Drop, Silent, Reset, Hang and Cut is given. Event, Reset, Hang and Cut begin
// to answer with a stream, even where the request did not ask for one.
type Fault struct {
	// Status answers with this HTTP status, an error of Type (default: the
	// API's own for the status) with Message (default "scripted error") and,
	// unless empty, the header Retry-After.
	Status     int    `yaml:"status"`
	Type       string `yaml:"type"`
	Message    string `yaml:"message"`
	RetryAfter string `yaml:"retry_after"`

	// Event begins the answer and then sends an "error" event of this type
	// ("overloaded_error").
	Event string `yaml:"event"`

	// Drop breaks the connection before any answer, Silent sends nothing until the
	// client is gone.
	Drop   bool `yaml:"drop"`
	Silent bool `yaml:"silent"`

	Reset bool `yaml:"reset"` // begins the answer, then breaks the connection
	Hang  bool `yaml:"hang"`  // begins the answer, then sends nothing until the client is gone
	Cut   bool `yaml:"cut"`   // begins the answer, then ends it properly, without message_stop

	// Times is how often, default 1.
	Times int `yaml:"times"`
}

// defaultUsage is a plausible bill for turn number i: a fresh prompt of 12,000
// tokens written to the cache once and read ever after, what the conversation
// has grown by since written on top, and a token for every four bytes said. It
// depends on the script alone, never on the request, so a recording has the
// same numbers on every machine.
func defaultUsage(turns []Turn, i int) baselines.Tokens {
	const prompt, toolResult = 12_000, 400
	u := baselines.Tokens{Input: 4, Output: outputTokens(turns[i])}
	if i == 0 {
		u.CacheWrite5m = prompt
		return u
	}
	u.CacheRead = prompt
	for _, earlier := range turns[:i-1] {
		u.CacheRead += outputTokens(earlier) + toolResult
	}
	u.CacheWrite5m = outputTokens(turns[i-1]) + toolResult
	return u
}

func outputTokens(t Turn) int64 {
	bytes := len(t.Text)
	for _, use := range t.ToolUses {
		bytes += len(use.Name) + len(use.json())
	}
	return int64(bytes)/4 + 8
}

func (u ToolUse) json() []byte {
	if u.Input == nil {
		return []byte("{}")
	}
	b, err := json.Marshal(u.Input) // sorted keys: the same bytes every time
	if err != nil {
		panic(fmt.Sprintf("input of tool %s: %v", u.Name, err)) // Decode has tried it
	}
	return b
}

func (t Turn) stopReason() string {
	switch {
	case t.StopReason != "":
		return t.StopReason
	case len(t.ToolUses) > 0:
		return "tool_use"
	}
	return "end_turn"
}

// usesTools reports whether any answer of the conversation calls a tool.
func (c Conversation) usesTools() bool {
	for _, turns := range append([][]Turn{c.Turns}, c.Attempts...) {
		for _, t := range turns {
			if len(t.ToolUses) > 0 {
				return true
			}
		}
	}
	return false
}
