// Package prices says what a model request costs.
//
// A [Table] (benchgate.prices/v1, JSON) lists, per model, rates in US dollars
// per million tokens, each valid from a date, in a service tier and for a size of
// prompt. One table
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
//	      {"input": 3, "output": 15, "cache_write_5m": 3.75, "cache_write_1h": 6, "cache_read": 0.3,
//	       "factors": {"speed": {"fast": 2}, "inference_geo": {"us": 1.1}, "service_tier": {"batch": 0.5}}},
//	      {"above": 200000, "input": 6, "output": 22.5, "cache_write_5m": 7.5, "cache_write_1h": 12, "cache_read": 0.6},
//	      {"from": "2027-01-01", "input": 2, "output": 10, "cache_write_5m": 2.5, "cache_write_1h": 4, "cache_read": 0.2}
//	    ]
//	  }
//	}
//
// A rate with "above" is that of requests whose prompt (uncached, read from and
// written to the cache together) has more tokens. "factors" multiply a rate by what
// the usage of an answer says of its speed, place and tier; a value that has no
// factor has no price, except for the usual values. Rates of a later "from" take
// the place of all before. Web searches, web fetches and code executions of the
// model's server have prices for each use ("web_search", "web_fetch",
// "code_execution"); without one, a request that made any has no price.
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

// ServerTools are the tools that the model's server runs and bills for each use, by
// their keys in a table.
var ServerTools = []string{WebSearch, "web_fetch", "code_execution"}

// WebSearch is the server tool for which a rate may have a price of its own.
const WebSearch = "web_search"

// Batch is the service tier of what a batch of requests asked for.
const Batch = "batch"

// Standard is the service tier of a rate, or of a request, that names none.
const Standard = "standard"

//go:embed table.json
var embedded string

// embeddedFile is the name of that table in messages.
const embeddedFile = "(embedded prices)"

// Table is an immutable price table. Make one with [Default], [Decode] or
// [Table.With]; the zero Table prices nothing.
type Table struct {
	source string
	tools  map[string]float64 // US dollars for one use, by one of ServerTools
	rates  map[string][]Rate  // by model, sorted by From, Tier and Above
}

// Default returns the embedded table: list prices of Anthropic's models, and of
// OpenAI's and Google's for coding. Those of the models that Claude Code 2.1.330 knows
// were found in what it charges for requests of one kind of token; all equal the table
// of LiteLLM 1.110.2, from which the factors, the size tiers and the other models come.
// Of these it has those that were still served on 2026-11-27 and had all prices. What code executions cost is not in it: they
// are billed by the hour of a container, after hours that are free.
func Default() *Table {
	t, err := Decode(strings.NewReader(embedded), embeddedFile)
	if err != nil {
		panic(err) // a broken embedded file cannot pass this package's tests
	}
	return t
}

// Models lists the names that have a rate, sorted.
func (t *Table) Models() []string { return slices.Sorted(maps.Keys(t.rates)) }

// With returns a table with the models of both. A model that both have gets all
// its rates from over and none from t, and over's price of a server tool is taken
// if it has one. The source names both tables.
func (t *Table) With(over *Table) *Table {
	merged := &Table{
		source: t.source + "; over it " + over.source,
		tools:  make(map[string]float64),
		rates:  make(map[string][]Rate),
	}
	for _, from := range []*Table{t, over} {
		maps.Copy(merged.tools, from.tools)
		maps.Copy(merged.rates, from.rates)
	}
	return merged
}

// Ref names the table in a run file. The digest covers what decides a price
// (models, rates, server tools) and not the table's source or date, so equal
// prices have equal digests whoever wrote them down.
func (t *Table) Ref() baselines.Prices {
	tool := func(name string) *float64 {
		if usd, ok := t.tools[name]; ok {
			return &usd
		}
		return nil
	}
	content, err := json.Marshal(struct { // encoding/json sorts map keys
		WebSearch     *float64          `json:"web_search"`
		WebFetch      *float64          `json:"web_fetch,omitempty"`
		CodeExecution *float64          `json:"code_execution,omitempty"`
		Models        map[string][]Rate `json:"models"`
	}{tool("web_search"), tool("web_fetch"), tool("code_execution"), t.rates})
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
