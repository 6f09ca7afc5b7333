package plain

import (
	"bytes"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Writer passes text on to another writer with everything replaced that a
// terminal or a runner's log would obey:
//
//   - characters that are not [Shown], except tabs and line breaks, and bytes
//     that are no UTF-8, become U+FFFD; a carriage return before a line break
//     is left out
//   - "::" where a line begins with it, after spaces or none, becomes ": :",
//     and "##[" becomes "## [": these two begin the commands of the Actions
//     runner, which reads the first at the beginning of a line and the second
//     anywhere (actions/runner, ActionCommand.cs)
//
// What is in several writes is seen as a whole. A Writer is for one goroutine
// at a time.
type Writer struct {
	to   io.Writer
	keep []string // escape sequences that are passed on

	rest    []byte // the beginning of something, whose end the next write brings
	inside  bool   // something other than space stood on this line already
	colon   bool   // the line has one colon so far
	hashes  int    // how many stand just before, at most 2
	written bytes.Buffer
}

// NewWriter writes to w. The escape sequences in keep, each beginning with ESC,
// are passed on: those with which the program itself colours its text.
func NewWriter(w io.Writer, keep ...string) *Writer { return &Writer{to: w, keep: keep} }

// Write implements [io.Writer]. The error is that of the writer behind.
func (w *Writer) Write(p []byte) (int, error) {
	text := p
	if len(w.rest) > 0 {
		text = append(w.rest, p...)
		w.rest = nil
	}
	w.written.Reset()
	for len(text) > 0 {
		n := w.next(text)
		if n == 0 { // it is not whole yet
			w.rest = bytes.Clone(text)
			break
		}
		text = text[n:]
	}
	if _, err := w.to.Write(w.written.Bytes()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush writes what the last write left unfinished: half a character, say.
func (w *Writer) Flush() error {
	if len(w.rest) == 0 {
		return nil
	}
	w.rest = nil
	_, err := io.WriteString(w.to, string(utf8.RuneError))
	return err
}

// next takes one character or kept sequence from the text and returns its
// length in bytes; 0 when its end is not there yet.
func (w *Writer) next(text []byte) int {
	switch c := text[0]; {
	case c == '\x1b':
		return w.escape(text)
	case c == '\r' && len(text) == 1:
		return 0
	case c == '\r' && text[1] == '\n':
		return 1
	case c == '\n':
		w.inside, w.colon, w.hashes = false, false, 0
		return w.put('\n', 1)
	case !utf8.FullRune(text):
		return 0
	}
	r, size := utf8.DecodeRune(text)
	if r != '\t' && !Shown(r) {
		r = utf8.RuneError
	}
	w.breakCommand(r)
	return w.put(r, size)
}

// breakCommand puts a space before a character that would complete what the
// runner obeys, and remembers what led up to it.
func (w *Writer) breakCommand(r rune) {
	if r == ':' && w.colon && !w.inside || r == '[' && w.hashes == 2 {
		w.written.WriteByte(' ')
	}
	space := unicode.IsSpace(r) // the runner trims all of them, no-break spaces too
	w.inside = w.inside || w.colon || r != ':' && !space
	w.colon = r == ':' && !w.inside
	if w.hashes = min(w.hashes+1, 2); r != '#' {
		w.hashes = 0
	}
}

func (w *Writer) escape(text []byte) int {
	for _, sequence := range w.keep {
		if bytes.HasPrefix(text, []byte(sequence)) {
			w.written.WriteString(sequence)
			return len(sequence)
		}
	}
	for _, sequence := range w.keep {
		if strings.HasPrefix(sequence, string(text)) {
			return 0
		}
	}
	w.inside = true
	return w.put(utf8.RuneError, 1)
}

func (w *Writer) put(r rune, size int) int {
	w.written.WriteRune(r)
	return size
}
