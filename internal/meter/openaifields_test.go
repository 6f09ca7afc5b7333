package meter

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// Every field that OpenAI's APIs document is known, but for those that have prices of
// their own, which make a request's cost not known.
func TestTheKnownUsageFieldsAreThoseOfOpenAI(t *testing.T) {
	data, err := os.ReadFile("testdata/usage_fields_openai.json")
	if err != nil {
		t.Fatal(err)
	}
	var documented struct{ Responses, Completions, Calls []string }
	if err := json.Unmarshal(data, &documented); err != nil {
		t.Fatal(err)
	}
	unpriced := []string{
		"input_tokens_details.cache_write_tokens_details.ttl_12h_tokens",
		"prompt_tokens_details.audio_tokens", "completion_tokens_details.audio_tokens",
	}
	gateways := []string{
		"cost", "cost_details", "is_byok", // OpenRouter
		"input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", // LiteLLM
		"prompt_tokens_details.cache_creation_tokens", "prompt_tokens_details.cache_creation_token_details",
		"input_tokens_details.text_tokens", "input_tokens_details.image_tokens",
		"prompt_cache_hit_tokens", "prompt_cache_miss_tokens", // DeepSeek
	}
	for _, form := range []struct {
		openAIForm
		documented []string
	}{{responsesForm, documented.Responses}, {completionsForm, documented.Completions}} {
		for _, path := range form.documented {
			parent := path[:max(0, strings.LastIndexByte(path, '.'))]
			known := form.fields[path] != 0 || form.fields[parent] == detail
			if known == slices.Contains(unpriced, path) {
				t.Errorf("usage.%s is documented; the meter knows it: %v", path, known)
			}
		}
		for path := range form.fields {
			if !slices.Contains(form.documented, path) && !slices.Contains(gateways, path) {
				t.Errorf("usage.%s is known, but nobody documents it", path)
			}
		}
	}
	billed := []string{"web_search_call", "code_interpreter_call"} // by the meter's own counts
	unknown := []string{"file_search_call", "image_generation_call"}
	for _, call := range documented.Calls {
		tools := make(toolCalls)
		tools.add(call, "")
		isUnknown := len(tools.unknown()) > 0
		if isFree := len(tools) == 0; isUnknown != slices.Contains(unknown, call) || isFree == (isUnknown || slices.Contains(billed, call)) {
			t.Errorf("%s: free %v, not known %v", call, isFree, isUnknown)
		}
	}
}
