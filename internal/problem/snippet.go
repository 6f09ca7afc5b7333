package problem

import (
	"fmt"
	"strings"
	"unicode"
)

// maxSnippet is how many characters of a line are shown: with its number it
// fits a terminal of 110 columns.
const maxSnippet = 100

// Snippet shows a line with a mark below the word at the column, both from 1:
//
//	8 | limits: {attempts: 0, usd: -3}
//	  |                            ^~
//
// A long line is cut around the column. Secrets are masked ([Source.Mask]), as
// are private keys and values behind a name such as password; characters that a terminal would obey are replaced. Without a line or a
// column there is nothing to mark, and the snippet is empty.
func (s *Source) Snippet(line, column int) string {
	if line < s.first || column < 1 || line-s.first >= len(s.Lines()) {
		return ""
	}
	runes := []rune(s.quotable(line))
	at := min(column-1, len(runes))
	width := wordLength(runes[at:])
	if from := at - maxSnippet/2; len(runes) > maxSnippet && from > 0 {
		runes, at = append([]rune("..."), runes[from:]...), at-from+3
	}
	if len(runes) > maxSnippet {
		runes = append(runes[:maxSnippet:maxSnippet], []rune("...")...)
	}
	number := fmt.Sprint(line)
	width = max(1, min(width, len(runes)-at))
	shown := strings.TrimRight(visible(string(runes)), " ")
	return fmt.Sprintf(" %s | %s\n %s | %s^%s", number, shown,
		strings.Repeat(" ", len(number)), strings.Repeat(" ", at), strings.Repeat("~", width-1))
}

// quotable is a line of the file without its secrets. It is kept, because a long
// line can have many mistakes.
func (s *Source) quotable(line int) string {
	if s.quoted == nil {
		s.quoted = make(map[int]string)
	}
	text, ok := s.quoted[line]
	if !ok {
		text = s.withoutSecrets(line)
		s.quoted[line] = text
	}
	return text
}

func (s *Source) withoutSecrets(line int) string {
	if s.inPrivateKey(line) {
		return stars(s.line(line))
	}
	text := []rune(s.line(line))
	if at, ok := s.hidden[line]; ok && at <= len(text) {
		text = append(text[:at-1:at-1], []rune("***")...)
	}
	return maskGroup(s.Mask(string(text)), telling)
}

// visible replaces each character that a terminal would obey or not show, and
// each tab by one space, so that a mark stays below its word.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case !unicode.IsPrint(r):
			return '?'
		default:
			return r
		}
	}, text)
}

// wordLength is how many characters the word at the beginning of a text has: a
// quoted one reaches to its quote.
func wordLength(text []rune) int {
	if len(text) > 0 && (text[0] == '"' || text[0] == '\'') {
		for i, r := range text[1:] {
			if r == text[0] {
				return i + 2
			}
		}
	}
	for i, r := range text {
		if unicode.IsSpace(r) || strings.ContainsRune(",:{}[]=", r) {
			return i
		}
	}
	return len(text)
}
