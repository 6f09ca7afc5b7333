package prices

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// The ids of Bedrock and Vertex cost what another table has for each of them.
func TestIDsOfBedrockAndVertex(t *testing.T) {
	data, err := os.ReadFile("testdata/ids.json")
	if err != nil {
		t.Fatal(err)
	}
	var other struct{ Models map[string][5]float64 }
	if err := json.Unmarshal(data, &other); err != nil {
		t.Fatal(err)
	}
	if len(other.Models) < 30 {
		t.Fatalf("only %d ids are recorded", len(other.Models))
	}
	for id, want := range other.Models {
		r, ok := Default().Rate(id, november)
		got := [5]float64{r.Input, r.Output, r.CacheWrite5m, r.CacheWrite1h, r.CacheRead}
		for i := range want {
			if !ok || math.Abs(got[i]-want[i]) > 1e-6 {
				t.Errorf("%s costs %v, want %v", id, got, want)
				break
			}
		}
	}
	for id, base := range map[string]string{
		"us.anthropic.claude-opus-4-5-20251101-v1:0":           "claude-opus-4-5",
		"gateway/eu.anthropic.claude-haiku-5-5[1m]":            "claude-haiku-5-5",
		"claude-opus-4-8@default":                              "claude-opus-4-8",
		"arn:aws:bedrock:us-east-1::x/anthropic.claude-opus-5": "claude-opus-5",
		"our.model@home":                                       "our.model@home",
	} {
		if got := BaseName(id); got != base {
			t.Errorf("BaseName(%q) = %q, want %q", id, got, base)
		}
	}
	if r, ok := Default().Rate("bedrock_mantle/anthropic.claude-opus-5-5", november); ok {
		t.Errorf("a service with prices of its own costs %+v", r)
	}
	own := decode(t, `{"us.anthropic.claude-opus-4-8": [`+rate+`]}`)
	if r, _ := Default().With(own).Rate("us.anthropic.claude-opus-4-8", november); r.Input != 1 {
		t.Errorf("the own row for an id is multiplied: %+v", r)
	}
}
