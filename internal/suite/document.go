package suite

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/benchgate/benchgate/internal/problem"
)

// position is a place in a file, both from 1, the column in characters.
type position struct{ line, column int }

// document is a parsed TOML or YAML file. Its methods read one field each, named
// by its dotted path (environment.cpus; elements of lists by their number, from
// 0). A wrong value is added to the problems and replaced by the value for a
// missing one, so that reading goes on and finds every mistake.
type document struct {
	file     string // as messages name it
	source   *problem.Source
	values   map[string]any
	position func(path string) position
	problems *problem.List
}

// refuse notes a problem at a field, or at the nearest enclosing one that the
// file has.
func (d *document) refuse(path, format string, args ...any) {
	at := d.position(path)
	d.problems.Add(d.source.AtPlace(at.line, at.column, format, args...))
}

// get returns a field's value, and false when it is absent or null.
func (d *document) get(path string) (any, bool) {
	var v any = d.values
	for _, key := range strings.Split(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(in) {
				return nil, false
			}
			v = in[i]
		default:
			return nil, false
		}
	}
	return v, v != nil
}

func (d *document) text(path string) string {
	v, ok := d.get(path)
	if !ok {
		return ""
	}
	s, ok := v.(string)
	if !ok {
		d.refuse(path, "%s is %s, want a string", path, kindOf(v))
	}
	return s
}

func (d *document) boolean(path string, missing bool) bool {
	v, ok := d.get(path)
	if !ok {
		return missing
	}
	b, ok := v.(bool)
	if !ok {
		d.refuse(path, "%s is %s, want true or false", path, kindOf(v))
	}
	return b
}

// number returns a finite number that is not negative.
func (d *document) number(path string, missing float64) float64 {
	v, ok := d.get(path)
	if !ok {
		return missing
	}
	f, ok := numberOrText(v)
	switch {
	case !ok:
		d.refuse(path, "%s is %s, want a number", path, kindOf(v))
		return missing
	case f < 0 || math.IsNaN(f) || math.IsInf(f, 0):
		d.refuse(path, "%s is %v, want a number that is not negative", path, v)
		return missing
	}
	return f
}

// whole returns a whole number that is not negative.
func (d *document) whole(path string, missing int64) int64 {
	f := d.number(path, float64(missing))
	if f != math.Trunc(f) || f > math.MaxInt32 {
		d.refuse(path, "%s is %v, want a whole number", path, f)
		return missing
	}
	return int64(f)
}

// seconds returns a duration above zero and below a year.
func (d *document) seconds(path string, missing time.Duration) time.Duration {
	const year = 365 * 24 * 3600
	v, ok := d.get(path)
	if !ok {
		return missing
	}
	if f, ok := numberOrText(v); !ok || f < 0 {
		d.number(path, 0)
		return missing
	}
	f := d.number(path, missing.Seconds())
	if f <= 0 || f > year {
		d.refuse(path, "%s is %v seconds, want more than 0 and at most a year", path, f)
		return missing
	}
	return time.Duration(f * float64(time.Second))
}

// texts returns a table of strings, such as an environment.
func (d *document) texts(path string) map[string]string {
	table := d.table(path)
	if len(table) == 0 {
		return nil
	}
	out := make(map[string]string, len(table))
	for key, v := range table {
		s, ok := v.(string)
		if !ok {
			d.refuse(path+"."+key, "%s.%s is %s, want a string", path, key, kindOf(v))
			continue
		}
		out[key] = s
	}
	return out
}

func (d *document) table(path string) map[string]any {
	v, ok := d.get(path)
	if !ok {
		return nil
	}
	t, ok := v.(map[string]any)
	if !ok {
		d.refuse(path, "%s is %s, want a table", path, kindOf(v))
	}
	return t
}

// keys returns the names in a table, sorted.
func (d *document) keys(path string) []string {
	var keys []string
	for key := range d.table(path) {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// userName accepts a name or a number, as Docker does.
func (d *document) userName(path string) string {
	v, ok := d.get(path)
	if !ok {
		return ""
	}
	if s, ok := v.(string); ok {
		return s
	}
	if f, ok := asNumber(v); ok && f >= 0 && f == math.Trunc(f) {
		return strconv.FormatInt(int64(f), 10)
	}
	d.refuse(path, "%s is %s, want a user name or number", path, kindOf(v))
	return ""
}

// numberOrText also takes a number that is written as text, "30", as both harnesses do.
func numberOrText(v any) (float64, bool) {
	text, ok := v.(string)
	if !ok {
		return asNumber(v)
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	return f, err == nil
}

func asNumber(v any) (float64, bool) {
	switch n := v.(type) {
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	case uint64:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return "true or false"
	case map[string]any:
		return "a table"
	case []any:
		return "a list"
	}
	if _, ok := asNumber(v); ok {
		return "a number"
	}
	return "a date"
}
