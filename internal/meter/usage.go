package meter

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/prices"
)

// usage is what an answer has reported about itself so far.
type usage struct {
	tokens   baselines.Tokens
	reported bool // at least the input side of tokens is known
	complete bool // the answer came to its own end; what then is not known is in unknown
	model    string
	stop     string
	failure  string // type of the error event that ended a stream; empty: none
	error    errorBody
	batch    string // id of the batch that was made; empty: none

	tier, speed, geo string // empty: the usual
	webSearch        int64
	webFetch         int64
	codeExecution    int64
	parts            []Part
	unknown          []string // what keeps the cost from being known

	streamed Streamed

	toldTier bool      // the answer said its service tier
	untold   bool      // the answer came to its own end and told no usage
	free     bool      // the answer is an error from before any model ran
	tools    toolCalls // that a response tells of
}

// take sets what a report of the whole answer so far says.
func (u *usage) take(r usageReport) {
	r.unknown = slices.Clone(r.unknown)
	_, u.reported = r.counts["input_tokens"]
	u.webSearch = r.counts["server_tool_use.web_search_requests"]
	u.webFetch = r.counts["server_tool_use.web_fetch_requests"]
	u.codeExecution = r.counts["server_tool_use.code_execution_requests"]
	unusual := func(field string) string {
		if value := r.terms[field]; !prices.IsBase(field, value) {
			return value
		}
		return ""
	}
	u.tier, u.speed, u.geo = unusual(prices.ServiceTier), unusual(prices.Speed), unusual(prices.InferenceGeo)

	parts, tokens, agree := r.answerParts()
	u.parts, u.tokens = parts, tokens
	if !agree {
		r.addUnknown("usage.iterations")
	}
	for _, p := range r.parts {
		if kind := p.terms["type"]; !knownPart(kind) {
			r.addUnknown("usage.iterations.type=" + kind)
		}
	}
	if status, ok := r.terms["fallback_credit.status.type"]; ok && status != "not_applied" {
		r.addUnknown("usage.fallback_credit.status.type=" + status)
	}
	u.unknown = r.unknown
}

func knownPart(kind string) bool {
	_, known := partKinds[kind]
	return known
}

// end is called when the answer has come to its own end. Without a count of input
// and of output its cost is not known.
func (u *usage) end(hasOutput bool) {
	u.complete = true
	missing := usageReport{unknown: slices.Clone(u.unknown)}
	if !u.reported {
		missing.addUnknown("usage.input_tokens")
	}
	if !hasOutput {
		missing.addUnknown("usage.output_tokens")
	}
	u.unknown = missing.unknown
}

// streamUsage reads the usage out of an answer's events.
type streamUsage struct {
	usage
	report  usageReport
	started bool // message_start has come
	ended   bool // a message_delta has come
	counted bool // a message_delta has told the output
	broken  bool // an event that matters could not be read
}

func newStreamUsage() *streamUsage {
	return &streamUsage{report: newReport(usageFields)}
}

func (s *streamUsage) said() usage { return s.usage }

// usageEvent reports whether events of the name tell of usage or of output, so that
// all others need not be decoded. Without a name only the data says what it is.
func usageEvent(name string) bool {
	switch name {
	case "", "message_start", "message_delta", "message_stop", "error", contentDelta:
		return true
	}
	return false
}

const contentDelta = "content_block_delta"

func (s *streamUsage) event(name string, data []byte) {
	if s.complete {
		return
	}
	if name == contentDelta {
		s.streamed.add(data)
		return
	}
	var e struct {
		Type    string `json:"type"`
		Message struct {
			Model string          `json:"model"`
			Usage json.RawMessage `json:"usage"`
		} `json:"message"`
		Delta struct {
			StopReason string `json:"stop_reason"`
		} `json:"delta"`
		Usage json.RawMessage `json:"usage"`
		Error struct {
			Type string `json:"type"`
		} `json:"error"`
	}
	if err := json.Unmarshal(data, &e); err != nil {
		s.broken = s.broken || name != ""
		return
	}
	switch e.Type {
	case contentDelta:
		s.streamed.add(data)
	case "message_start":
		s.started = true
		s.model = capped(e.Message.Model)
		s.reports(e.Message.Usage)
	case "message_delta":
		s.ended = true
		if e.Delta.StopReason != "" {
			s.stop = capped(e.Delta.StopReason)
		}
		if counts := s.reports(e.Usage); counts != nil {
			_, tells := counts["output_tokens"]
			s.counted = s.counted || tells
		}
	case "message_stop":
		if s.started && s.ended && !s.broken {
			s.end(s.counted)
		}
	case "error":
		s.failure = capped(e.Error.Type)
		s.error = readError(data)
		if s.failure == "" {
			s.failure = "api_error"
		}
	}
}

// reports takes a usage object and returns its counts; nil when it has none or they
// cannot be read.
func (s *streamUsage) reports(raw json.RawMessage) map[string]int64 {
	r, said, ok := readUsage(raw, usageFields)
	if !ok {
		s.broken = true
		return nil
	}
	if !said {
		return nil
	}
	s.report.merge(r)
	s.take(s.report)
	return r.counts
}

// messageUsage reads the usage out of an answer that was not streamed.
func messageUsage(body []byte) usage {
	var m struct {
		Type       string          `json:"type"`
		Model      string          `json:"model"`
		StopReason string          `json:"stop_reason"`
		Content    json.RawMessage `json:"content"`
		Usage      json.RawMessage `json:"usage"`
	}
	u := usage{error: readError(body)}
	if err := json.Unmarshal(body, &m); err != nil {
		u.streamed.Text = int64(len(body)) // a message that broke off, if it is one
		return u
	}
	u.model, u.stop = capped(m.Model), capped(m.StopReason)
	r, said, ok := readUsage(m.Usage, usageFields)
	if !ok || !said && m.Content == nil {
		return u // no message
	}
	u.take(r)
	_, hasOutput := r.counts["output_tokens"]
	u.end(hasOutput)
	return u
}

// capped makes text from the agent or the API fit for a ledger line: at most 256
// bytes, valid UTF-8.
func capped(s string) string {
	const limit = 256
	return strings.ToValidUTF8(s[:min(len(s), limit)], "")
}
