package baselines

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
)

// Difference is one thing in which two headers differ.
type Difference struct {
	Key  string `json:"key"`            // the field's, see [Field]
	Item string `json:"item,omitempty"` // the file or task, where Key has many values and this one differs
	Part Part   `json:"part"`

	// A and B are the values as the run file writes them, a text without its
	// quotes; "none" where a header does not set the key, "missing" where it
	// does not have the task. In a verdict A is the baseline.
	A string `json:"baseline"`
	B string `json:"candidate"`
}

// Name is the key with its item: "limits.cpus",
// "variant.settings.files.CLAUDE.md", "suite.digest (task hello-world)".
func (d Difference) Name() string {
	switch {
	case d.Item == "":
		return d.Key
	case d.Part == PartSuite:
		return d.Key + " (task " + d.Item + ")"
	default:
		return d.Key + "." + d.Item
	}
}

// Differences returns in which of the fields that are asked for two headers
// differ, in the order of the list at [Field]; none when they are the same. Asked
// is [Field.InFingerprint], [Field.IsCompared] or [Compare.Forbids].
func Differences(a, b Header, asked func(Field) bool) []Difference {
	var out []Difference
	for _, f := range fields {
		if f.value != nil && asked(f) {
			out = append(out, f.differences(a, b)...)
		}
	}
	return out
}

func (f Field) differences(a, b Header) []Difference {
	x, y := canonical(f.value(a)), canonical(f.value(b))
	if x == y && x != unset {
		return nil
	}
	if found := f.itemDifferences(a, b); len(found) > 0 || x == y {
		return found
	}
	return []Difference{{f.Key, "", f.Part, shown(x), shown(y)}}
}

// itemDifferences compares a field of many values one by one.
func (f Field) itemDifferences(a, b Header) []Difference {
	if f.items == nil {
		return nil
	}
	x, y := f.items.of(a), f.items.of(b)
	names := slices.AppendSeq(slices.Collect(maps.Keys(x)), maps.Keys(y))
	slices.Sort(names)
	var out []Difference
	for _, name := range slices.Compact(names) {
		if x[name] != y[name] {
			out = append(out, Difference{f.Key, name, f.Part, cmp.Or(x[name], f.items.absent), cmp.Or(y[name], f.items.absent)})
		}
	}
	return out
}

// shown is a canonical value for readers.
func shown(value string) string {
	if value == unset {
		return "none"
	}
	var text string
	if json.Unmarshal([]byte(value), &text) != nil {
		return value // a number, list or mapping
	}
	return text
}
