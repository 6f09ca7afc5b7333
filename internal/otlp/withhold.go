package otlp

import (
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Withheld stands in the place of a text that may be content.
const Withheld = "<withheld>"

// longText is the length in bytes from which a text is no name and no id.
const longText = 256

// contentWords are the words in the names of attributes that hold what was asked,
// answered, read or written, of Claude Code, Codex, Gemini CLI and OpenTelemetry's
// conventions for generative AI. Values that are no text, such as counts, stay.
var contentWords = []string{
	"prompt", "response", "content", "contents", "message", "messages", "instructions", "input", "output", "argument", "arguments", "args",
	"command", "parameters", "params", "body", "text", "path", "diff", "result", "stacktrace", "email", "url",
}

// nameWords end the names of attributes about content that hold none: prompt.id,
// user_prompt_length, gen_ai.response.model.
var nameWords = []string{
	"id", "uuid", "length", "bytes", "size", "tokens", "count", "ms", "seconds", "model", "name", "type", "kind", "class", "category",
	"source", "status", "code", "reason", "reasons", "decision", "version", "truncated",
}

// clean takes our own attributes out and replaces content.
func (r *Rewriter) clean(attributes pcommon.Map) {
	attributes.RemoveIf(func(key string, _ pcommon.Value) bool { return r.isOurs(key) })
	for key, value := range attributes.All() {
		r.cleanValue(key, value)
	}
}

func (r *Rewriter) cleanValue(key string, value pcommon.Value) {
	switch value.Type() {
	case pcommon.ValueTypeStr:
		if r.isContent(key, value.Str()) {
			value.SetStr(Withheld)
		}
	case pcommon.ValueTypeBytes:
		if !r.rewriting.Content {
			value.SetStr(Withheld)
		}
	case pcommon.ValueTypeSlice:
		for _, element := range value.Slice().All() {
			r.cleanValue(key, element)
		}
	case pcommon.ValueTypeMap:
		for inner, element := range value.Map().All() {
			r.cleanValue(key+"."+inner, element)
		}
	}
}

// isContent tells that a text may be content: by the attribute's name, and where that
// says nothing by its looks. Names and ids are short and have no white space.
func (r *Rewriter) isContent(key, text string) bool {
	if r.rewriting.Content || text == "" {
		return false
	}
	if len(text) >= longText || strings.ContainsAny(text, " \t\r\n") {
		return true
	}
	words := strings.FieldsFunc(strings.ToLower(key), func(c rune) bool { return strings.ContainsRune("._-", c) })
	if len(words) == 0 || slices.Contains(nameWords, words[len(words)-1]) {
		return false
	}
	return slices.ContainsFunc(words, func(word string) bool { return slices.Contains(contentWords, word) })
}
