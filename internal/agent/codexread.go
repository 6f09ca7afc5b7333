package agent

import (
	"bufio"
	"encoding/json"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/leak"
	"github.com/benchgate/benchgate/internal/usage"
)

// codexLine has the fields that are read from a line of "codex exec --json".
type codexLine struct {
	Type     string      `json:"type"`
	ThreadID string      `json:"thread_id"`
	Usage    *codexUsage `json:"usage"`
	Item     codexItem   `json:"item"`
	Error    struct {
		Message string `json:"message"`
	} `json:"error"`
}

// codexUsage is that of the whole run. Input has what was read from and written to the
// cache in it, output what was reasoned.
type codexUsage struct {
	Input      int64 `json:"input_tokens"`
	Cached     int64 `json:"cached_input_tokens"`
	CacheWrite int64 `json:"cache_write_input_tokens"`
	Output     int64 `json:"output_tokens"`
}

func (u codexUsage) tokens() baselines.Tokens {
	read, written := max(u.Cached, 0), max(u.CacheWrite, 0)
	return baselines.Tokens{Input: max(u.Input-read-written, 0), CacheRead: read, CacheWrite5m: written, Output: max(u.Output, 0)}
}

// codexItem is something that happened: a command, an answer, a search.
type codexItem struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Status  string `json:"status"` // "completed", "failed" also of a command with another exit code than 0
	Command string `json:"command"`
	Query   string `json:"query"`
}

// codexTools are the types of items that are calls of tools.
var codexCalls = map[string]leak.Tool{"command_execution": leak.Shell, "web_search": leak.Search, "mcp_tool_call": "", "file_change": "", "collab_tool_call": ""}

// codexRun is what the lines tell.
type codexRun struct {
	session  string
	usage    *codexUsage
	failure  string // of the turn
	ended    bool   // the turn came to its end
	calls    int
	failures int
	uses     []leak.Use
	size     int // of the uses, in bytes
}

// readCodex reads the events of a run.
func readCodex(exit Exit, stdout io.Reader) Ending {
	var run codexRun
	lines := bufio.NewReader(stdout)
	for {
		raw, err := lines.ReadBytes('\n')
		var line codexLine
		if json.Unmarshal(raw, &line) == nil {
			run.add(line)
		}
		if err != nil { // io.EOF; reading from memory has no other
			break
		}
	}
	ending := run.judge(exit)
	ending.Result = run.result(ending)
	return ending
}

func (r *codexRun) add(line codexLine) {
	switch line.Type {
	case "thread.started":
		r.session = foreignName(line.ThreadID)
	case "turn.completed":
		r.ended, r.failure = true, ""
		if line.Usage != nil {
			r.usage = line.Usage
		}
	case "turn.failed":
		r.ended, r.failure = true, line.Error.Message
	case "item.completed":
		r.item(line.Item)
	}
}

func (r *codexRun) item(item codexItem) {
	tool, isCall := codexCalls[item.Type]
	if !isCall {
		return
	}
	r.calls++
	failed := item.Status == "failed"
	if failed {
		r.failures++
	}
	text := item.Command + item.Query
	text = text[:min(len(text), maxUseText)]
	if tool != "" && len(r.uses) < maxUses && r.size+len(text) <= maxUsesAll {
		r.uses = append(r.uses, leak.Use{Tool: tool, Text: text, Failed: failed})
		r.size += len(text)
	}
}

var codexStatus = regexp.MustCompile(`\bunexpected status (\d{3})\b`)

// judge says how the run ended. Of an error of the model API the client tells its status,
// or, for those that it knows, a sentence of its own.
func (r *codexRun) judge(exit Exit) Ending {
	switch {
	case !r.ended:
		return Ending{Ended: baselines.AgentError, Reason: exitReason(exit) + ", without an end of its turn"}
	case r.failure == "" && exit.Code == 0:
		return Ending{Ended: baselines.Finished}
	case r.failure == "":
		return Ending{Ended: baselines.AgentError, Reason: exitReason(exit)}
	}
	for _, known := range codexFailures {
		if strings.Contains(r.failure, known.words) {
			return Ending{Ended: known.ended, Reason: known.reason}
		}
	}
	if found := codexStatus.FindStringSubmatch(r.failure); found != nil {
		status, _ := strconv.Atoi(found[1])
		return judgeAPIError(status, "")
	}
	return Ending{Ended: baselines.AgentError, Reason: "the agent reports an error: " + foreignName(r.failure)}
}

// codexFailures are the client's own sentences. The one about the quota is also what it
// says of a limit of the meter's.
var codexFailures = []struct {
	words  string
	ended  baselines.Ended
	reason string
}{
	{"Quota exceeded", baselines.Budget, "the trial's dollar limit was reached, or the API has no credit left"},
	{"context window", baselines.AgentError, "the conversation exceeded the context window"},
	{"exceeded retry limit", baselines.InfraError, "the model API refused each try"},
	{"stream disconnected", baselines.InfraError, "the model API could not be reached, or its answers broke off"},
	{"at capacity", baselines.InfraError, "the model API is overloaded"},
	{"high demand", baselines.InfraError, "the model API is overloaded"},
}

func (r *codexRun) result(ending Ending) *usage.AgentResult {
	result := &usage.AgentResult{SessionID: r.session, IsError: ending.Ended != baselines.Finished, ToolCalls: &r.calls, ToolErrors: &r.failures, Uses: r.uses}
	if r.usage != nil {
		tokens := r.usage.tokens()
		result.Tokens = &tokens
	}
	return result
}
