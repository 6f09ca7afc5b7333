package prices

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// An Error is one mistake in a price table.
type Error struct {
	File   string
	Line   int // from 1
	Column int // in bytes, from 1
	Text   string
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Text) }

const (
	maxBytes = 4 << 20
	maxPrice = 1e6 // a dollar a token: anything above is a slip of the unit
)

// Decode reads a table. It is strict: a key that is not known, given twice or
// missing, a wrong type, a negative or absurd price, a date that is none are
// errors, all of them at once, each an [*Error] joined in the order of the
// file. name is the file's name in them.
func Decode(r io.Reader, name string) (*Table, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading price table %s: %w", name, err)
	}
	d := &decoder{file: name, data: data}
	if len(data) > maxBytes {
		return nil, d.at(0, "larger than %d MiB: this is no price table", maxBytes>>20)
	}
	root, err := parseJSON(data)
	if bad := (*offsetError)(nil); errors.As(err, &bad) {
		return nil, d.at(bad.offset, "%s", bad.message)
	}
	t := d.table(root)
	if len(d.errs) > 0 {
		slices.SortStableFunc(d.errs, func(a, b *Error) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		all := make([]error, len(d.errs))
		for i, e := range d.errs {
			all[i] = e
		}
		return nil, errors.Join(all...)
	}
	return t, nil
}

type decoder struct {
	file string
	data []byte
	errs []*Error
}

func (d *decoder) at(offset int, format string, args ...any) *Error {
	before := string(d.data[:offset])
	return &Error{
		File:   d.file,
		Line:   1 + strings.Count(before, "\n"),
		Column: offset - strings.LastIndexByte(before, '\n'),
		Text:   fmt.Sprintf(format, args...),
	}
}

func (d *decoder) fail(offset int, format string, args ...any) {
	d.errs = append(d.errs, d.at(offset, format, args...))
}

func (d *decoder) table(root *node) *Table {
	t := &Table{models: make(map[string][]Rate)}
	m, ok := d.object(root, "the table", []string{"schema", "source", "date", "models"}, []string{"web_search"})
	if !ok {
		return t
	}
	if n, ok := m["schema"]; ok {
		if s, ok := d.text(n, "schema"); ok && s != SchemaV1 {
			d.fail(n.offset, "schema is %q, want %q", s, SchemaV1)
		}
	}
	if n, ok := m["source"]; ok {
		t.source, _ = d.text(n, "source")
	}
	if n, ok := m["date"]; ok {
		d.date(n, "date")
	}
	if n, ok := m["web_search"]; ok {
		usd := d.price(n, "web_search")
		t.webSearch = &usd
	}
	if n, ok := m["models"]; ok {
		d.models(t.models, n)
	}
	return t
}

func (d *decoder) models(into map[string][]Rate, n *node) {
	if n.kind != '{' {
		d.fail(n.offset, "models must be an object of model name and list of rates")
		return
	}
	if len(n.items) == 0 {
		d.fail(n.offset, "models is empty: name at least one model")
	}
	for i, name := range n.names {
		if strings.TrimSpace(name.text) == "" {
			d.fail(name.offset, "a model needs a name")
		}
		if _, twice := into[name.text]; twice {
			d.fail(name.offset, "model %q stands here twice: put all its rates into one list", name.text)
			continue
		}
		into[name.text] = d.rates(n.items[i], name.text)
	}
}

func (d *decoder) rates(n *node, model string) []Rate {
	if n.kind != '[' || len(n.items) == 0 {
		d.fail(n.offset, "model %q needs a list of rates: [{\"input\": ..., ...}]", model)
		return nil
	}
	rates := make([]Rate, 0, len(n.items))
	for _, item := range n.items {
		r := d.rate(item)
		clash := func(have Rate) bool { return have.Tier == r.Tier && have.From.Equal(r.From) }
		if slices.ContainsFunc(rates, clash) {
			d.fail(item.offset, "model %q has two rates for the same date and tier", model)
		}
		rates = append(rates, r)
	}
	slices.SortFunc(rates, func(a, b Rate) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Tier, b.Tier))
	})
	return rates
}

func (d *decoder) rate(n *node) Rate {
	r := Rate{Tier: Standard}
	prices := map[string]*float64{
		"input": &r.Input, "output": &r.Output, "cache_read": &r.CacheRead,
		"cache_write_5m": &r.CacheWrite5m, "cache_write_1h": &r.CacheWrite1h,
	}
	required := []string{"input", "output", "cache_write_5m", "cache_write_1h", "cache_read"}
	m, _ := d.object(n, "a rate", required, []string{"from", "tier"})
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
	return r
}

// object checks an object's names and returns its members by name.
func (d *decoder) object(n *node, what string, required, optional []string) (map[string]*node, bool) {
	if n.kind != '{' {
		d.fail(n.offset, "%s must be an object", what)
		return nil, false
	}
	known := slices.Concat(required, optional)
	members := make(map[string]*node)
	for i, name := range n.names {
		switch _, twice := members[name.text]; {
		case !slices.Contains(known, name.text):
			d.fail(name.offset, "unknown key %q, want one of %s", name.text, strings.Join(known, ", "))
		case twice:
			d.fail(name.offset, "key %q stands here twice", name.text)
		default:
			members[name.text] = n.items[i]
		}
	}
	for _, key := range required {
		if _, ok := members[key]; !ok {
			d.fail(n.offset, "%s lacks %q", what, key)
		}
	}
	return members, true
}

func (d *decoder) text(n *node, key string) (string, bool) {
	s, ok := n.value.(string)
	if !ok || strings.TrimSpace(s) == "" {
		d.fail(n.offset, "%s must be a text", key)
		return "", false
	}
	return s, true
}

func (d *decoder) date(n *node, key string) time.Time {
	s, _ := n.value.(string)
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		d.fail(n.offset, "%s must be a date such as \"2026-11-23\"", key)
	}
	return t
}

func (d *decoder) price(n *node, key string) float64 {
	number, _ := n.value.(json.Number)
	usd, err := number.Float64()
	if err != nil || usd < 0 || usd > maxPrice {
		d.fail(n.offset, "%s must be a number of US dollars from 0 to %g", key, maxPrice)
		return 0
	}
	return usd
}
