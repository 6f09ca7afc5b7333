package scriptedmodel

import (
	"encoding/json"
	"fmt"
	"strings"
)

// request is the part of a Messages API request that decides the answer.
type request struct {
	Model    string            `json:"model"`
	Stream   bool              `json:"stream"`
	Messages []message         `json:"messages"`
	Tools    []json.RawMessage `json:"tools"`

	session string // X-Claude-Code-Session-Id
	agent   string // X-Claude-Code-Agent-Id
}

type message struct {
	Role    string          `json:"role"`
	Content json.RawMessage `json:"content"` // a string, or a list of blocks
}

func parseRequest(body []byte) (request, error) {
	var r request
	if err := json.Unmarshal(body, &r); err != nil {
		return request{}, fmt.Errorf("reading request: %w", err)
	}
	if r.Model == "" || len(r.Messages) == 0 {
		return request{}, fmt.Errorf("model and messages are required")
	}
	return r, nil
}

// prompt is the text of the first user message.
func (r request) prompt() string {
	for _, m := range r.Messages {
		if m.Role == "user" {
			return m.text()
		}
	}
	return ""
}

func (r request) assistantMessages() int {
	n := 0
	for _, m := range r.Messages {
		if m.Role == "assistant" {
			n++
		}
	}
	return n
}

func (m message) text() string {
	var whole string
	if json.Unmarshal(m.Content, &whole) == nil {
		return whole
	}
	var blocks []struct{ Type, Text string }
	if json.Unmarshal(m.Content, &blocks) != nil {
		return ""
	}
	var texts []string
	for _, b := range blocks {
		if b.Type == "text" {
			texts = append(texts, b.Text)
		}
	}
	return strings.Join(texts, "\n")
}
