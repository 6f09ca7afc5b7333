package prices

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// theirRow is a model in LiteLLM's file.
const theirRow = `{"litellm_provider": "anthropic", "mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06,
	"cache_creation_input_token_cost": 3e-06, "cache_creation_input_token_cost_above_1hr": 4e-06, "cache_read_input_token_cost": 5e-06}`

const theirLine = `{"input": 1, "output": 2, "cache_write_5m": 3, "cache_write_1h": 4, "cache_read": 5, "source": "LiteLLM sha256:x"}`

// updated is what the file changes in a table of these models.
func updated(t *testing.T, file, own string, named ...string) Update {
	t.Helper()
	theirs, err := DecodeLiteLLM([]byte(file), "l.json")
	if err != nil {
		t.Fatal(err)
	}
	table := new(Table)
	if own != "" {
		table = decode(t, own)
	}
	return theirs.Update(table, named, "sha256:x", ofLiteLLM)
}

func TestANewModelIsTaken(t *testing.T) {
	u := updated(t, `{"claude-x": `+theirRow+`}`, "")
	if diff := cmp.Diff([]Change{{Model: "claude-x", After: []string{theirLine}}}, u.Changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if r, ok := u.Table.Rate("claude-x", november.AddDate(-1, 0, 0)); !ok || r.CacheRead != 5 {
		t.Errorf("before today it costs %+v, %t", r, ok)
	}
}

// A price that changes does so from that day on: the embedded rates before stay.
func TestAPriceThatChangesKeepsItsPast(t *testing.T) {
	u := updated(t, `{"claude-opus-4-8": `+theirRow+`}`, "")
	if len(u.Changes) != 1 || len(u.Changes[0].Before) != 1 || !strings.HasPrefix(u.Changes[0].After[0], `{"from": "2026-11-27", `) {
		t.Fatalf("changes %+v", u.Changes)
	}
	merged := Default().With(u.Table)
	for day, want := range map[int]float64{26: 5, 27: 1} {
		if r, _ := merged.Rate("claude-opus-4-8", time.Date(2026, 11, day, 12, 0, 0, 0, time.UTC)); r.Input != want {
			t.Errorf("on the %dth it costs %v, want %v", day, r.Input, want)
		}
	}
}

func TestOwnRowsWin(t *testing.T) {
	u := updated(t, `{"claude-x": `+theirRow+`}`, `{"claude-x": [`+strings.Replace(rate, "1,", "9,", 1)+`]}`)
	if len(u.Changes) != 0 || len(u.Kept) != 1 {
		t.Errorf("changes %v, kept %v; want the own row kept", u.Changes, u.Kept)
	}
	if r, _ := u.Table.Rate("claude-x", november); r.Input != 9 {
		t.Errorf("it costs %v, want 9", r.Input)
	}
}

// A row that an update wrote is no row of the user's: the next one may change it.
func TestAnUpdateChangesWhatAnUpdateWrote(t *testing.T) {
	first := updated(t, `{"claude-x": `+theirRow+`}`, "")
	var b bytes.Buffer
	if err := first.Table.Write(&b, ofLiteLLM); err != nil {
		t.Fatal(err)
	}
	own, err := Decode(&b, "prices.json")
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := DecodeLiteLLM([]byte(`{"claude-x": `+strings.Replace(theirRow, "1e-06", "7e-06", 1)+`}`), "l.json")
	if err != nil {
		t.Fatal(err)
	}
	later := ofLiteLLM.AddDate(0, 0, 3)
	for range 2 { // the second time nothing is left to do
		u := theirs.Update(own, nil, "sha256:y", later)
		for at, want := range map[time.Time]float64{ofLiteLLM: 1, later: 7} {
			if r, _ := u.Table.Rate("claude-x", at); r.Input != want {
				t.Errorf("at %v it costs %v, want %v", at, r.Input, want)
			}
		}
		own = u.Table
	}
	if u := theirs.Update(own, nil, "sha256:y", later); len(u.Changes) != 0 || u.Same != 1 {
		t.Errorf("again: %+v", u)
	}
}

// The embedded rates that an update copies beside its own are no rows of the user's,
// and a tier that LiteLLM gives no rate of its own any more ends.
func TestTheNextUpdateChangesAnEmbeddedModelAgain(t *testing.T) {
	row := func(input string) string {
		return `{"gemini/gemini-2.5-flash": ` + strings.NewReplacer("anthropic", "gemini", "1e-06", input).Replace(theirRow) + `}`
	}
	first := updated(t, row("7e-06"), "")
	theirs, err := DecodeLiteLLM([]byte(row("8e-06")), "l.json")
	if err != nil {
		t.Fatal(err)
	}
	later := ofLiteLLM.AddDate(0, 0, 3)
	u := theirs.Update(first.Table, nil, "sha256:y", later)
	if len(u.Changes) != 1 || len(u.Kept) != 0 {
		t.Fatalf("changes %v, kept %v", u.Changes, u.Kept)
	}
	for at, want := range map[time.Time]float64{november: 0.3, ofLiteLLM: 7, later: 8} {
		if r, _ := u.Table.Rate("gemini-2.5-flash", at); r.Input != want {
			t.Errorf("at %v it costs %v, want %v", at, r.Input, want)
		}
	}
	if r, none := u.Table.RateOn("gemini-2.5-flash", Terms{At: later, Tier: "batch"}); none == nil {
		t.Errorf("a batch still costs what it did: %+v", r)
	}
	if u := theirs.Update(u.Table, nil, "sha256:y", later); len(u.Changes) != 0 || u.Same != 1 {
		t.Errorf("again: %+v", u)
	}
}

// Without a name the models of the three providers are looked at that still answer;
// a name asks for any.
func TestWhichModelsAreLookedAt(t *testing.T) {
	with := func(key, value string) string { return strings.Replace(theirRow, "{", `{"`+key+`": "`+value+`", `, 1) }
	file := `{"claude-x": ` + theirRow + `, "claude-x-20261120": ` + theirRow + `, "claude-old": ` + with("deprecation_date", "2026-11-27") + `,
		"gemini/gemini-x": ` + strings.Replace(theirRow, "anthropic", "gemini", 1) + `, "gemini-x": ` + strings.Replace(theirRow, "anthropic", "vertex_ai", 1) + `,
		"picture": ` + strings.Replace(theirRow, "chat", "image_generation", 1) + `, "azure/gpt-x": ` + strings.Replace(theirRow, "anthropic", "azure", 1) + `}`
	names := func(u Update) (names []string) {
		for _, c := range u.Changes {
			names = append(names, c.Model)
		}
		return names
	}
	u := updated(t, file, "")
	if diff := cmp.Diff([]string{"claude-x", "gemini-x"}, names(u)); diff != "" || u.Retired != 1 || u.Same != 1 {
		t.Errorf("%d retired, %d the same, models (-want +got):\n%s", u.Retired, u.Same, diff)
	}
	u = updated(t, file, "", "azure/gpt-x", "claude-old", "nobody")
	if diff := cmp.Diff([]string{"azure/gpt-x", "claude-old"}, names(u)); diff != "" || len(u.NotPriced) != 1 || u.NotPriced[0].Kind != Absent {
		t.Errorf("not priced %v, models (-want +got):\n%s", u.NotPriced, diff)
	}
}

// A web search that costs other than the table says for all has its price in the rate.
func TestAWebSearchOfItsOwnPrice(t *testing.T) {
	searching := func(usd string) string {
		return strings.Replace(theirRow, "{", `{"search_context_cost_per_query": {"search_context_size_medium": `+usd+`}, `, 1)
	}
	u := updated(t, `{"claude-x": `+searching("0.035")+`, "claude-y": `+searching("0.01")+`}`, "")
	merged := Default().With(u.Table)
	for model, want := range map[string]float64{"claude-x": 0.035, "claude-y": 0.01, "claude-opus-4-8": 0.01} {
		if each, ok := merged.ToolUSD(WebSearch, model, november); !ok || each != want {
			t.Errorf("%s: a search costs %v, want %v", model, each, want)
		}
	}
	if r, _ := u.Table.Rate("claude-y", november); r.WebSearch != nil {
		t.Errorf("the usual price stands in the rate: %v", *r.WebSearch)
	}
}

// A table that is written is read as the same.
func TestATableIsWrittenAndRead(t *testing.T) {
	var b bytes.Buffer
	if err := Default().Write(&b, ofLiteLLM); err != nil {
		t.Fatal(err)
	}
	again, err := Decode(&b, "written.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default().Ref(), again.Ref()); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}
