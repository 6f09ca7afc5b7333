package problem

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Most is how many problems of one file are told. The rest is counted: a file
// of another kind can be wrong on every line.
const Most = 20

// List holds the problems found in files, sorted by file, line and column, and
// is the error that tells them all. The zero List is empty and ready to use.
type List struct {
	problems []*Problem
	more     map[string]int // by file: how many beyond Most were dropped
}

// Add puts a problem in its place; one of the same place goes behind those
// that are there. Of each file the first [Most] by place are kept, so that the
// list stays small however long the file is.
func (l *List) Add(p *Problem) {
	at := slices.IndexFunc(l.problems, func(have *Problem) bool { return compare(p, have) < 0 })
	if at < 0 {
		at = len(l.problems)
	}
	l.problems = slices.Insert(l.problems, at, p)

	count, last := 0, 0
	for i, have := range l.problems {
		if have.File == p.File {
			count, last = count+1, i
		}
	}
	if count <= Most {
		return
	}
	l.problems = slices.Delete(l.problems, last, last+1)
	if l.more == nil {
		l.more = make(map[string]int)
	}
	l.more[p.File]++
}

func compare(a, b *Problem) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// Len is how many problems were added.
func (l *List) Len() int {
	n := len(l.problems)
	for _, more := range l.more {
		n += more
	}
	return n
}

// Err is the list as an error, nil when it is empty.
func (l *List) Err() error {
	if l == nil || len(l.problems) == 0 {
		return nil
	}
	return l
}

// All returns the problems that are told, sorted; behind those of a file that
// has more than [Most], one for the file as a whole says how many more.
func (l *List) All() []*Problem {
	var all []*Problem
	for i, p := range l.problems {
		all = append(all, p)
		lastOfFile := i+1 == len(l.problems) || l.problems[i+1].File != p.File
		if more := l.more[p.File]; more > 0 && lastOfFile {
			all = append(all, &Problem{File: p.File, Message: fmt.Sprintf("and %d more", more)})
		}
	}
	return all
}

// Error is every problem on a line of its own, without snippets.
func (l *List) Error() string {
	var lines []string
	for _, p := range l.All() {
		lines = append(lines, p.Error())
	}
	return strings.Join(lines, "\n")
}

// Text is every problem with its snippet.
func (l *List) Text() string {
	var texts []string
	for _, p := range l.All() {
		texts = append(texts, p.Text())
	}
	return strings.Join(texts, "\n")
}

// Unwrap gives each problem to errors.As.
func (l *List) Unwrap() []error {
	var errs []error
	for _, p := range l.All() {
		errs = append(errs, p)
	}
	return errs
}

// Split takes an error apart into what is told one by one: each [*Problem] in
// it, and whole each joined error that holds none. Words that were wrapped
// around a problem are dropped, since the place says what was being read.
// Split(nil) is empty.
func Split(err error) []error {
	if err == nil {
		return nil
	}
	if p, ok := err.(*Problem); ok { //nolint:errorlint // wrapped ones are taken out below
		return []error{p}
	}
	if _, ok := errors.AsType[*Problem](err); !ok {
		return []error{err}
	}
	switch err := err.(type) { //nolint:errorlint // each layer is looked at by itself
	case interface{ Unwrap() []error }:
		var parts []error
		for _, e := range err.Unwrap() {
			parts = append(parts, Split(e)...)
		}
		return parts
	case interface{ Unwrap() error }:
		return Split(err.Unwrap())
	default: // an error with an As method of its own
		return []error{err}
	}
}
