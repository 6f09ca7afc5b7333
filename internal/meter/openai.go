package meter

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/prices"
)

// openAIForm is how one of OpenAI's APIs names what it counts. Its input has in it
// what was read from and written to the cache, its output what was reasoned.
type openAIForm struct {
	fields        map[string]meaning // as usageFields
	input, output string
	cached        []string // tokens read from the cache, by whoever tells
	written       []string // tokens written to it; some models bill that
}

// responsesForm is that of Responses. testdata/usage_fields_openai.json records which
// fields the APIs document.
var responsesForm = openAIForm{
	input: "input_tokens", output: "output_tokens",
	cached:  []string{"input_tokens_details.cached_tokens"},
	written: []string{"input_tokens_details.cache_write_tokens"},
	fields: map[string]meaning{
		"input_tokens":                            count,
		"input_tokens_details":                    group,
		"input_tokens_details.cached_tokens":      count,
		"input_tokens_details.cache_write_tokens": count,
		// Those for 12 hours cost more, and the price table does not have how much.
		"input_tokens_details.cache_write_tokens_details":                group,
		"input_tokens_details.cache_write_tokens_details.ttl_30m_tokens": detail,
		"input_tokens_details.text_tokens":                               detail,
		"input_tokens_details.image_tokens":                              detail, // priced as text
		"output_tokens":                                                  count,
		"output_tokens_details":                                          detail,
		"total_tokens":                                                   detail,

		// What gateways add: their own bill.
		"cost":         detail,
		"cost_details": detail,
		"is_byok":      detail,
	},
}

// completionsForm is that of Chat Completions, and of gateways that speak it for
// models of others. Audio tokens have prices of their own and are not in it.
var completionsForm = openAIForm{
	input: "prompt_tokens", output: "completion_tokens",
	cached:  []string{"prompt_tokens_details.cached_tokens", "cache_read_input_tokens", "prompt_cache_hit_tokens"},
	written: []string{"prompt_tokens_details.cache_write_tokens", "prompt_tokens_details.cache_creation_tokens", "cache_creation_input_tokens"},
	fields: map[string]meaning{
		"prompt_tokens":                                        count,
		"prompt_tokens_details":                                group,
		"prompt_tokens_details.cached_tokens":                  count,
		"prompt_tokens_details.cache_write_tokens":             count,
		"prompt_tokens_details.text_tokens":                    detail,
		"prompt_tokens_details.image_tokens":                   detail,
		"completion_tokens":                                    count,
		"completion_tokens_details":                            group,
		"completion_tokens_details.reasoning_tokens":           detail,
		"completion_tokens_details.text_tokens":                detail,
		"completion_tokens_details.accepted_prediction_tokens": detail,
		"completion_tokens_details.rejected_prediction_tokens": detail, // completion_tokens has them
		"total_tokens":                                         detail,

		// What gateways add: the cache of Anthropic's models (LiteLLM) and of DeepSeek's,
		// the same tokens by other names, their own bill.
		"prompt_tokens_details.cache_creation_tokens":        count,
		"prompt_tokens_details.cache_creation_token_details": detail,
		"cache_read_input_tokens":                            count,
		"cache_creation_input_tokens":                        count,
		"prompt_cache_hit_tokens":                            count,
		"prompt_cache_miss_tokens":                           detail,
		"input_tokens":                                       detail,
		"output_tokens":                                      detail,
		"cost":                                               detail,
		"cost_details":                                       detail,
		"is_byok":                                            detail,
	},
}

// tokens are a report's counts, each token once. ok is false when more was cached than
// there was input.
func (f openAIForm) tokens(r usageReport) (tokens baselines.Tokens, ok bool) {
	most := func(paths []string) (n int64) {
		for _, path := range paths {
			n = max(n, r.counts[path])
		}
		return n
	}
	tokens = baselines.Tokens{Output: r.counts[f.output], CacheRead: most(f.cached), CacheWrite5m: most(f.written)}
	rest := r.counts[f.input] - tokens.CacheRead - tokens.CacheWrite5m
	tokens.Input = max(rest, 0)
	return tokens, rest >= 0
}

// takeOpenAI sets what a report of the whole answer so far says. tier is the service
// tier that the answer names beside its usage.
func (u *usage) takeOpenAI(r usageReport, f openAIForm, tier string) {
	r.unknown = slices.Clone(r.unknown)
	_, u.reported = r.counts[f.input]
	var ok bool
	if u.tokens, ok = f.tokens(r); !ok {
		r.addUnknown("usage." + f.cached[0])
	}
	if tier != "" {
		u.tier, u.toldTier = openAITier(tier), true
	}
	u.unknown = append(r.unknown, u.tools.unknown()...)
	u.webSearch, u.codeExecution = u.tools["web_search_call"], u.tools["code_interpreter_call"]
}

// openAITier is a service tier in the words of the price table; empty: the usual one.
func openAITier(tier string) string {
	if tier == "default" || tier == "auto" || prices.IsBase(prices.ServiceTier, tier) {
		return ""
	}
	return capped(tier)
}

// toolCalls counts the calls in an answer of tools that the model's server ran, by
// their type.
type toolCalls map[string]int64

// freeCalls are calls that cost nothing but tokens: the client runs them, or a server
// that somebody else pays for.
var freeCalls = []string{
	"function_call", "custom_tool_call", "local_shell_call", "shell_call", "apply_patch_call", "computer_call", "mcp_call", "tool_search_call",
}

// add counts an item of the answer. Of web searches only those that ask the search
// engine are billed, and not reading one of the pages found.
func (t toolCalls) add(kind, action string) {
	if !strings.HasSuffix(kind, "_call") || slices.Contains(freeCalls, kind) || kind == "web_search_call" && action != "" && action != "search" {
		return
	}
	if len(t) < maxUnknown {
		t[capped(kind)]++
	}
}

// unknown are the calls that are billed by what the meter does not know.
func (t toolCalls) unknown() (fields []string) {
	for kind := range t {
		if kind != "web_search_call" && kind != "code_interpreter_call" {
			fields = append(fields, capped("output."+kind))
		}
	}
	slices.Sort(fields)
	return fields
}

// openAIFailures are OpenAI's codes of an error in a stream, in the words by which
// [retryClass] tells what to do about it. What is not here is a request that will fail
// again.
var openAIFailures = map[string]string{
	"rate_limit_exceeded":  "rate_limit_error",
	"server_is_overloaded": "overloaded_error",
	"slow_down":            "overloaded_error",
	"server_error":         "api_error",
	"":                     "api_error",
}

// turnedAway are codes of errors from before a model ran.
var turnedAway = []string{"rate_limit_exceeded", "insufficient_quota", "context_length_exceeded", "invalid_prompt", "model_not_found"}

// fails notes the error that ended a stream: that of {"error": {...}}, or of an error
// event, which has its code and message at the top.
func (u *usage) fails(data []byte) {
	u.error = readError(data)
	if u.error == (errorBody{}) {
		var top struct {
			Code    shortText `json:"code"`
			Message string    `json:"message"`
		}
		_ = json.Unmarshal(data, &top) // what is no such event says nothing
		u.error = errorBody{code: capped(string(top.Code)), message: top.Message}
	}
	code := u.error.code
	if code == "" && u.error.kind != "error" {
		code = u.error.kind
	}
	failure, known := openAIFailures[code]
	if !known {
		failure = code
	}
	u.failure = failure
	u.free = !u.reported && u.streamed == (Streamed{}) && slices.Contains(turnedAway, code)
}
