// Package prices says what a model request costs.
//
// A [Table] (benchgate.prices/v1, JSON) lists, per model, rates in US dollars
// per million tokens, each valid from a date and in a service tier. One table
// is embedded ([Default]); a user's own file ([Decode]) goes over it
// ([Table.With]):
//
//	{
//	  "schema": "benchgate.prices/v1",
//	  "source": "our contract of October",
//	  "date": "2026-10-01",
//	  "web_search": 0.01,
//	  "models": {
//	    "our-model": [
//	      {"input": 3, "output": 15, "cache_write_5m": 3.75, "cache_write_1h": 6, "cache_read": 0.3},
//	      {"from": "2027-01-01", "input": 2, "output": 10, "cache_write_5m": 2.5, "cache_write_1h": 4, "cache_read": 0.2}
//	    ]
//	  }
//	}
//
// A model without a rate has no price: its tokens are known, its dollars are
// not. A name is never priced as another model's, as some agents do without
// saying so in the dollars they report.
package prices

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/benchgate/benchgate/baselines"
)

// SchemaV1 names the table's format.
const SchemaV1 = "benchgate.prices/v1"

// Standard is the service tier of a rate, or of a request, that names none.
const Standard = "standard"

//go:embed table.json
var embedded string

// embeddedFile is the name of that table in messages.
const embeddedFile = "(embedded prices)"

// Table is an immutable price table. Make one with [Default], [Decode] or
// [Table.With]; the zero Table prices nothing.
type Table struct {
	source    string
	webSearch *float64          // US dollars per request; nil when not known
	rates     map[string][]Rate // by model
}

// Default returns the embedded table: the list prices that Claude Code 2.1.330
// charges with, each found from a request of one kind of token.
func Default() *Table {
	t, err := Decode(strings.NewReader(embedded), embeddedFile)
	if err != nil {
		panic(err) // a broken embedded file cannot pass this package's tests
	}
	return t
}

// Rate returns what the model costs at that time in the standard tier. See
// [Table.TierRate] for how the name is found.
func (t *Table) Rate(model string, at time.Time) (Rate, bool) {
	return t.TierRate(model, Standard, at)
}

// TierRate returns the rate of the model in a service tier that is valid at the
// time: the one with the latest From that is not after it. The exact name is
// looked up first, then the name without "[1m]", then also without "provider/",
// and then also without "-YYYYMMDD". ok is false when the table has no such
// model, no such tier of it, or no rate that was valid yet.
func (t *Table) TierRate(model, tier string, at time.Time) (rate Rate, ok bool) {
	name, known := t.nameOf(model)
	if !known {
		return Rate{}, false
	}
	if tier == "" {
		tier = Standard
	}
	for _, r := range t.rates[name] { // sorted by From
		if r.Tier == tier && !r.From.After(at) {
			rate, ok = r, true
		}
	}
	return rate, ok
}

// nameOf is the name under which the table has the model.
func (t *Table) nameOf(model string) (name string, known bool) {
	for _, name := range baselines.ModelNames(model) {
		if _, known := t.rates[name]; known {
			return name, true
		}
	}
	return "", false
}

// WebSearchUSD is the price of one web search made by the model, in US
// dollars; ok is false when the table has none.
func (t *Table) WebSearchUSD() (usd float64, ok bool) {
	if t.webSearch == nil {
		return 0, false
	}
	return *t.webSearch, true
}

// Models lists the names that have a rate, sorted.
func (t *Table) Models() []string { return slices.Sorted(maps.Keys(t.rates)) }

// With returns a table with the models of both. A model that both have gets all
// its rates from over and none from t, and over's web search price is taken if
// it has one. The source names both tables.
func (t *Table) With(over *Table) *Table {
	merged := &Table{
		source:    t.source + "; over it " + over.source,
		webSearch: t.webSearch,
		rates:     maps.Clone(t.rates),
	}
	if merged.rates == nil {
		merged.rates = make(map[string][]Rate)
	}
	maps.Copy(merged.rates, over.rates)
	if over.webSearch != nil {
		merged.webSearch = over.webSearch
	}
	return merged
}

// Ref names the table in a run file. The digest covers what decides a price
// (models, rates, web search) and not the table's source or date, so equal
// prices have equal digests whoever wrote them down.
func (t *Table) Ref() baselines.Prices {
	content, err := json.Marshal(struct { // encoding/json sorts map keys
		WebSearch *float64          `json:"web_search"`
		Models    map[string][]Rate `json:"models"`
	}{t.webSearch, t.rates})
	if err != nil {
		panic(err) // no NaN or infinity gets past Decode
	}
	sum := sha256.Sum256(content)
	return baselines.Prices{Source: t.source, Digest: "sha256:" + hex.EncodeToString(sum[:])}
}

// RefFor is [Table.Ref] with the standard rates that the models have at that
// time; one without a rate is left out.
func (t *Table) RefFor(at time.Time, models ...string) baselines.Prices {
	ref := t.Ref()
	for _, model := range models {
		if rate, ok := t.Rate(model, at); ok {
			if ref.Rates == nil {
				ref.Rates = make(map[string]baselines.Rates)
			}
			ref.Rates[model] = rate.Rates
		}
	}
	return ref
}

// BaseName is the model's name without provider, context size and date:
// "anthropic/claude-opus-4-8-20261120[1m]" is "claude-opus-4-8". Two names of
// one model have the same base name.
func BaseName(model string) string {
	s := baselines.ModelNames(model)
	return s[len(s)-1]
}
