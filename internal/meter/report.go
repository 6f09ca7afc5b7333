package meter

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"slices"

	"github.com/benchgate/benchgate/baselines"
)

// usageReport is what usage objects of one answer have said so far.
type usageReport struct {
	counts  map[string]int64   // by path
	terms   map[string]string  // by path
	parts   []usageReport      // of the last list of iterations
	fields  map[string]meaning // that are known, by path
	unknown []string           // fields that the meter does not know, and terms it cannot read
}

// newReport is an empty one, for a usage object of these fields.
func newReport(fields map[string]meaning) usageReport {
	return usageReport{counts: make(map[string]int64), terms: make(map[string]string), fields: fields}
}

// readUsage reads a usage object; said is false when there is none, or an empty
// one. ok is false when a count that is known is not a number of tokens.
func readUsage(raw json.RawMessage, fields map[string]meaning) (r usageReport, said, ok bool) {
	r = newReport(fields)
	ok = r.walk(raw, "", "")
	return r, len(r.counts)+len(r.terms)+len(r.parts)+len(r.unknown) > 0, ok
}

// walk reads the fields of an object whose place among the known ones has the prefix;
// their paths in the report begin with local.
func (r *usageReport) walk(raw json.RawMessage, prefix, local string) (ok bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return len(raw) == 0 // a field that is missing
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value, path := fields[name], prefix+name
		if string(value) == "null" {
			continue
		}
		switch r.fields[path] {
		case count:
			n, isCount := readCount(value)
			if !isCount {
				return false
			}
			r.counts[local+name] = n
		case term:
			var text string
			if json.Unmarshal(value, &text) != nil {
				r.addUnknown("usage." + path)
			} else if text != "" {
				r.terms[local+name] = capped(text)
			}
		case group:
			if !r.walk(value, path+".", local+name+".") {
				return false
			}
		case sequence:
			if !r.readParts(value, path+".") {
				return false
			}
		case detail:
		default:
			if !saysNothing(value) {
				r.addUnknown(capped("usage." + path))
			}
		}
	}
	return true
}

// readParts reads a list of usage objects.
func (r *usageReport) readParts(raw json.RawMessage, prefix string) (ok bool) {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return false
	}
	r.parts = nil
	for _, item := range items {
		part := newReport(r.fields)
		if !part.walk(item, prefix, "") {
			return false
		}
		for _, field := range part.unknown {
			r.addUnknown(field)
		}
		r.parts = append(r.parts, part)
	}
	return true
}

// maxUnknown is how many unknown fields are kept of one answer.
const maxUnknown = 16

func (r *usageReport) addUnknown(field string) {
	if len(r.unknown) < maxUnknown && !slices.Contains(r.unknown, field) {
		r.unknown = append(r.unknown, field)
	}
}

// merge takes over what a later event says. Counts only grow: they are cumulative,
// and some gateways write zeros where they repeat nothing.
func (r *usageReport) merge(later usageReport) {
	for path, n := range later.counts {
		r.counts[path] = max(r.counts[path], n)
	}
	maps.Copy(r.terms, later.terms)
	if len(later.parts) > 0 {
		r.parts = later.parts
	}
	for _, field := range later.unknown {
		r.addUnknown(field)
	}
}

// maxCount is the largest count that is believed, so that no sum of them overflows.
const maxCount = 1 << 40

// readCount reads a number of tokens. Some gateways write it as a fraction (1000.0);
// a part of a token counts as one.
func readCount(raw json.RawMessage) (n int64, ok bool) {
	var number json.Number
	if raw[0] == '"' || json.Unmarshal(raw, &number) != nil {
		return 0, false
	}
	f, err := number.Float64()
	if err != nil || f < 0 || f > maxCount {
		return 0, false
	}
	return int64(math.Ceil(f)), true
}

// saysNothing reports whether a value is null, false, zero or empty, or made of
// such values only: then nothing is billed for it.
func saysNothing(raw json.RawMessage) bool {
	switch raw = bytes.TrimSpace(raw); {
	case len(raw) == 0:
		return true
	case raw[0] == '{':
		var fields map[string]json.RawMessage
		return json.Unmarshal(raw, &fields) == nil && !slices.ContainsFunc(slices.Collect(maps.Values(fields)), saysSomething)
	case raw[0] == '[':
		var items []json.RawMessage
		return json.Unmarshal(raw, &items) == nil && !slices.ContainsFunc(items, saysSomething)
	}
	var f float64
	isZero := json.Unmarshal(raw, &f) == nil && f == 0
	return isZero || string(raw) == "null" || string(raw) == "false" || string(raw) == `""`
}

func saysSomething(raw json.RawMessage) bool { return !saysNothing(raw) }

// tokens are the report's counts. Writes that no split names are for 5 minutes,
// which requests ask for by default.
func (r usageReport) tokens() (tokens baselines.Tokens) {
	tokens.Input = r.counts["input_tokens"]
	tokens.Output = r.counts["output_tokens"]
	tokens.CacheRead = r.counts["cache_read_input_tokens"]
	fiveMinutes, oneHour := r.counts["cache_creation.ephemeral_5m_input_tokens"], r.counts["cache_creation.ephemeral_1h_input_tokens"]
	tokens.CacheWrite1h = oneHour
	tokens.CacheWrite5m = max(fiveMinutes, r.counts["cache_creation_input_tokens"]-oneHour)
	return tokens
}

// hasSplit reports whether the report says for how long its cache writes are.
func (r usageReport) hasSplit() bool {
	return r.counts["cache_creation.ephemeral_5m_input_tokens"]+r.counts["cache_creation.ephemeral_1h_input_tokens"] > 0
}
