package main

import (
	"errors"
	"io"
	"strings"
	"syscall"

	"github.com/benchgate/benchgate/internal/plain"
	"github.com/benchgate/benchgate/internal/report"
)

// stream is standard output or standard error, for text. All that the program
// writes goes through one of the two, so what others wrote, in whatever message
// it comes, is obeyed by no terminal and no runner.
type stream struct {
	display *display
	file    io.Writer // what it goes to
	gone    func()    // is called when nobody reads it any more
	text    *plain.Writer
	closed  bool // nobody reads it
	begun   bool // on a terminal: its last line has no end yet
}

func (d *display) stream(file io.Writer, gone func()) *stream {
	s := &stream{display: d, file: file, gone: gone}
	s.text = plain.NewWriter(writing(s.pass), report.Colors()...)
	return s
}

// writing is a function that is an io.Writer.
type writing func(p []byte) (int, error)

func (f writing) Write(p []byte) (int, error) { return f(p) }

// Write writes above the block.
func (s *stream) Write(p []byte) (n int, err error) {
	s.display.locked(func() {
		s.display.erase()
		n, err = s.text.Write(p)
		s.begun = !strings.HasSuffix(string(p), "\n") && isTerminal(s.file)
		s.display.redraw()
	})
	return n, err
}

// pass writes as it is. What nobody reads is not written, and is no error: the
// command is told, and comes to an orderly end.
func (s *stream) pass(p []byte) (int, error) {
	if s.closed {
		return len(p), nil
	}
	n, err := s.file.Write(p)
	if errors.Is(err, syscall.EPIPE) {
		s.closed = true
		s.gone()
		return len(p), nil
	}
	return n, err
}
