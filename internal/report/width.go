package report

import (
	"strings"
	"unicode"
)

// wide are characters that take two columns in a terminal: an approximation
// of Unicode's East Asian Width "W" and "F" by script.
var wide = []*unicode.RangeTable{unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana, {
	R16: []unicode.Range16{{Lo: 0x3000, Hi: 0x303E, Stride: 1}, {Lo: 0xFF01, Hi: 0xFF60, Stride: 1}},
	R32: []unicode.Range32{{Lo: 0x1F300, Hi: 0x1FAFF, Stride: 1}},
}}

// displayWidth is the number of terminal columns s takes.
func displayWidth(s string) int {
	w := 0
	for _, r := range s {
		w += runeWidth(r)
	}
	return w
}

func runeWidth(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.In(r, wide...):
		return 2
	default:
		return 1
	}
}

// shorten cuts s in the middle, where names that share a prefix or a suffix
// differ least, to at most w columns.
func shorten(s string, w int) string {
	if displayWidth(s) <= w {
		return s
	}
	runes := []rune(s)
	head := take(runes, (w-1+1)/2)
	tail := takeEnd(runes, w-1-displayWidth(head))
	return head + "…" + tail
}

// cut keeps the first w columns of s.
func cut(s string, w int) string {
	if displayWidth(s) <= w {
		return s
	}
	return take([]rune(s), max(w-1, 0)) + "…"
}

func take(runes []rune, w int) string {
	n := 0
	for n < len(runes) && runeWidth(runes[n]) <= w {
		w -= runeWidth(runes[n])
		n++
	}
	return string(runes[:n])
}

func takeEnd(runes []rune, w int) string {
	n := len(runes)
	for n > 0 && runeWidth(runes[n-1]) <= w {
		w -= runeWidth(runes[n-1])
		n--
	}
	return string(runes[n:])
}

func pad(s string, w int, right bool) string {
	fill := strings.Repeat(" ", max(w-displayWidth(s), 0))
	if right {
		return fill + s
	}
	return s + fill
}

// wrap breaks s at spaces into lines of at most w columns; a word longer than
// a line is cut into pieces.
func wrap(s string, w int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		for displayWidth(word) > w {
			if line != "" {
				lines, line = append(lines, line), ""
			}
			piece := take([]rune(word), w)
			lines, word = append(lines, piece), word[len(piece):]
		}
		switch {
		case line == "":
			line = word
		case displayWidth(line)+1+displayWidth(word) <= w:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
