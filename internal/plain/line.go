// Package plain makes text that others wrote (agents, tests, task authors,
// image builds, servers) safe to show in a terminal and in a log that a
// GitHub Actions runner reads. What either would obey is replaced or broken
// up, so that it is seen and does nothing.
//
// [Line] is for one piece of text inside a line, [Writer] for whole streams.
package plain

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line makes text fit for a place inside one line: line breaks and runs of
// spaces become one space, what [Writer] replaces is replaced, and at most
// limit characters stay, the last of them an ellipsis when some were lost.
func Line(text string, limit int) string {
	// A long line may be wrapped, so any word may come to begin one. No more
	// than four times limit bytes can be of use, whatever the length.
	words := strings.Fields(Clip(strings.TrimLeftFunc(text, unicode.IsSpace), 4*limit))
	var b strings.Builder
	w := NewWriter(&b)
	for i, word := range words {
		if i > 0 {
			word = "\n" + word
		}
		_, _ = w.Write([]byte(word)) // a Builder takes everything
	}
	_ = w.Flush()
	return Clip(strings.ReplaceAll(b.String(), "\n", " "), limit)
}

// Clip keeps the first limit characters, the last of them an ellipsis when
// some were lost.
func Clip(s string, limit int) string {
	if len(s) <= limit || utf8.RuneCountInString(s) <= limit {
		return s
	}
	runes := 0
	for at := range s {
		if runes++; runes == limit {
			return s[:at] + "…"
		}
	}
	return s
}

// Shown reports whether a terminal shows the character as it is and obeys
// nothing in it. Not shown are control characters (the tab and line breaks
// too), format characters such as text direction overrides and zero-width
// ones, and those of private use.
func Shown(r rune) bool {
	return !unicode.IsControl(r) && !unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp)
}
