package scriptedmodel

import (
	"crypto/rand"
	"encoding/json"

	"github.com/benchgate/benchgate/baselines"
)

// apiMessage is an answer as the Messages API writes it.
type apiMessage struct {
	ID           string     `json:"id"`
	Type         string     `json:"type"`
	Role         string     `json:"role"`
	Model        string     `json:"model"`
	Content      []apiBlock `json:"content"`
	StopReason   *string    `json:"stop_reason"`
	StopSequence *string    `json:"stop_sequence"`
	Usage        apiUsage   `json:"usage"`
}

type apiBlock struct {
	Type  string          `json:"type"`
	Text  *string         `json:"text,omitempty"`
	ID    string          `json:"id,omitempty"`
	Name  string          `json:"name,omitempty"`
	Input json.RawMessage `json:"input,omitempty"`
}

type apiUsage struct {
	Input         int64          `json:"input_tokens"`
	CacheCreation int64          `json:"cache_creation_input_tokens"`
	CacheRead     int64          `json:"cache_read_input_tokens"`
	Split         *apiCacheSplit `json:"cache_creation,omitempty"`
	Output        int64          `json:"output_tokens"`
	ServiceTier   string         `json:"service_tier,omitempty"`

	ServerTools *apiServerTools `json:"server_tool_use,omitempty"`
}

type apiServerTools struct {
	WebSearches int64 `json:"web_search_requests"`
}

type apiCacheSplit struct {
	FiveMinutes int64 `json:"ephemeral_5m_input_tokens"`
	OneHour     int64 `json:"ephemeral_1h_input_tokens"`
}

func newMessage(r request, a answer, answered string) apiMessage {
	stop := a.turn.stopReason()
	m := apiMessage{
		ID: "msg_" + rand.Text(), Type: "message", Role: "assistant", Model: answered,
		Content: []apiBlock{}, StopReason: &stop, Usage: usageOf(a.usage),
	}
	if a.search > 0 {
		m.Usage.ServerTools = &apiServerTools{a.search}
	}
	if a.turn.Text != "" {
		m.Content = append(m.Content, apiBlock{Type: "text", Text: &a.turn.Text})
	}
	for i, use := range a.turn.ToolUses {
		m.Content = append(m.Content, apiBlock{
			Type: "tool_use", ID: toolUseID(r, a.number, i), Name: use.Name, Input: use.json(),
		})
	}
	return m
}

func usageOf(t baselines.Tokens) apiUsage {
	return apiUsage{
		Input: t.Input, Output: t.Output, CacheRead: t.CacheRead,
		CacheCreation: t.CacheWrite5m + t.CacheWrite1h,
		Split:         &apiCacheSplit{t.CacheWrite5m, t.CacheWrite1h},
		ServiceTier:   "standard",
	}
}
