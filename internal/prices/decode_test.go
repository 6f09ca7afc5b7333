package prices

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEveryMistakeOfAFileIsToldAtOnce(t *testing.T) {
	file, err := os.Open("testdata/five-mistakes.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()

	_, err = Decode(file, "prices.json")
	if err == nil {
		t.Fatal("a table with five mistakes was accepted")
	}
	want := []string{
		`prices.json:4:11: date must be a date such as "2026-11-23"`,
		`prices.json:5:3: unknown key "currency", want one of schema, source, date, models, web_search, web_fetch, code_execution`,
		`prices.json:8:17: input must be a number of US dollars from 0 to 1000000`,
		`prices.json:8:95: cache_read must be a number of US dollars from 0 to 1000000`,
		`prices.json:11:7: a rate lacks "cache_read"`,
	}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

const rate = `{"input": 1, "output": 2, "cache_write_5m": 3, "cache_write_1h": 4, "cache_read": 5}`

func table(models string) string {
	return `{"schema": "benchgate.prices/v1", "source": "s", "date": "2026-11-23", "models": ` + models + `}`
}

func TestWhatDecodeRefuses(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"an empty file":           {``, `t.json:1:1: there is nothing here, want JSON`},
		"half a file":             {`{"schema": "benchg`, `t.json:1:19: broken JSON: it ends too early`},
		"no JSON":                 {`{schema: 1}`, `t.json:1:2: broken JSON: invalid character 's'`},
		"two tables":              {table(`{"m": [`+rate+`]}`) + ` {}`, `something follows the end of the document`},
		"a list":                  {`[]`, `t.json:1:1: the table must be an object`},
		"a later schema":          {strings.Replace(table(`{"m": [`+rate+`]}`), "/v1", "/v2", 1), `t.json:1:12: schema is "benchgate.prices/v2", want "benchgate.prices/v1"`},
		"no models":               {table(`{}`), `models is empty`},
		"models as a list":        {table(`[]`), `models must be an object`},
		"a model twice":           {table(`{"m": [` + rate + `], "m": [` + rate + `]}`), `model "m" stands here twice`},
		"a model without rates":   {table(`{"m": []}`), `model "m" needs a list of rates`},
		"a rate that is a number": {table(`{"m": [3]}`), `a rate must be an object`},
		"a key twice":             {table(`{"m": [{"input": 1, "input": 1}]}`), `key "input" stands here twice`},
		"one day, two rates":      {table(`{"m": [` + rate + `,` + rate + `]}`), `two rates for the same date, tier and size of prompt`},
		"large prompts only":      {table(`{"m": [` + strings.Replace(rate, "{", `{"above": 9,`, 1) + `]}`), `t.json:1:89: model "m" has a rate above 9 tokens, but none of the same date and tier for smaller prompts`},
		"half a prompt":           {table(`{"m": [` + strings.Replace(rate, "{", `{"above": 0.5,`, 1) + `]}`), `above must be a whole number of tokens`},
		"a factor for a moon":     {table(`{"m": [` + strings.Replace(rate, "{", `{"factors": {"moon": {"full": 2}},`, 1) + `]}`), `unknown key "moon", want one of service_tier, speed, inference_geo`},
		"a factor that is a word": {table(`{"m": [` + strings.Replace(rate, "{", `{"factors": {"speed": {"fast": "2"}},`, 1) + `]}`), `factors.speed.fast must be a number above 0`},
		"a factor for no value":   {table(`{"m": [` + strings.Replace(rate, "{", `{"factors": {"speed": 2},`, 1) + `]}`), `factors.speed must be an object of value and multiplier`},
		"a price per token":       {table(`{"m": [` + strings.Replace(rate, "1,", "1e7,", 1) + `]}`), `from 0 to 1000000`},
		"a price beyond float64":  {table(`{"m": [` + strings.Replace(rate, "1,", "1e999,", 1) + `]}`), `from 0 to 1000000`},
		"a tier that is empty":    {table(`{"m": [` + strings.Replace(rate, "{", `{"tier": " ",`, 1) + `]}`), `tier must be a text`},
		"deep nesting":            {strings.Repeat(`[`, 100_000), `nested too deeply`},
		"a huge file":             {strings.Repeat(` `, maxBytes+1), `t.json: larger than 4 MiB`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Decode(strings.NewReader(test.in), "t.json")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

// Whatever bytes come: no panic, errors that name the file, and a table that
// was accepted prices nothing below zero.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(embedded))
	f.Add([]byte(table(`{"m": [` + rate + `]}`)))
	f.Add([]byte(table(`{"m": [` + strings.Replace(rate, "{", `{"factors": {"speed": {"fast": 2}},`, 1) + `, ` + strings.Replace(rate, "{", `{"above": 9,`, 1) + `]}`)))
	f.Add([]byte(`{"models": {"a": [{"from": 3}]}, "models": null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Decode(strings.NewReader(string(data)), "fuzz.json")
		if err != nil {
			for line := range strings.SplitSeq(err.Error(), "\n") {
				if !strings.HasPrefix(line, "fuzz.json:") {
					t.Errorf("error without a position: %q", line)
				}
			}
			return
		}
		for _, model := range got.Models() {
			for _, r := range got.rates[model] {
				if usd := r.USD(allKinds); usd < 0 {
					t.Errorf("model %q costs %v", model, usd)
				}
			}
		}
		if ref := got.Ref(); len(ref.Digest) != len("sha256:")+64 {
			t.Errorf("digest %q", ref.Digest)
		}
	})
}
