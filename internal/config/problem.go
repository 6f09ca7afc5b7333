package config

import (
	"fmt"
	"strings"
	"unicode"
)

// Problem is one mistake in a configuration.
type Problem struct {
	File    string // empty when flags made the mistake
	Line    int    // from 1; zero without a file
	Column  int    // from 1, in characters
	Message string // what is wrong and what to do

	// Snippet is the source line with the place marked below it, several
	// lines; empty without a file. Secrets in it are masked.
	Snippet string
}

// Error is the problem on one line.
func (p *Problem) Error() string {
	if p.File == "" {
		return p.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// Problems are all mistakes of a configuration, sorted by place; never empty
// as an error.
type Problems []*Problem

// Error lists every problem with its snippet.
func (ps Problems) Error() string {
	var b strings.Builder
	for i, p := range ps {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.Error())
		if p.Snippet != "" {
			b.WriteByte('\n')
			b.WriteString(p.Snippet)
		}
	}
	return b.String()
}

// Unwrap gives each problem to errors.As.
func (ps Problems) Unwrap() []error {
	errs := make([]error, len(ps))
	for i, p := range ps {
		errs[i] = p
	}
	return errs
}

// maxSnippet is how many characters of a source line are shown.
const maxSnippet = 100

// snippet shows a source line and marks the word at the column (from 1).
func snippet(text string, line, column int) string {
	runes := []rune(text)
	at := min(column-1, len(runes))
	width := wordLength(runes[at:])
	if from := at - maxSnippet/2; len(runes) > maxSnippet && from > 0 {
		runes, at = append([]rune("..."), runes[from:]...), at-from+3
	}
	if len(runes) > maxSnippet {
		runes = append(runes[:maxSnippet:maxSnippet], []rune("...")...)
	}
	number := fmt.Sprint(line)
	margin := strings.Repeat(" ", len(number))
	width = max(1, min(width, len(runes)-at))
	return fmt.Sprintf(" %s | %s\n %s | %s^%s", number, strings.TrimRight(printable(string(runes)), " "), margin,
		strings.Repeat(" ", at), strings.Repeat("~", width-1))
}

// printable replaces each character that a terminal would obey, and tabs by
// one space, so that a mark stays below its word.
func printable(text string) string {
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

// wordLength is how far a YAML word reaches: a quoted one to its quote.
func wordLength(text []rune) int {
	if len(text) > 0 && (text[0] == '"' || text[0] == '\'') {
		for i, r := range text[1:] {
			if r == text[0] {
				return i + 2
			}
		}
	}
	for i, r := range text {
		if unicode.IsSpace(r) || strings.ContainsRune(",:{}[]", r) {
			return i
		}
	}
	return len(text)
}
