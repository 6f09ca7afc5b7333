package report

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// terminal measures as terminals outside East Asian locales do: characters of
// ambiguous width take one column. The library's own default asks the
// environment, which this package must not.
var terminal = &runewidth.Condition{StrictEmojiNeutral: true}

// displayWidth is the number of terminal columns s takes, character by
// character: few terminals join the parts of a composed emoji into one.
func displayWidth(s string) int {
	w := 0
	for _, r := range s {
		w += runeWidth(r)
	}
	return w
}

func runeWidth(r rune) int { return terminal.RuneWidth(r) }

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

// cutWords keeps the first words of s that fit into w columns.
func cutWords(s string, w int) string {
	if displayWidth(s) <= w {
		return s
	}
	kept := take([]rune(s), max(w-2, 0))
	if end := strings.LastIndexByte(kept, ' '); end > 0 {
		kept = kept[:end]
	}
	return strings.TrimRight(kept, " ,;:") + " …"
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
