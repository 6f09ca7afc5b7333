package prices

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var ofLiteLLM = time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)

// liteLLM is a part of the real file.
func liteLLM(t testing.TB) *LiteLLM {
	t.Helper()
	data, err := os.ReadFile("testdata/litellm/model_prices.json")
	if err != nil {
		t.Fatal(err)
	}
	all, err := DecodeLiteLLM(data, "model_prices.json")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The embedded rates that hold today are LiteLLM's, with all tiers, sizes and factors.
// What differs, and why, is named here.
func TestTheEmbeddedTableIsLiteLLMs(t *testing.T) {
	differ := map[string]string{} // by model: why; nothing does in 1.110.2
	theirs := liteLLM(t)
	for _, model := range Default().Models() {
		key := model
		if slices.Contains(theirs.Names(), "gemini/"+model) {
			key = "gemini/" + model // what Google's own API takes, and not Vertex
		}
		rates, none := theirs.Rates(key)
		if none != nil {
			t.Errorf("%v", none)
			continue
		}
		ours, _ := Default().found(model)
		ours = holding(ours, ofLiteLLM)
		if search, ok := theirs.models[key].searches["search_context_size_medium"]; ok { // of haiku-4-5 it says none
			if each, _ := Default().ToolUSD(WebSearch, model, ofLiteLLM); each != search {
				t.Errorf("%s: a web search costs %v, there %v", model, each, search)
			}
		}
		same := slices.EqualFunc(ours, rates, func(a, b Rate) bool { b.WebSearch = a.WebSearch; return a.costsAs(b) })
		if why := differ[model]; same == (why != "") {
			t.Errorf("%s (%q):\nours   %v\ntheirs %v", model, why, ours, rates)
		}
	}
}

func TestWhatLiteLLMDoesNotPrice(t *testing.T) {
	for model, want := range map[string]string{
		"gpt-astra-latest":           "gpt-astra-latest: alias",
		"claude-opus-latest":         "claude-opus-latest: alias",
		"gemini/gemini-flash-latest": "gemini/gemini-flash-latest: alias",
		"gemini/gemini-exp-1206":     "gemini/gemini-exp-1206: rows of zeros",
		"gpt-5-pro":                  "gpt-5-pro: half-filled, lacks cache_read_input_token_cost",
		"claude-opus-9":              "claude-opus-9: not there",
		"sample_spec":                "sample_spec: not there",
	} {
		rates, none := liteLLM(t).Rates(model)
		if none == nil || none.Error() != want {
			t.Errorf("%s: %v, %v; want %q", model, rates, none, want)
		}
	}
}

// What each of LiteLLM's keys means, by small rows.
func TestHowARowIsRead(t *testing.T) {
	const claude = `"litellm_provider": "anthropic", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06, "cache_read_input_token_cost": 1e-07,
		"cache_creation_input_token_cost": 1.25e-06, "cache_creation_input_token_cost_above_1hr": 2e-06`
	const other = `"litellm_provider": "openai", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06, "cache_read_input_token_cost": 1e-07`
	const base = `"input": 1, "output": 2, "cache_write_5m": 1.25, "cache_write_1h": 2, "cache_read": 0.1`
	for name, test := range map[string]struct {
		row, lacks string
		want       []string
	}{
		"five prices": {claude, "", []string{`{` + base + `}`}},
		"us and fast": {
			claude + `, "provider_specific_entry": {"us": 1.1, "fast": 2.0, "other": "x"}`, "",
			[]string{`{` + base + `, "factors": {"inference_geo": {"us": 1.1}, "speed": {"fast": 2}}}`},
		},
		"a batch": {
			claude + `, "input_cost_per_token_batches": 5e-07, "output_cost_per_token_batches": 1e-06`, "",
			[]string{`{` + base + `, "factors": {"service_tier": {"batch": 0.5}}}`},
		},
		"a batch that has no factor, and lacks prices": {
			claude + `, "input_cost_per_token_batches": 5e-07, "output_cost_per_token_batches": 2e-06`, "",
			[]string{`{` + base + `}`},
		},
		"a batch that has no factor": {
			other + `, "input_cost_per_token_batches": 5e-07, "output_cost_per_token_batches": 1e-06, "cache_read_input_token_cost_batches": 1e-07`, "",
			[]string{
				`{"tier": "batch", "input": 0.5, "output": 1, "cache_write_5m": 0.5, "cache_write_1h": 0.5, "cache_read": 0.1}`,
				`{"input": 1, "output": 2, "cache_write_5m": 1, "cache_write_1h": 1, "cache_read": 0.1}`,
			},
		},
		"large prompts": {
			other + `, "cache_creation_input_token_cost": 3e-06, "input_cost_per_token_above_272k_tokens": 4e-06, "output_cost_per_token_above_272k_tokens": 5e-06,
			"cache_read_input_token_cost_above_272k_tokens": 6e-07, "cache_creation_input_token_cost_above_272k_tokens": 7e-06`, "",
			[]string{
				`{"input": 1, "output": 2, "cache_write_5m": 3, "cache_write_1h": 3, "cache_read": 0.1}`,
				`{"above": 272000, "input": 4, "output": 5, "cache_write_5m": 7, "cache_write_1h": 7, "cache_read": 0.6}`,
			},
		},
		"large prompts without all prices": {
			other + `, "input_cost_per_token_above_200k_tokens": 4e-06`,
			"output_cost_per_token_above_200k_tokens", nil,
		},
		"no price for an hour": {
			strings.Replace(claude, `"cache_creation_input_token_cost_above_1hr": 2e-06`, `"mode": "chat"`, 1),
			"cache_creation_input_token_cost_above_1hr", nil,
		},
		"a price that is null": {strings.Replace(claude, `"output_cost_per_token": 2e-06`, `"output_cost_per_token": null`, 1), "output_cost_per_token", nil},
	} {
		t.Run(name, func(t *testing.T) {
			all, err := DecodeLiteLLM([]byte(`{"m": {`+test.row+`}}`), "l.json")
			if err != nil {
				t.Fatal(err)
			}
			rates, none := all.Rates("m")
			if none != nil && none.Lacks != test.lacks || (none == nil) != (test.lacks == "") {
				t.Fatalf("lacks %v, want %q", none, test.lacks)
			}
			var lines []string
			for _, r := range rates {
				lines = append(lines, r.line())
			}
			if diff := cmp.Diff(test.want, lines); diff != "" {
				t.Errorf("rates (-want +got):\n%s", diff)
			}
		})
	}
}

func TestABrokenFileOfLiteLLMsIsTold(t *testing.T) {
	for in, want := range map[string]string{
		``:                     `l.json:1:1: there is nothing here, want JSON`,
		`{"m": {"input_cost_p`: `l.json:1:21: broken JSON: it ends too early`,
		`[]`:                   `l.json:1:1: this is not LiteLLM's price table`,
		`{}`:                   `l.json:1:1: this is not LiteLLM's price table`,
		`{"m": 3}`:             `l.json:1:7: model "m" must be an object`,
		`{"m": {}, "m": {}}`:   `l.json:1:11: model "m" stands here twice`,
		`{"m": {"input_cost_per_token": "1e-6"}}`:         `l.json:1:32: input_cost_per_token must be a number of US dollars per token, from 0 to 1`,
		`{"m": {"output_cost_per_token_batches": -1}}`:    `l.json:1:41: output_cost_per_token_batches must be`,
		`{"m": {"cache_read_input_token_cost": 3}}`:       `l.json:1:39: cache_read_input_token_cost must be`,
		`{"m": {"input_cost_per_token_priority": {}}}`:    `l.json:1:41: input_cost_per_token_priority must be`,
		strings.Repeat(" ", maxLiteLLMBytes+1):            `l.json: larger than 32 MiB`,
		`{"schema": "benchgate.prices/v1", "models": {}}`: `l.json:1:12: model "schema" must be an object`,
	} {
		_, err := DecodeLiteLLM([]byte(in), "l.json")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: got %v, want an error with %q", in, err, want)
		}
	}
}

// Whatever bytes come: no panic, errors that name the file, and a table that is
// written is read again as the same.
func FuzzDecodeLiteLLM(f *testing.F) {
	f.Add([]byte(`{"claude-x": {"litellm_provider": "anthropic", "mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06,
		"cache_read_input_token_cost": 0.1, "cache_creation_input_token_cost": 0, "cache_creation_input_token_cost_above_1hr": 5e-324}}`))
	f.Add([]byte(`{"gpt-x": {"litellm_provider": "openai", "mode": "responses", "input_cost_per_token": 1e-06, "input_cost_per_token_above_1k_tokens": 0}}`))
	f.Add([]byte(`{"m": {"alias_of": "x"}, "n": {"provider_specific_entry": {"us": -1}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := DecodeLiteLLM(data, "fuzz.json")
		if err != nil {
			for line := range strings.SplitSeq(err.Error(), "\n") {
				if !strings.HasPrefix(line, "fuzz.json:") {
					t.Errorf("error without a position: %q", line)
				}
			}
			return
		}
		update := all.Update(new(Table), all.Names(), "sha256:0", ofLiteLLM)
		if len(update.Changes) == 0 {
			return
		}
		var b bytes.Buffer
		if err := update.Table.Write(&b, ofLiteLLM); err != nil {
			t.Fatal(err)
		}
		again, err := Decode(&b, "written.json")
		if err != nil {
			t.Fatalf("what was written is refused: %v", err)
		}
		if again.Ref().Digest != update.Table.Ref().Digest {
			t.Errorf("what was written has other prices")
		}
	})
}
