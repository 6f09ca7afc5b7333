package meter_test

import (
	"math"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
)

// completion is a streamed chat completion with these chunks before its end.
func completion(chunks ...string) string {
	chunks = append([]string{
		`{"object":"chat.completion.chunk","model":"gpt-5.3-codex","choices":[{"index":0,"delta":{"role":"assistant","content":"a private answer"},"finish_reason":null}],"usage":null}`,
		`{"object":"chat.completion.chunk","model":"gpt-5.3-codex","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]},"finish_reason":null}]}`,
	}, chunks...)
	return "data: " + strings.Join(append(chunks, "[DONE]"), "\n\ndata: ") + "\n\n"
}

const (
	finished = `{"object":"chat.completion.chunk","model":"gpt-5.3-codex","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`
	counted  = `{"object":"chat.completion.chunk","model":"gpt-5.3-codex","choices":[],"usage":{"prompt_tokens":41000,"completion_tokens":200,"total_tokens":41200,"prompt_tokens_details":{"cached_tokens":40000,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":150}}}`
)

func TestWhatAChatCompletionCosts(t *testing.T) {
	const usd = 0.01155
	tokens := baselines.Tokens{Input: 1000, CacheRead: 40000, Output: 200}
	early := strings.Replace(strings.Replace(counted, `"choices":[]`, `"choices":[{"index":0,"delta":{"content":"x"}}]`, 1), `:200`, `:7`, 1)
	ofAnthropic := `{"choices":[],"usage":{"prompt_tokens":41000,"completion_tokens":200,"total_tokens":41200,"cache_read_input_tokens":39000,"cache_creation_input_tokens":1000}}`
	for name, test := range map[string]struct {
		contentType, body string
		usd               float64 // NaN: not known
		tokens            baselines.Tokens
	}{
		"usage was asked for":          {"text/event-stream", completion(finished, counted), usd, tokens},
		"no mark at the end":           {"text/event-stream", strings.Replace(completion(finished, counted), "data: [DONE]\n\n", "", 1), usd, tokens},
		"usage in each chunk":          {"text/event-stream", completion(early, finished, counted), usd, tokens},
		"the cache as LiteLLM says it": {"text/event-stream", completion(finished, ofAnthropic), 0.001*1.75 + 0.039*0.175 + 0.001*1.75 + 0.0028, baselines.Tokens{Input: 1000, CacheRead: 39000, CacheWrite5m: 1000, Output: 200}},
		"audio":                        {"text/event-stream", completion(finished, strings.Replace(counted, `"audio_tokens":0`, `"audio_tokens":9`, 1)), math.NaN(), tokens},
		"in one piece":                 {"application/json", `{"object":"chat.completion","model":"gpt-5.3-codex","choices":[{"message":{"content":"hi"},"finish_reason":"stop"}],` + counted[strings.Index(counted, `"usage"`):], usd, tokens},
	} {
		t.Run(name, func(t *testing.T) {
			line := openAIMetered(t, "/v1/chat/completions", `{"model":"gpt-5.3-codex","stream":true,"messages":[]}`, test.contentType, test.body)
			switch {
			case line.Tokens == nil || *line.Tokens != test.tokens || line.Cut || line.Retry != "":
				t.Errorf("the line is %+v", line)
			case math.IsNaN(test.usd) != (line.USD == nil) || line.USD != nil && math.Abs(*line.USD-test.usd) > 1e-9:
				t.Errorf("it cost %v, want %v", line.USD, test.usd)
			}
		})
	}
}

// Without stream_options.include_usage the usage is not told: the request counts as
// one that was cut, estimated from what came, and not as one that failed.
func TestAChatCompletionWithoutUsageIsEstimated(t *testing.T) {
	for _, body := range []string{completion(finished), completion(), strings.Replace(completion(finished), "data: [DONE]\n\n", "", 1)} {
		line := openAIMetered(t, "/v1/chat/completions", `{"model":"gpt-5.3-codex","stream":true,"messages":[]}`, "text/event-stream", body)
		if !line.Cut || line.Retry != "" || line.Tokens != nil || line.Streamed == nil || line.Streamed.Text != 16 || line.Streamed.ToolInput != 2 {
			t.Errorf("the line is %+v", line)
		}
	}
	broken := openAIMetered(t, "/v1/chat/completions", `{"model":"gpt-5.3-codex","stream":true,"messages":[]}`, "text/event-stream", strings.Replace(completion(), "data: [DONE]\n\n", "", 1))
	if !broken.Cut || broken.Retry != meter.Network {
		t.Errorf("the line of an answer that broke off is %+v", broken)
	}
}
