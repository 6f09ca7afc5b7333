package meter

import (
	"github.com/tidwall/gjson"
)

// completionStream reads the usage out of the chunks of a streamed chat completion.
// A client that did not ask for usage (stream_options.include_usage) gets none, and
// some gateways tell it in each chunk.
type completionStream struct {
	usage
	report usageReport
	tier   string

	finished bool // a choice has come to its end
	counted  bool // the output was told
	broken   bool // a chunk could not be read
}

func newCompletionStream() *completionStream {
	return &completionStream{report: newReport(completionsForm.fields)}
}

func (s *completionStream) said() usage { return s.usage }

func (s *completionStream) event(_ string, data []byte) {
	if string(data) == "[DONE]" {
		s.ends()
		return
	}
	if !gjson.ValidBytes(data) {
		s.broken = true
		return
	}
	chunk := gjson.ParseBytes(data)
	if e := chunk.Get("error"); e.Exists() && e.Type != gjson.Null {
		s.fails(data)
		return
	}
	if model := chunk.Get("model").Str; model != "" {
		s.model = capped(model)
	}
	if tier := chunk.Get("service_tier").Str; tier != "" {
		s.tier = tier
	}
	for _, choice := range chunk.Get("choices").Array() {
		s.grows(choice)
	}
	if usage := chunk.Get("usage"); usage.IsObject() {
		s.counts(usage)
	}
	if s.finished {
		s.ends()
	}
}

// grows counts what a choice adds to the answer.
func (s *completionStream) grows(choice gjson.Result) {
	delta := choice.Get("delta")
	s.streamed.Text += int64(len(delta.Get("content").Str) + len(delta.Get("refusal").Str))
	s.streamed.Thinking += int64(max(len(delta.Get("reasoning_content").Str), len(delta.Get("reasoning").Str)))
	for _, call := range delta.Get("tool_calls").Array() {
		s.streamed.ToolInput += int64(len(call.Get("function.arguments").Str))
	}
	if reason := choice.Get("finish_reason").Str; reason != "" {
		s.stop, s.finished = capped(reason), true
	}
}

func (s *completionStream) counts(usage gjson.Result) {
	r, said, ok := readUsage([]byte(usage.Raw), completionsForm.fields)
	if !ok {
		s.broken = true
		return
	}
	if said {
		s.report.merge(r)
		_, tells := r.counts[completionsForm.output]
		s.counted = s.counted || tells
	}
	s.takeOpenAI(s.report, completionsForm, s.tier)
}

// ends is called when the answer has come to its end, again with each later chunk:
// usage may follow.
func (s *completionStream) ends() {
	switch {
	case s.broken:
	case s.counted:
		s.end(true)
		s.untold = false
	default:
		s.untold = true
	}
}

// completionUsage reads the usage out of a completion that was not streamed.
func completionUsage(body []byte) usage {
	u := usage{error: readError(body)}
	if !gjson.ValidBytes(body) {
		u.streamed.Text = int64(len(body)) // a completion that broke off, if it is one
		return u
	}
	whole := gjson.ParseBytes(body)
	if !whole.Get("choices").Exists() && !whole.Get("usage").IsObject() {
		return u // no completion
	}
	u.model, u.stop = capped(whole.Get("model").Str), capped(whole.Get("choices.0.finish_reason").Str)
	r, _, ok := readUsage([]byte(whole.Get("usage").Raw), completionsForm.fields)
	if !ok {
		r = usageReport{unknown: []string{"usage"}}
	}
	u.takeOpenAI(r, completionsForm, whole.Get("service_tier").Str)
	u.end(whole.Get("usage.completion_tokens").Exists())
	return u
}
