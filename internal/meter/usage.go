package meter

import (
	"encoding/json"
	"strings"

	"github.com/benchgate/benchgate/baselines"
)

// usage is what an answer has reported about itself so far.
type usage struct {
	tokens    baselines.Tokens
	reported  bool // at least the input side of tokens is known
	complete  bool // nothing is missing: the answer came to its own end
	model     string
	stop      string
	tier      string // empty for the standard one
	webSearch int64
	failure   string // type of the error event that ended a stream; empty: none
	error     errorBody
}

// apiUsage is the API's "usage" object. Every field may be missing: events
// repeat only what has changed.
type apiUsage struct {
	Input         *int64 `json:"input_tokens"`
	Output        *int64 `json:"output_tokens"`
	CacheRead     *int64 `json:"cache_read_input_tokens"`
	CacheCreation *int64 `json:"cache_creation_input_tokens"`
	CacheSplit    *struct {
		FiveMinutes int64 `json:"ephemeral_5m_input_tokens"`
		OneHour     int64 `json:"ephemeral_1h_input_tokens"`
	} `json:"cache_creation"`
	ServiceTier   string `json:"service_tier"`
	ServerToolUse *struct {
		WebSearch int64 `json:"web_search_requests"`
	} `json:"server_tool_use"`
}

// take merges what an event reports into u. Counts are cumulative, so a later
// one replaces an earlier one. It returns false, and changes nothing, when a
// count is impossible.
func (u *usage) take(a apiUsage) bool {
	t := u.tokens
	replace(&t.Input, a.Input)
	replace(&t.Output, a.Output)
	replace(&t.CacheRead, a.CacheRead)
	t.CacheWrite5m, t.CacheWrite1h = cacheWrites(t, a)
	search := u.webSearch
	if a.ServerToolUse != nil {
		search = a.ServerToolUse.WebSearch
	}
	if min(t.Input, t.Output, t.CacheRead, t.CacheWrite5m, t.CacheWrite1h, search) < 0 {
		return false
	}
	u.tokens, u.webSearch = t, search
	if a.ServiceTier != "" && a.ServiceTier != "standard" {
		u.tier = capped(a.ServiceTier)
	}
	return true
}

// cacheWrites returns the two kinds of cache writes. A total without a split
// counts as 5-minute writes, except for the 1-hour ones already known.
func cacheWrites(have baselines.Tokens, a apiUsage) (fiveMinutes, oneHour int64) {
	switch {
	case a.CacheSplit != nil:
		return a.CacheSplit.FiveMinutes, a.CacheSplit.OneHour
	case a.CacheCreation == nil:
		return have.CacheWrite5m, have.CacheWrite1h
	case have.CacheWrite1h <= *a.CacheCreation:
		return *a.CacheCreation - have.CacheWrite1h, have.CacheWrite1h
	}
	return *a.CacheCreation, 0
}

func replace(count *int64, by *int64) {
	if by != nil {
		*count = *by
	}
}

// streamUsage reads the usage out of an answer's events.
type streamUsage struct {
	usage
	started bool // message_start has come
	ended   bool // a message_delta with usage has come
	broken  bool // an event that matters could not be read
}

// usageEvent reports whether events of the name can have usage, so that all
// others need not be decoded. Without a name only the data says what it is.
func usageEvent(name string) bool {
	switch name {
	case "", "message_start", "message_delta", "message_stop", "error":
		return true
	}
	return false
}

func (s *streamUsage) event(name string, data []byte) {
	if s.complete {
		return
	}
	var e struct {
		Type    string `json:"type"`
		Message struct {
			Model string   `json:"model"`
			Usage apiUsage `json:"usage"`
		} `json:"message"`
		Delta struct {
			StopReason string `json:"stop_reason"`
		} `json:"delta"`
		Usage *apiUsage `json:"usage"`
		Error struct {
			Type string `json:"type"`
		} `json:"error"`
	}
	if err := json.Unmarshal(data, &e); err != nil {
		s.broken = s.broken || name != ""
		return
	}
	switch e.Type {
	case "message_start":
		s.started = true
		s.model = capped(e.Message.Model)
		s.reported = s.take(e.Message.Usage)
		s.broken = s.broken || !s.reported
	case "message_delta":
		if e.Delta.StopReason != "" {
			s.stop = capped(e.Delta.StopReason)
		}
		if e.Usage != nil {
			s.ended = s.take(*e.Usage)
			s.broken = s.broken || !s.ended
		}
	case "message_stop":
		s.complete = s.started && s.ended && !s.broken
	case "error":
		s.failure = capped(e.Error.Type)
		s.error = readError(data)
		if s.failure == "" {
			s.failure = "api_error"
		}
	}
}

// messageUsage reads the usage out of an answer that was not streamed.
func messageUsage(body []byte) usage {
	var m struct {
		Model      string    `json:"model"`
		StopReason string    `json:"stop_reason"`
		Usage      *apiUsage `json:"usage"`
	}
	u := usage{error: readError(body)}
	if err := json.Unmarshal(body, &m); err != nil {
		return u
	}
	u.model, u.stop = capped(m.Model), capped(m.StopReason)
	if m.Usage != nil && m.Usage.Input != nil && m.Usage.Output != nil {
		u.reported = u.take(*m.Usage)
		u.complete = u.reported
	}
	return u
}

// capped makes text from the agent or the API fit for a ledger line: at most 256
// bytes, valid UTF-8.
func capped(s string) string {
	const limit = 256
	return strings.ToValidUTF8(s[:min(len(s), limit)], "")
}
