package problem

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// byteOrderMark is what some editors write in front of UTF-8 text. Editors do
// not show it, so it is no column.
const byteOrderMark = "\ufeff"

// Source is the text of a file, in which places are found and from which lines
// are quoted.
type Source struct {
	file  string
	text  []byte
	first int      // the number of the text's first line in the file
	split []string // its lines, without line ends and byte order mark; made when needed
	keys  []bool   // which lines lie in a private key; made when needed

	// last is the place that was asked for last. Places are mostly asked for in
	// the order of the text; counting goes on from here, so that a long file
	// with many mistakes is counted once and not once a mistake.
	last mark

	hidden  map[int]int    // by line: the column from which nothing is quoted
	quoted  map[int]string // by line: what may be quoted of it; made when needed
	secrets []string       // texts that are masked wherever they occur
}

// mark is an offset in bytes and its place.
type mark struct{ offset, line, column int }

// NewSource is a whole file's text. File is its name in messages; it may be
// empty.
func NewSource(file string, text []byte) *Source {
	return &Source{file: file, text: text, first: 1}
}

// NewLine is one line of a longer file, when the rest of the text is not kept.
// Number is the line's, from 1.
func NewLine(file string, number int, text []byte) *Source {
	return &Source{file: file, text: text, first: number}
}

// Lines are the file's lines without their ends ("\n" or "\r\n").
func (s *Source) Lines() []string {
	if s.split == nil {
		text := strings.TrimPrefix(string(s.text), byteOrderMark)
		s.split = strings.Split(text, "\n")
		for i, line := range s.split {
			s.split[i] = strings.TrimSuffix(line, "\r")
		}
	}
	return s.split
}

// line is a line of the file by its number, "" beyond the text.
func (s *Source) line(number int) string {
	if i := number - s.first; i >= 0 && i < len(s.Lines()) {
		return s.split[i]
	}
	return ""
}

// Place turns an offset in bytes, from 0, into line and column, both from 1.
// A column is a character (rune): a letter of several bytes, a tab and a byte
// that is no UTF-8 are one each. Offsets outside the text are taken as its
// nearest end.
func (s *Source) Place(offset int) (line, column int) {
	start := mark{line: s.first, column: 1}
	if bytes.HasPrefix(s.text, []byte(byteOrderMark)) {
		start.offset = len(byteOrderMark)
	}
	offset = min(max(offset, start.offset), len(s.text))
	m := s.last
	if m.line == 0 || offset < m.offset {
		m = start
	}
	passed := s.text[m.offset:offset]
	if newline := bytes.LastIndexByte(passed, '\n'); newline >= 0 {
		m.line += bytes.Count(passed, []byte("\n"))
		m.column = 1
		passed = passed[newline+1:]
	}
	m.column += utf8.RuneCount(passed)
	m.offset = offset
	if offset == len(s.text) || utf8.RuneStart(s.text[offset]) {
		s.last = m // from the middle of a character counting could not go on
	}
	return m.line, m.column
}

// Characters turns a column in bytes, from 1, of a line into one in
// characters.
func (s *Source) Characters(line, column int) int {
	text := s.line(line)
	if line == s.first && bytes.HasPrefix(s.text, []byte(byteOrderMark)) {
		column -= len(byteOrderMark)
	}
	return utf8.RuneCountInString(text[:min(max(column-1, 0), len(text))]) + 1
}

// At is a problem at an offset in bytes, from 0.
func (s *Source) At(offset int, format string, args ...any) *Problem {
	line, column := s.Place(offset)
	return s.AtPlace(line, column, format, args...)
}

// AtPlace is a problem at a line and a column, both from 1, the column in
// characters. Column 0 is the line as a whole, line 0 the file.
func (s *Source) AtPlace(line, column int, format string, args ...any) *Problem {
	return &Problem{File: s.file, Line: line, Column: column, Message: s.Mask(fmt.Sprintf(format, args...)), source: s}
}

// Whole is a problem of the file as a whole.
func (s *Source) Whole(format string, args ...any) *Problem {
	return &Problem{File: s.file, Message: s.Mask(fmt.Sprintf(format, args...))}
}

// Hide is for a secret that has no form by which [FindSecrets] knows it. The
// rest of the line from the column on (both from 1) is left out of snippets, and
// the secret's text is masked in messages and snippets wherever it occurs. A
// text below six bytes is hidden only at its place, since it may occur in
// ordinary words.
func (s *Source) Hide(line, column int, secret string) {
	if s.hidden == nil {
		s.hidden = make(map[int]int)
	}
	if at, ok := s.hidden[line]; !ok || column < at {
		s.hidden[line] = column
	}
	s.quoted = nil
	for part := range strings.Lines(secret) {
		if part = strings.TrimSpace(part); len(part) >= 6 {
			s.secrets = append(s.secrets, part)
		}
	}
}

// Mask replaces in a message or a line the secrets that were hidden, everything
// that looks like a secret ([FindSecrets]), and users and passwords in URLs, by
// stars. Lengths stay, so that columns do.
func (s *Source) Mask(text string) string {
	// The longest first, so that none hides a part of another.
	slices.SortFunc(s.secrets, func(a, b string) int { return len(b) - len(a) })
	for _, secret := range s.secrets {
		text = strings.ReplaceAll(text, secret, stars(secret))
	}
	return maskGroup(looks.ReplaceAllStringFunc(text, stars), userInfo)
}
