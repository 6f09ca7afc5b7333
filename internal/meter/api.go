package meter

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// api is what the meter knows of one model API.
type api struct {
	billed []string // URL paths that ask a model
	free   []string // that count tokens, for nothing: passed on, not recorded

	// openAI says that [Options.OpenAI] serves it, and that errors have that API's form.
	openAI bool

	output []string // keys of a request's body that bound its output, in tokens
	tiers  bool     // a request's service_tier decides its price where the answer tells none

	// events reports whether a stream's events of the name tell of usage or of output,
	// so that all others need not be decoded; "" is the name of those without one.
	events  func(name string) bool
	stream  func() stream
	most    int                     // bytes of one event
	message func(body []byte) usage // of an answer that is not streamed
}

// stream reads the usage out of an answer's events.
type stream interface {
	event(name string, data []byte)
	said() usage // so far
}

// The APIs that are served: Anthropic Messages, OpenAI Responses, and Chat Completions,
// which gateways to many models speak.
var (
	messagesAPI = &api{
		billed: []string{messages, batches}, free: []string{countTokens},
		output: []string{"max_tokens"},
		events: usageEvent, stream: func() stream { return newStreamUsage() }, most: maxEvent, message: messageUsage,
	}
	responsesAPI = &api{
		billed: []string{responses, compactResponse}, free: []string{countResponse}, openAI: true,
		output: []string{"max_output_tokens"}, tiers: true,
		// The last event repeats the whole answer, and what was asked.
		events: responseEvent, stream: func() stream { return newResponseStream() }, most: maxMessage, message: responseUsage,
	}
	completionsAPI = &api{
		billed: []string{completions}, openAI: true,
		output: []string{"max_tokens", "max_completion_tokens"}, tiers: true,
		events: isUnnamed, stream: func() stream { return newCompletionStream() }, most: maxEvent, message: completionUsage,
	}
	apis = []*api{messagesAPI, responsesAPI, completionsAPI}
)

func isUnnamed(event string) bool { return event == "" }

// apiOf is the API that a URL path belongs to. What both providers have (models,
// files) is OpenAI's when its client sends neither Anthropic's key nor version.
func apiOf(place string, client http.Header) *api {
	for _, a := range apis {
		if slices.Contains(a.billed, place) || slices.Contains(a.free, place) {
			return a
		}
	}
	anthropic := client.Get("Anthropic-Version") != "" || client.Get("X-Api-Key") != "" || strings.HasPrefix(place, messages)
	if strings.HasPrefix(place, responses) || !anthropic && client.Get("Authorization") != "" {
		return responsesAPI
	}
	return messagesAPI
}

// isServed reports whether each trial may ask at the place.
func isServed(place string) bool {
	for _, a := range apis {
		if place != batches && (slices.Contains(a.billed, place) || slices.Contains(a.free, place)) {
			return true
		}
	}
	return false
}

// agentOf is the subagent that a request names, as Claude Code and Codex do: one of
// Codex has a thread of its own.
func agentOf(client http.Header) string {
	if client.Get("X-Codex-Parent-Thread-Id") != "" {
		return capped(client.Get("Thread-Id"))
	}
	return capped(client.Get("X-Claude-Code-Agent-Id"))
}

// sessionOf is the session that it names.
func sessionOf(client http.Header) string {
	return capped(cmp.Or(client.Get("X-Claude-Code-Session-Id"), client.Get("Session-Id")))
}
