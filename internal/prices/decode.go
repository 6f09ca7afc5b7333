package prices

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/benchgate/benchgate/internal/problem"
)

const (
	maxBytes = 4 << 20
	maxPrice = 1e6 // US dollars per million tokens; a higher one was meant for another unit

	maxFactor = 1000
)

// Decode reads a table. It is strict: a key that is not known, given twice or
// missing, a wrong type, a price below 0 or above a dollar a token, and a date
// that does not exist are errors, all of them in one [problem.List]. name is the
// file's name in them.
func Decode(r io.Reader, name string) (*Table, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading price table %s: %w", name, err)
	}
	d := &decoder{source: problem.NewSource(name, data), name: name}
	t := d.decode(data)
	if err := d.problems.Err(); err != nil {
		return nil, err
	}
	return t, nil
}

type decoder struct {
	source   *problem.Source
	problems problem.List

	name    string    // of the file
	written time.Time // the table's own date
}

func (d *decoder) decode(data []byte) *Table {
	if len(data) > maxBytes {
		d.problems.Add(d.source.Whole("larger than %d MiB: this is no price table", maxBytes>>20))
		return nil
	}
	root, wrong := d.source.ParseJSON()
	if wrong != nil {
		d.problems.Add(wrong)
		return nil
	}
	return d.table(root)
}

func (d *decoder) fail(offset int, format string, args ...any) {
	d.problems.Add(d.source.At(offset, format, args...))
}

func (d *decoder) table(root *problem.Node) *Table {
	t := &Table{rates: make(map[string][]Rate), tools: make(map[string]float64)}
	m, ok := d.object(root, "the table", []string{"schema", "source", "date", "models"}, ServerTools)
	if !ok {
		return t
	}
	if n, ok := m["schema"]; ok {
		if s, ok := d.text(n, "schema"); ok && s != SchemaV1 {
			d.fail(n.Offset, "schema is %q, want %q", s, SchemaV1)
		}
	}
	if n, ok := m["source"]; ok {
		t.source, _ = d.text(n, "source")
	}
	if n, ok := m["date"]; ok {
		d.written = d.date(n, "date")
	}
	for _, tool := range ServerTools {
		if n, ok := m[tool]; ok {
			t.tools[tool] = d.price(n, tool)
		}
	}
	if n, ok := m["models"]; ok {
		d.models(t.rates, n)
	}
	return t
}

func (d *decoder) models(into map[string][]Rate, n *problem.Node) {
	if n.Kind != '{' {
		d.fail(n.Offset, "models must be an object of model name and list of rates")
		return
	}
	if len(n.Items) == 0 {
		d.fail(n.Offset, "models is empty: name at least one model")
	}
	for i, name := range n.Names {
		if strings.TrimSpace(name.Text) == "" {
			d.fail(name.Offset, "a model needs a name")
		}
		if _, twice := into[name.Text]; twice {
			d.fail(name.Offset, "model %q stands here twice: put all its rates into one list", name.Text)
			continue
		}
		into[name.Text] = d.rates(n.Items[i], name.Text)
	}
}

func (d *decoder) rates(n *problem.Node, model string) []Rate {
	if n.Kind != '[' || len(n.Items) == 0 {
		d.fail(n.Offset, "model %q needs a list of rates: [{\"input\": ..., ...}]", model)
		return nil
	}
	rates := make([]Rate, 0, len(n.Items))
	for _, item := range n.Items {
		r := d.rate(item)
		clash := func(have Rate) bool { return sameGroup(have, r) && have.Above == r.Above }
		if slices.ContainsFunc(rates, clash) {
			d.fail(item.Offset, "model %q has two rates for the same date, tier and size of prompt", model)
		}
		rates = append(rates, r)
	}
	for i, r := range rates {
		small := func(other Rate) bool { return sameGroup(other, r) && other.Above == 0 }
		if !slices.ContainsFunc(rates, small) {
			d.fail(n.Items[i].Offset, "model %q has a rate above %d tokens, but none of the same date and tier for smaller prompts", model, r.Above)
		}
	}
	return sortedRates(rates)
}

// sortedRates are rates by day, tier and size of prompt, in place.
func sortedRates(rates []Rate) []Rate {
	slices.SortFunc(rates, func(a, b Rate) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Tier, b.Tier), cmp.Compare(a.Above, b.Above))
	})
	return rates
}

// sameGroup reports whether two rates differ in nothing but the size of prompt they
// are for.
func sameGroup(a, b Rate) bool { return a.Tier == b.Tier && a.From.Equal(b.From) }

func (d *decoder) rate(n *problem.Node) Rate {
	line, _ := d.source.Place(n.Offset)
	r := Rate{Tier: Standard, at: place{file: d.name, line: line, written: d.written}}
	prices := map[string]*float64{
		"input": &r.Input, "output": &r.Output, "cache_read": &r.CacheRead,
		"cache_write_5m": &r.CacheWrite5m, "cache_write_1h": &r.CacheWrite1h,
	}
	required := []string{"input", "output", "cache_write_5m", "cache_write_1h", "cache_read"}
	m, _ := d.object(n, "a rate", required, []string{"from", "tier", "above", "factors", "web_search", "source"})
	for _, key := range required {
		if v, ok := m[key]; ok {
			*prices[key] = d.price(v, key)
		}
	}
	if v, ok := m["from"]; ok {
		r.From = d.date(v, "from")
	}
	if v, ok := m["tier"]; ok {
		r.Tier, _ = d.text(v, "tier")
	}
	if v, ok := m["above"]; ok {
		r.Above = d.size(v)
	}
	if v, ok := m["web_search"]; ok {
		each := d.price(v, "web_search")
		r.WebSearch = &each
	}
	if v, ok := m["source"]; ok {
		r.origin, _ = d.text(v, "source")
	}
	if v, ok := m["factors"]; ok {
		r.Factors = d.factors(v)
	}
	return r
}

// size is a number of prompt tokens.
func (d *decoder) size(n *problem.Node) int64 {
	number, _ := n.Value.(json.Number)
	tokens, err := number.Int64()
	if err != nil || tokens < 1 {
		d.fail(n.Offset, "above must be a whole number of tokens, 1 or more: larger prompts have this rate")
		return 1
	}
	return tokens
}

// factors are multipliers by usage field and value.
func (d *decoder) factors(n *problem.Node) Factors {
	fields, _ := d.object(n, "factors", nil, FactorFields)
	all := make(Factors)
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		values := fields[field]
		if values.Kind != '{' {
			d.fail(values.Offset, "factors.%s must be an object of value and multiplier: {\"fast\": 2}", field)
			continue
		}
		all[field] = make(map[string]float64)
		for i, name := range values.Names {
			number, _ := values.Items[i].Value.(json.Number)
			factor, err := number.Float64()
			if err != nil || factor <= 0 || factor > maxFactor {
				d.fail(values.Items[i].Offset, "factors.%s.%s must be a number above 0 and up to %d", field, name.Text, maxFactor)
				continue
			}
			all[field][name.Text] = factor
		}
	}
	return all
}

// object checks an object's names and returns its members by name.
func (d *decoder) object(n *problem.Node, what string, required, optional []string) (map[string]*problem.Node, bool) {
	if n.Kind != '{' {
		d.fail(n.Offset, "%s must be an object", what)
		return nil, false
	}
	known := slices.Concat(required, optional)
	members := make(map[string]*problem.Node)
	for i, name := range n.Names {
		switch _, twice := members[name.Text]; {
		case !slices.Contains(known, name.Text):
			d.fail(name.Offset, "unknown key %q, want one of %s", name.Text, strings.Join(known, ", "))
		case twice:
			d.fail(name.Offset, "key %q stands here twice", name.Text)
		default:
			members[name.Text] = n.Items[i]
		}
	}
	for _, key := range required {
		if _, ok := members[key]; !ok {
			d.fail(n.Offset, "%s lacks %q", what, key)
		}
	}
	return members, true
}

func (d *decoder) text(n *problem.Node, key string) (string, bool) {
	s, ok := n.Value.(string)
	if !ok || strings.TrimSpace(s) == "" {
		d.fail(n.Offset, "%s must be a text", key)
		return "", false
	}
	return s, true
}

func (d *decoder) date(n *problem.Node, key string) time.Time {
	s, _ := n.Value.(string)
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		d.fail(n.Offset, "%s must be a date such as \"2026-11-23\"", key)
	}
	return t
}

func (d *decoder) price(n *problem.Node, key string) float64 {
	number, _ := n.Value.(json.Number)
	usd, err := number.Float64()
	if err != nil || usd < 0 || usd > maxPrice {
		d.fail(n.Offset, "%s must be a number of US dollars from 0 to %.0f", key, maxPrice)
		return 0
	}
	return usd
}
