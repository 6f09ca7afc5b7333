package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits for text that others wrote, in characters.
const (
	maxName  = 120 // task ids, models, variants
	maxProse = 600 // reasons, warnings, notes
)

// plain makes foreign text safe to print on one line: line breaks become
// spaces; other control and format characters (escape sequences, text
// direction overrides, zero-width characters) become U+FFFD, so that they are
// seen; what the Actions runner would take for a command is broken up; and at
// most limit characters stay.
func plain(s string, limit int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	var b strings.Builder
	space := true // drops leading spaces
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp):
			b.WriteRune(unicode.ReplacementChar)
		default:
			b.WriteRune(r)
		}
		space = false
	}
	return breakCommands(clip(strings.TrimRight(b.String(), " "), limit))
}

// breakCommands defuses the runner's two command forms: "::name::" where a
// line, trimmed, begins with it (and any word may come to begin a line when
// text is wrapped), and "##[name]" anywhere.
func breakCommands(s string) string {
	words := strings.Split(s, " ")
	for i, w := range words {
		if strings.HasPrefix(w, "::") {
			words[i] = ": :" + w[2:]
		}
	}
	return strings.ReplaceAll(strings.Join(words, " "), "##[", "# #[")
}

// clip keeps the first limit characters, the last of them an ellipsis when
// some were lost.
func clip(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	runes := []rune(s)
	return string(runes[:limit-1]) + "…"
}
