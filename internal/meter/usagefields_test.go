package meter

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// Every field that the API documents is known, and every one that is known is
// documented, or is in the list below with who sends it.
func TestTheKnownUsageFieldsAreThoseOfTheAPI(t *testing.T) {
	data, err := os.ReadFile("testdata/usage_fields.json")
	if err != nil {
		t.Fatal(err)
	}
	var documented struct {
		Fields []string
		Values map[string][]string
	}
	if err := json.Unmarshal(data, &documented); err != nil {
		t.Fatal(err)
	}
	for _, path := range documented.Fields {
		parent := path[:max(0, strings.LastIndexByte(path, '.'))]
		if usageFields[path] == 0 && usageFields[parent] != detail {
			t.Errorf("the API documents usage.%s, and the meter does not know it", path)
		}
	}
	others := []string{
		"server_tool_use.code_execution_requests", "server_tool_use.tool_search_requests", // earlier versions of the API
		"iterations.output_tokens_details",
		"total_tokens", "prompt_tokens", "prompt_tokens_details", "completion_tokens", "completion_tokens_details", // gateways to other APIs
		"cost", "cost_details", "is_byok", // OpenRouter
	}
	for path := range usageFields {
		if !slices.Contains(documented.Fields, path) && !slices.Contains(others, path) {
			t.Errorf("usage.%s is known, but nobody documents it", path)
		}
	}
	for kind := range partKinds {
		if !slices.Contains(documented.Values["iterations.type"], kind) {
			t.Errorf("a part of kind %q is known, but the API documents none", kind)
		}
	}
	for _, kind := range documented.Values["iterations.type"] {
		if !knownPart(kind) {
			t.Errorf("the API documents parts of kind %q, and the meter does not know them", kind)
		}
	}
}
