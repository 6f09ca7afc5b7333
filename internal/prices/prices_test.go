package prices

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
)

var (
	allKinds = baselines.Tokens{Input: 1, Output: 1, CacheRead: 1, CacheWrite5m: 1, CacheWrite1h: 1}
	november = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
)

func decode(t *testing.T, models string) *Table {
	t.Helper()
	got, err := Decode(strings.NewReader(table(models)), "t.json")
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestTheEmbeddedTableHasItsSourcesNumbers(t *testing.T) {
	type row struct{ input, output, write5m, write1h, read float64 }
	opus := row{5, 25, 6.25, 10, 0.5}
	want := map[string]row{
		"claude-opus-4-7": opus, "claude-opus-4-8": opus, "claude-opus-5": opus,
		"claude-opus-5-5":   {4, 20, 5, 8, 0.2},
		"claude-fable-5":    {10, 50, 12.5, 20, 1},
		"claude-haiku-4-5":  {1, 5, 1.25, 2, 0.1},
		"claude-haiku-5-5":  {0.1, 0.5, 0.125, 0.2, 0.01},
		"claude-sonnet-4-6": {3, 15, 3.75, 6, 0.3},
		"claude-sonnet-5":   {2, 10, 2.5, 4, 0.2},
		"claude-sonnet-5-5": {2, 10, 2.5, 4, 0.1},

		"claude-fable-5-1": {10, 50, 12.5, 20, 0.25}, "claude-mythos-5-1": {10, 50, 12.5, 20, 0.25},
		"claude-mythos-5": {10, 50, 12.5, 20, 1},
		"claude-opus-4-5": opus, "claude-opus-4-6": opus,
		"claude-sonnet-4-5": {3, 15, 3.75, 6, 0.3},

		"gpt-5.3-codex":          {1.75, 14, 1.75, 1.75, 0.175}, // no price for writes: they are input
		"gpt-6-sol":              {2, 10, 2.5, 2.5, 0.2},
		"gpt-6-sol-2026-10-01":   {2, 10, 2.5, 2.5, 0.2},
		"gemini-3.1-pro-preview": {2, 12, 2, 2, 0.2},
		"gemini-2.5-flash":       {0.3, 2.5, 0.3, 0.3, 0.03},
	}
	got := make(map[string]row)
	for model := range want {
		r, ok := Default().Rate(model, november)
		if !ok {
			t.Fatalf("no rate for %s", model)
		}
		got[model] = row{r.Input, r.Output, r.CacheWrite5m, r.CacheWrite1h, r.CacheRead}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
		t.Errorf("rates (-want +got):\n%s", diff)
	}
	if usd, ok := Default().ToolUSD("web_search", "", november); !ok || usd != 0.01 {
		t.Errorf("web search: %v, %v", usd, ok)
	}
	if usd, ok := Default().ToolUSD("web_fetch", "", november); !ok || usd != 0 {
		t.Errorf("web fetch: %v, %v", usd, ok)
	}
	if usd, ok := Default().ToolUSD("code_execution", "", november); ok {
		t.Errorf("code execution costs %v for each use, but it is billed by the hour", usd)
	}
}

// What the usage of an answer says of tier, speed, place and size of prompt decides
// the price; a value that the table does not have leaves the price unknown.
func TestTermsDecideThePrice(t *testing.T) {
	day := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC) }
	for name, test := range map[string]struct {
		model  string
		terms  Terms
		input  float64
		read   float64
		reason string
	}{
		"the usual":                  {"claude-opus-4-8", Terms{Tier: "standard", Speed: "standard", Geo: "global"}, 5, 0.5, ""},
		"a place that is not told":   {"claude-haiku-4-5", Terms{Geo: "not_available"}, 1, 0.1, ""},
		"fast":                       {"claude-opus-4-8", Terms{Speed: "fast"}, 10, 1, ""},
		"in the United States":       {"claude-opus-4-8", Terms{Geo: "us"}, 5.5, 0.55, ""},
		"fast, there, in a batch":    {"claude-opus-4-8", Terms{Geo: "us", Speed: "fast", Tier: "batch"}, 5.5, 0.55, ""},
		"fast, but sold by nobody":   {"claude-sonnet-5", Terms{Speed: "fast"}, 0, 0, "speed=fast"},
		"a tier of a contract":       {"claude-opus-4-8", Terms{Tier: "priority"}, 0, 0, "service_tier=priority"},
		"a place of next year":       {"claude-opus-4-8", Terms{Geo: "moon"}, 0, 0, "inference_geo=moon"},
		"a prompt of 100,000 tokens": {"claude-haiku-5-5", Terms{Prompt: 100_000}, 0.1, 0.01, ""},
		"one token more":             {"claude-haiku-5-5", Terms{Prompt: 100_001}, 0.5, 0.05, ""},
		"and in the United States":   {"claude-haiku-5-5[1m]", Terms{Prompt: 100_001, Geo: "us"}, 0.55, 0.055, ""},
		"reads before the cut":       {"claude-sonnet-5-5", Terms{At: day(10, 6)}, 2, 0.2, ""},
		"reads after it":             {"claude-sonnet-5-5", Terms{At: day(10, 7)}, 2, 0.1, ""},
	} {
		if test.terms.At.IsZero() {
			test.terms.At = november
		}
		rate, missing := Default().RateOn(test.model, test.terms)
		reason := ""
		if missing != nil {
			reason = missing.Term
		}
		if reason != test.reason || math.Abs(rate.Input-test.input) > 1e-12 || math.Abs(rate.CacheRead-test.read) > 1e-12 {
			t.Errorf("%s: %v and %v dollars, %q; want %v and %v, %q", name, rate.Input, rate.CacheRead, reason, test.input, test.read, test.reason)
		}
	}
}

// Rates of a later day take the place of all before, also of those for large prompts.
func TestALaterDayEndsEverySizeBeforeIt(t *testing.T) {
	zeros := `"output": 0, "cache_write_5m": 0, "cache_write_1h": 0, "cache_read": 0}`
	table := decode(t, `{"m": [{"input": 1, `+zeros+`, {"above": 10, "input": 2, `+zeros+`, {"above": 50, "input": 3, `+zeros+`,
		{"from": "2026-12-01", "input": 4, `+zeros+`]}`)
	for prompt, want := range map[int64]float64{0: 1, 10: 1, 11: 2, 50: 2, 51: 3} {
		if r, _ := table.RateOn("m", Terms{At: november, Prompt: prompt}); r.Input != want {
			t.Errorf("a prompt of %d costs %v, want %v", prompt, r.Input, want)
		}
		if r, _ := table.RateOn("m", Terms{At: november.AddDate(0, 1, 0), Prompt: prompt}); r.Input != 4 {
			t.Errorf("from December a prompt of %d costs %v, want 4", prompt, r.Input)
		}
	}
}

func TestAModelIsFoundUnderItsSpellings(t *testing.T) {
	opus := "claude-opus-4-8"
	for _, name := range []string{
		opus, opus + "[1m]", "anthropic/" + opus, opus + "-20261120",
		"gateway/anthropic/" + opus + "-20261120[1m]",
	} {
		if _, ok := Default().Rate(name, november); !ok {
			t.Errorf("%s has no price", name)
		}
		if got := BaseName(name); got != opus {
			t.Errorf("BaseName(%q) = %q", name, got)
		}
	}
	for _, name := range []string{"", "claude-opus-9-9", opus + "-fast", opus + "-2026", "gpt-9", "[1m]", "x/"} {
		if r, ok := Default().Rate(name, november); ok {
			t.Errorf("%q is priced as something else: %+v", name, r)
		}
	}
}

func TestAnExactNameGoesBeforeAShorterOne(t *testing.T) {
	table := decode(t, `{"m": [{"input": 1, "output": 0, "cache_write_5m": 0, "cache_write_1h": 0, "cache_read": 0}],
		"m-20260101": [{"input": 2, "output": 0, "cache_write_5m": 0, "cache_write_1h": 0, "cache_read": 0}]}`)
	for name, want := range map[string]float64{"m": 1, "m-20260101": 2, "m-20260102": 1} {
		if r, _ := table.Rate(name, november); r.Input != want {
			t.Errorf("%s costs %v, want %v", name, r.Input, want)
		}
	}
}

func TestARateCountsFromItsDateAndInItsTier(t *testing.T) {
	zeros := `"output": 0, "cache_write_5m": 0, "cache_write_1h": 0, "cache_read": 0}`
	table := decode(t, `{"m": [
		{"from": "2026-12-01", "input": 2, `+zeros+`,
		{"from": "2026-06-01", "input": 3, `+zeros+`,
		{"from": "2026-06-01", "tier": "priority", "input": 9, `+zeros+`]}`)
	day := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC) }
	for _, test := range []struct {
		at    time.Time
		tier  string
		want  float64
		known bool
	}{
		{day(5, 31), Standard, 0, false},
		{day(6, 1), Standard, 3, true},
		{day(11, 30), "", 3, true},
		{day(12, 1), Standard, 2, true},
		{day(12, 1), "priority", 9, true},
		{day(12, 1), "batch", 0, false},
	} {
		r, missing := table.RateOn("m", Terms{Tier: test.tier, At: test.at})
		if ok := missing == nil; ok != test.known || r.Input != test.want {
			t.Errorf("%s in tier %q: %v, %v; want %v, %v", test.at.Format(time.DateOnly), test.tier, r.Input, missing, test.want, test.known)
		}
	}
}

// 120 x 5 + 900 x 25 + 41000 x 0.5 + 5200 x 6.25 + 300 x 10
// = 600 + 22500 + 20500 + 32500 + 3000 = 79100 millionths of a dollar.
func TestUSDByHand(t *testing.T) {
	r, _ := Default().Rate("claude-opus-4-8", november)
	got := r.USD(baselines.Tokens{Input: 120, Output: 900, CacheRead: 41000, CacheWrite5m: 5200, CacheWrite1h: 300})
	if math.Abs(got-0.0791) > 1e-15 {
		t.Errorf("USD = %v, want 0.0791", got)
	}
}

// A price is shown with the place where it stands and its date.
func TestARowHasItsSource(t *testing.T) {
	own, err := Decode(strings.NewReader(`{"schema": "benchgate.prices/v1", "source": "s", "models": {
		"m": [`+rate+`,
			{"from": "2026-11-01", `+strings.TrimPrefix(rate, "{")+`],
		"later": [{"from": "2026-12-01", `+strings.TrimPrefix(rate, "{")+`]}, "date": "2026-10-01"}`), "own.json")
	if err != nil {
		t.Fatal(err)
	}
	both := Default().With(own)
	for model, want := range map[string]struct{ name, source, date, from string }{
		"claude-opus-4-8":                  {"claude-opus-4-8", "embedded table", "2026-11-27", "0001-01-01"},
		"anthropic/claude-opus-4-8[1m]":    {"claude-opus-4-8", "embedded table", "2026-11-27", "0001-01-01"},
		"m":                                {"m", "own.json:3", "2026-10-01", "2026-11-01"},
		"gateway/anthropic/m-20261101[1m]": {"m", "own.json:3", "2026-10-01", "2026-11-01"},
	} {
		row, ok := both.Row(model, november)
		if !ok || row.Model != want.name || row.Source() != want.source || row.Date.Format(time.DateOnly) != want.date || row.From.Format(time.DateOnly) != want.from {
			t.Errorf("%s: %+v (%s), %v; want %+v", model, row, row.Source(), ok, want)
		}
	}
	for model, want := range map[string]string{"later": "2026-12-01", "m": "", "nobody": ""} {
		from, ok := both.NotYet(model, november)
		if ok != (want != "") || ok && from.Format(time.DateOnly) != want {
			t.Errorf("%s is priced from %v, %v; want %q", model, from, ok, want)
		}
	}
	if _, ok := both.Row("later", november); ok {
		t.Error("a model has a price before its first day")
	}
}

func TestAnOwnTableGoesOverTheDefault(t *testing.T) {
	own := decode(t, `{"our-model": [`+rate+`], "claude-opus-4-8": [`+rate+`]}`)
	both := Default().With(own)

	if r, ok := both.Rate("our-model", november); !ok || r.Input != 1 {
		t.Errorf("our-model: %+v, %v", r, ok)
	}
	if r, _ := both.Rate("claude-opus-4-8", november); r.Input != 1 {
		t.Errorf("the own rate did not win: %+v", r)
	}
	if r, _ := both.Rate("claude-opus-4-7", november); r.Input != 5 {
		t.Errorf("the default's rate is gone: %+v", r)
	}
	if _, ok := both.ToolUSD("web_search", "", november); !ok {
		t.Error("the default's web search price is gone")
	}
	if r, _ := Default().Rate("claude-opus-4-8", november); r.Input != 5 {
		t.Error("With changed the table it was called on")
	}
	ref := both.Ref()
	if !strings.Contains(ref.Source, Default().Ref().Source) || !strings.Contains(ref.Source, own.Ref().Source) {
		t.Errorf("source %q does not name both", ref.Source)
	}
	if ref.Digest == Default().Ref().Digest || ref.Digest == own.Ref().Digest {
		t.Error("three tables, but not three digests")
	}
}

func TestAHeaderGetsTheRatesOfItsModels(t *testing.T) {
	got := Default().RefFor(november, "claude-opus-4-8", "my-company-model")
	want := Default().Ref()
	want.Rates = map[string]baselines.Rates{"claude-opus-4-8": {Input: 5, Output: 25, CacheWrite5m: 6.25, CacheWrite1h: 10, CacheRead: 0.5}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("prices (-want +got):\n%s", diff)
	}
}

func TestTheDigestIsAboutPricesOnly(t *testing.T) {
	a := decode(t, `{"m": [`+rate+`], "n": [`+rate+`]}`)
	b, err := Decode(strings.NewReader(`{"source": "elsewhere", "date": "2025-01-01", "schema": "benchgate.prices/v1",
		"models": {"n": [`+rate+`], "m": [`+strings.Replace(rate, "{", `{"tier": "standard", `, 1)+`]}}`), "b.json")
	if err != nil {
		t.Fatal(err)
	}
	if a.Ref().Digest != b.Ref().Digest {
		t.Error("the same prices in another order have another digest")
	}
	c := decode(t, `{"m": [`+rate+`], "n": [`+strings.Replace(rate, "5}", "5.5}", 1)+`]}`)
	if a.Ref().Digest == c.Ref().Digest {
		t.Error("another price has the same digest")
	}
}
