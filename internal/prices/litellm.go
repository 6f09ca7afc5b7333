package prices

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/benchgate/benchgate/internal/problem"
)

// maxLiteLLMBytes is several times LiteLLM's file of November 2026, which has 3.5 MB.
const maxLiteLLMBytes = 32 << 20

// LiteLLM is what LiteLLM's model_prices_and_context_window.json says
// (https://github.com/BerriAI/litellm, MIT licence): US dollars per token of some
// thousands of models, in one flat object for each.
type LiteLLM struct {
	models map[string]listed
}

// listed is one model of the file.
type listed struct {
	provider, mode string
	alias          string             // of this model
	retired        time.Time          // the day from which it is not served; zero: not told
	prices         map[string]float64 // US dollars per token, by the file's key
	factors        map[string]float64 // of provider_specific_entry
	searches       map[string]float64 // US dollars for a web search, by how much it reads
}

// priceKeys begin the keys that price tokens of text.
var priceKeys = []string{
	"input_cost_per_token", "output_cost_per_token", "cache_creation_input_token_cost", "cache_read_input_token_cost",
}

// DecodeLiteLLM reads the file. What it has of a model beside prices of text is
// passed over, as is a price that is null. Broken JSON, a model that is no object or
// stands there twice, and a price that is no number are errors with their places, all
// of them at once; name is the file's name in them.
func DecodeLiteLLM(data []byte, name string) (*LiteLLM, error) {
	d := &decoder{source: problem.NewSource(name, data), name: name}
	if len(data) > maxLiteLLMBytes {
		return nil, d.source.Whole("larger than %d MiB: this is not LiteLLM's price table", maxLiteLLMBytes>>20)
	}
	root, wrong := d.source.ParseJSON()
	if wrong != nil {
		return nil, wrong
	}
	all := &LiteLLM{models: make(map[string]listed)}
	if root.Kind != '{' || len(root.Items) == 0 {
		d.fail(root.Offset, "this is not LiteLLM's price table: want an object of model name and prices")
	}
	for i, name := range root.Names {
		if _, twice := all.models[name.Text]; twice {
			d.fail(name.Offset, "model %q stands here twice", name.Text)
		}
		if root.Items[i].Kind != '{' {
			d.fail(root.Items[i].Offset, "model %q must be an object", name.Text)
			continue
		}
		all.models[name.Text] = d.listed(root.Items[i])
	}
	delete(all.models, "sample_spec") // it explains the keys
	if err := d.problems.Err(); err != nil {
		return nil, err
	}
	return all, nil
}

// listed reads one model.
func (d *decoder) listed(n *problem.Node) listed {
	m := listed{prices: make(map[string]float64)}
	for i, name := range n.Names {
		value := n.Items[i]
		text, _ := value.Value.(string)
		switch key := name.Text; {
		case key == "litellm_provider":
			m.provider = text
		case key == "mode":
			m.mode = text
		case key == "alias_of":
			m.alias = text
		case key == "deprecation_date":
			m.retired, _ = time.Parse(time.DateOnly, text) // some say so in words
		case key == "provider_specific_entry":
			m.factors = numbers(value)
		case key == "search_context_cost_per_query":
			m.searches = numbers(value)
		case slices.ContainsFunc(priceKeys, func(k string) bool { return strings.HasPrefix(key, k) }):
			if value.Kind == 0 && value.Value == nil {
				continue
			}
			m.prices[key] = d.perToken(value, key)
		}
	}
	return m
}

// numbers are the members of an object that are numbers.
func numbers(n *problem.Node) map[string]float64 {
	all := make(map[string]float64)
	for i, name := range n.Names {
		if number, ok := n.Items[i].Value.(json.Number); ok {
			if v, err := number.Float64(); err == nil {
				all[name.Text] = v
			}
		}
	}
	return all
}

// perToken is a price in US dollars per token.
func (d *decoder) perToken(n *problem.Node, key string) float64 {
	number, _ := n.Value.(json.Number)
	usd, err := number.Float64()
	if err != nil || usd < 0 || usd > maxPrice/1e6 {
		d.fail(n.Offset, "%s must be a number of US dollars per token, from 0 to %.0f", key, maxPrice/1e6)
		return 0
	}
	return usd
}

// Names are all models of the file, sorted.
func (l *LiteLLM) Names() []string { return slices.Sorted(maps.Keys(l.models)) }

// perMillion is a price per million tokens without the last bits, which multiplying
// gets wrong: 1.25e-07 is 0.125.
func perMillion(perToken float64) float64 { return rounded(perToken * 1e6) }

// rounded keeps twelve digits.
func rounded(v float64) float64 {
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 11, 64), 64)
	if err != nil {
		return v
	}
	return short
}

// NotPriced says why a row of LiteLLM's file gives no price.
type NotPriced struct {
	Model string
	Kind  string // one of the constants below
	Lacks string // of a half-filled row: the key that is missing
}

// Why a row gives no price.
const (
	Alias  = "alias"         // it stands for another model: the one that answers decides
	Zeros  = "rows of zeros" // a price of nothing means that nobody filled it in
	Half   = "half-filled"
	Absent = "not there"
)

// Error implements error.
func (e *NotPriced) Error() string {
	if e.Lacks != "" {
		return fmt.Sprintf("%s: %s, lacks %s", e.Model, e.Kind, e.Lacks)
	}
	return e.Model + ": " + e.Kind
}
