package scriptedmodel

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/benchgate/benchgate/baselines"
)

// parseResponsesRequest reads a request of the Responses API as one of messages: what
// users said before the model first answered is one message, and what the model said
// at a time (text, calls) is one, so that both APIs count turns in the same way.
func parseResponsesRequest(body []byte) (request, error) {
	var asked struct {
		Model  string            `json:"model"`
		Stream bool              `json:"stream"`
		Input  json.RawMessage   `json:"input"`
		Tools  []json.RawMessage `json:"tools"`
	}
	if err := json.Unmarshal(body, &asked); err != nil {
		return request{}, fmt.Errorf("reading request: %w", err)
	}
	r := request{Model: asked.Model, Stream: asked.Stream, Tools: asked.Tools}
	var text string
	var items []inputItem
	switch {
	case json.Unmarshal(asked.Input, &text) == nil:
		items = []inputItem{{Role: "user", Content: asked.Input}}
	case json.Unmarshal(asked.Input, &items) != nil:
		return request{}, errors.New("input is a text or a list of items")
	}
	var said []string
	for _, item := range items {
		r.Tools = append(r.Tools, item.Tools...)
		switch {
		case item.isModels():
			if n := len(r.Messages); n == 0 || r.Messages[n-1].Role != "assistant" {
				r.Messages = append(r.Messages, message{Role: "assistant"})
			}
		case item.Role == "user" && r.assistantMessages() == 0:
			said = append(said, item.text())
		default: // results of calls
			r.Messages = append(r.Messages, message{Role: "tool"})
		}
	}
	first, err := json.Marshal(strings.Join(said, "\n"))
	if err != nil {
		return request{}, fmt.Errorf("reading request: %w", err)
	}
	r.Messages = append([]message{{Role: "user", Content: first}}, r.Messages...)
	if r.Model == "" || len(items) == 0 {
		return request{}, errors.New("model and input are required")
	}
	return r, nil
}

// inputItem is an item of a request's input; a message may leave out its type.
type inputItem struct {
	Type    string          `json:"type"`
	Role    string          `json:"role"`
	Content json.RawMessage `json:"content"`

	Tools []json.RawMessage `json:"tools"` // for some models Codex offers them in an item
}

// isModels reports whether the model said it in an earlier answer.
func (i inputItem) isModels() bool {
	return i.Role == "assistant" || i.Type == "reasoning" || strings.HasSuffix(i.Type, "_call")
}

func (i inputItem) text() string {
	var whole string
	if json.Unmarshal(i.Content, &whole) == nil {
		return whole
	}
	var parts []struct{ Text string }
	_ = json.Unmarshal(i.Content, &parts) // images and files have no text
	var texts []string
	for _, p := range parts {
		texts = append(texts, p.Text)
	}
	return strings.Join(texts, "\n")
}

// responseOf is an answer as the Responses API writes it.
func responseOf(m apiMessage) object {
	whole := object{
		"id": "resp_" + m.ID, "object": "response", "created_at": 0, "status": "completed", "model": m.Model,
		"output": itemsOf(m), "usage": responseUsage(m.Usage.tokens()), "service_tier": "default", "error": nil, "incomplete_details": nil,
	}
	if m.StopReason != nil && *m.StopReason == "max_tokens" {
		whole["status"], whole["incomplete_details"] = "incomplete", object{"reason": "max_output_tokens"}
	}
	return whole
}

// mcpPrefix begins the name of an MCP server's tool, "mcp__SERVER__TOOL" in a script.
// Codex offers such tools in a namespace, "mcp__SERVER".
const mcpPrefix = "mcp__"

// itemsOf are the items of an answer: its text and its calls.
func itemsOf(m apiMessage) []object {
	items := []object{}
	for i, b := range m.Content {
		id := fmt.Sprintf("%s_%d", m.ID, i)
		if b.Type == "text" {
			items = append(items, object{
				"type": "message", "id": id, "role": "assistant", "status": "completed",
				"content": []object{{"type": "output_text", "text": *b.Text, "annotations": []any{}}},
			})
			continue
		}
		call := object{
			"type": "function_call", "id": id, "call_id": b.ID, "name": b.Name, "arguments": string(b.Input), "status": "completed",
		}
		if server, tool, found := strings.Cut(strings.TrimPrefix(b.Name, mcpPrefix), "__"); found && strings.HasPrefix(b.Name, mcpPrefix) {
			call["namespace"], call["name"] = mcpPrefix+server, tool
		}
		items = append(items, call)
	}
	return items
}

// responseUsage counts cached input as input, too, as that API does.
func responseUsage(t baselines.Tokens) object {
	input, written := t.Input+t.CacheRead+t.CacheWrite5m+t.CacheWrite1h, t.CacheWrite5m+t.CacheWrite1h
	return object{
		"input_tokens":          input,
		"input_tokens_details":  object{"cached_tokens": t.CacheRead, "cache_write_tokens": written},
		"output_tokens":         t.Output,
		"output_tokens_details": object{"reasoning_tokens": 0},
		"total_tokens":          input + t.Output,
	}
}

func (u apiUsage) tokens() baselines.Tokens {
	return baselines.Tokens{Input: u.Input, Output: u.Output, CacheRead: u.CacheRead, CacheWrite5m: u.CacheCreation}
}

// responseEvents takes an answer apart as the Responses API does: the last event has
// all of it, with the usage.
func responseEvents(m apiMessage) []event {
	whole := responseOf(m)
	begun := responseOf(m)
	begun["status"], begun["output"], begun["usage"] = "in_progress", []object{}, nil
	events := []event{
		{"response.created", object{"type": "response.created", "response": begun}},
		{"response.in_progress", object{"type": "response.in_progress", "response": begun}},
	}
	for i, item := range itemsOf(m) {
		events = append(events, itemEvents(i, item)...)
	}
	end := fmt.Sprintf("response.%s", whole["status"])
	events = append(events, event{end, object{"type": end, "response": whole}})
	for i := range events {
		events[i].data.(object)["sequence_number"] = i
	}
	return events
}

func itemEvents(index int, item object) []event {
	named := func(name string, more object) event {
		more["type"], more["output_index"], more["item_id"] = name, index, item["id"]
		return event{name, more}
	}
	kind, field, content := "response.function_call_arguments", "arguments", ""
	empty := object{}
	for name, value := range item {
		empty[name] = value
	}
	empty["status"] = "in_progress"
	if item["type"] == "message" {
		kind, field = "response.output_text", "text"
		content = item["content"].([]object)[0]["text"].(string)
		empty["content"] = []object{}
	} else {
		content = item["arguments"].(string)
		empty["arguments"] = ""
	}
	events := []event{named("response.output_item.added", object{"item": empty})}
	for _, piece := range pieces(content) {
		events = append(events, named(kind+".delta", object{"delta": piece, "content_index": 0}))
	}
	return append(events,
		named(kind+".done", object{field: content, "content_index": 0}),
		named("response.output_item.done", object{"item": item}),
	)
}
