package meter

import (
	"cmp"
	"strings"

	"github.com/tidwall/gjson"
)

// responseStream reads the usage out of the events of a streamed response.
type responseStream struct {
	usage
	broken bool // an event that matters could not be read
}

func newResponseStream() *responseStream {
	return &responseStream{usage: usage{tools: make(toolCalls)}}
}

// responseEvent reports whether events of the name matter. Those that show an answer's
// growth are many and end with ".delta".
func responseEvent(name string) bool {
	switch name {
	case "", "error", "response.created", "response.completed", "response.incomplete", "response.failed", "response.output_item.done":
		return true
	}
	return strings.HasSuffix(name, ".delta")
}

func (s *responseStream) said() usage { return s.usage }

func (s *responseStream) event(name string, data []byte) {
	if s.complete || string(data) == "[DONE]" { // of gateways
		return
	}
	if !gjson.ValidBytes(data) {
		s.broken = s.broken || name != "" && !strings.HasSuffix(name, ".delta")
		return
	}
	e := gjson.ParseBytes(data)
	switch kind := cmp.Or(name, e.Get("type").Str); kind {
	case "response.created":
		s.model = capped(e.Get("response.model").Str)
	case "response.output_item.done":
		s.tools.add(e.Get("item.type").Str, e.Get("item.action.type").Str)
	case "response.completed", "response.incomplete", "response.failed":
		s.ends(e.Get("response"))
	case "error":
		s.fails(data)
	default:
		if strings.HasSuffix(kind, ".delta") {
			s.streamed.addResponse(kind, e.Get("delta").Str)
		}
	}
}

// ends takes the whole response, with which a stream ends.
func (s *responseStream) ends(whole gjson.Result) {
	s.takeResponse(whole)
	if whole.Get("status").Str == "failed" {
		s.fails([]byte(whole.Raw))
		return
	}
	if s.broken {
		s.unknown = append(s.unknown, "an event that cannot be read")
	}
	s.end(whole.Get("usage.output_tokens").Exists())
}

// takeResponse takes what a response says of itself.
func (u *usage) takeResponse(whole gjson.Result) {
	u.model = cmp.Or(capped(whole.Get("model").Str), u.model)
	u.stop = capped(cmp.Or(whole.Get("incomplete_details.reason").Str, whole.Get("status").Str))
	if output := whole.Get("output").Array(); len(output) > 0 { // else only the events told
		clear(u.tools)
		for _, item := range output {
			u.tools.add(item.Get("type").Str, item.Get("action.type").Str)
		}
	}
	r, _, ok := readUsage([]byte(whole.Get("usage").Raw), responsesForm.fields)
	if !ok {
		r = usageReport{unknown: []string{"usage"}}
	}
	u.takeOpenAI(r, responsesForm, whole.Get("service_tier").Str)
}

// addResponse counts what an event of that name adds to the answer.
func (s *Streamed) addResponse(event, delta string) {
	n := int64(len(delta))
	switch {
	case strings.Contains(event, "reasoning"):
		s.Thinking += n
	case strings.Contains(event, "_call"):
		s.ToolInput += n
	case !strings.Contains(event, "audio"):
		s.Text += n
	}
}

// responseUsage reads the usage out of a response that was not streamed. That of a
// response that a model still works at, in the background, is not known.
func responseUsage(body []byte) usage {
	u := usage{error: readError(body), tools: make(toolCalls)}
	if !gjson.ValidBytes(body) {
		u.streamed.Text = int64(len(body)) // a response that broke off, if it is one
		return u
	}
	whole := gjson.ParseBytes(body)
	if !whole.Get("output").Exists() && !whole.Get("usage").IsObject() {
		return u // no response
	}
	u.takeResponse(whole)
	if whole.Get("status").Str == "failed" {
		u.fails(body)
		return u
	}
	u.end(whole.Get("usage.output_tokens").Exists())
	return u
}
