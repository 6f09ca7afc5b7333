package meter

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestWhatABodyAsksFor(t *testing.T) {
	long := strings.Repeat("x", 300)
	for body, want := range map[string]asked{
		`{"model":"m","max_tokens":64000,"speed":"fast"}`:                {"m", 64000, "fast", ""},
		`{"messages":[{"model":"inner","max_tokens":1}],"model":"m"}`:    {model: "m"},
		`{"model":"first","model":"last","max_tokens":1,"max_tokens":2}`: {model: "last", maxOutput: 2},
		`{"mod\u0065l":"m"}`:   {model: "m"},
		`{"model":"a\u002db"}`: {model: "a-b"},
		`{"model":"m","Model":"other","max_tokens":"5","speed":["fast"]}`: {model: "m"},
		`{"model":"m","max_tokens":-1}`:                                   {model: "m"},
		`{"model":"m","max_tokens":1e300}`:                                {model: "m"},
		" \n{ \"model\" : \"m\" }\n":                                      {model: "m"},
	} {
		if got, ok := messagesAPI.readAsked([]byte(body)); !ok || got != want {
			t.Errorf("%s: %+v %v, want %+v", body, got, ok, want)
		}
	}
	for _, body := range []string{``, `{`, `[]`, `null`, `"m"`, `{"model":"m"`, `{"model":"m"} x`, `{"model":7}`, `{"model":""}`, `{"model":"` + long + `"}`, `{"model":"m",}`} {
		if got, ok := messagesAPI.readAsked([]byte(body)); ok {
			t.Errorf("%s is read as %+v", body, got)
		}
	}
}

// Whatever the bytes, the model is the one that encoding/json finds.
func FuzzReadAsked(f *testing.F) {
	f.Add([]byte(`{"model":"m","max_tokens":64000,"messages":[{"role":"user","content":"x"}]}`))
	f.Add([]byte(`{"mod\u0065l":"a\"b","model":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var fields map[string]shortText
		_ = json.Unmarshal(body, &fields)
		model := string(fields["model"])
		wanted := model != "" && model == capped(model)
		got, ok := messagesAPI.readAsked(body)
		if ok != wanted && (ok || json.Valid(body)) {
			t.Fatalf("%q: read as %+v %v; encoding/json finds %q", body, got, ok, model)
		}
		if ok && got.model != model {
			t.Fatalf("%q: model %q, encoding/json finds %q", body, got.model, model)
		}
	})
}
