// Package rooms answers when a meeting room is free.
package rooms

import (
	"cmp"
	"fmt"
	"slices"
)

// Span is a time of a day in minutes since midnight: from Start up to, but not
// including, End. A span with End <= Start is empty.
type Span struct {
	Start, End int
}

// String formats a span as "09:00-10:30".
func (s Span) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", s.Start/60, s.Start%60, s.End/60, s.End%60)
}

// Empty reports whether no minute is in s.
func (s Span) Empty() bool { return s.End <= s.Start }

// Merge returns the minutes covered by any of the spans as the fewest spans,
// in order. Spans that touch become one; empty spans vanish. The argument is
// not changed.
func Merge(spans []Span) []Span {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	var merged []Span
	for _, s := range spans {
		if s.Empty() {
			continue
		}
		last := len(merged) - 1
		if last >= 0 && s.Start <= merged[last].End {
			merged[last].End = max(merged[last].End, s.End)
			continue
		}
		merged = append(merged, s)
	}
	return merged
}
