package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/internal/problem"
	"go.yaml.in/yaml/v4"
)

// source is a configuration file while it is read: its text, the place of each
// key, and what was found wrong.
type source struct {
	file     string // empty when everything comes from flags
	whose    string // before each message, where there are two files of that name; else empty
	content  *problem.Source
	places   map[string]place
	wrong    map[string]bool   // paths of keys with a problem
	flags    map[string]string // flags by the path of the key they set, as the user knows them
	problems problem.List

	named func(flag string) string // see [Flags.Named]
}

// place is a position in the file, both from 1.
type place struct{ line, column int }

func newSource(file string, text []byte) *source {
	return &source{
		file:    file,
		content: problem.NewSource(file, text),
		places:  make(map[string]place),
		wrong:   make(map[string]bool),
		flags:   make(map[string]string),
	}
}

// reject reports a problem with the value of the key at path.
func (s *source) reject(n *yaml.Node, path, format string, args ...any) {
	s.wrong[path] = true
	if s.flags[path] != "" {
		s.reportFlag(path, format, args...)
		return
	}
	s.report(place{n.Line, n.Column}, format, args...)
}

// reportFlag reports a problem with what a flag set.
func (s *source) reportFlag(path, format string, args ...any) {
	s.problems.Add(&problem.Problem{Message: s.flags[path] + ": " + fmt.Sprintf(format, args...)})
}

// report reports a problem with a place in the file, or, when everything
// comes from flags, without one.
func (s *source) report(at place, format string, args ...any) {
	if s.file == "" {
		s.problems.Add(&problem.Problem{Message: fmt.Sprintf(format, args...)})
		return
	}
	s.problems.Add(s.problem(at, format, args...))
}

// problem is one with a place in the file.
func (s *source) problem(at place, format string, args ...any) *problem.Problem {
	at.line = min(max(at.line, 1), len(s.content.Lines()))
	at.column = max(at.column, 1)
	return s.content.AtPlace(at.line, at.column, s.whose+format, args...)
}

// blame reports a problem of the keys at these paths together: at the first of
// them that was given, or at the nearest key above the first. Nothing is
// reported when one of them has a problem of its own, which may be the cause of
// this one. It implements [blamer].
func (s *source) blame(paths []string, format string, args ...any) {
	if slices.ContainsFunc(paths, s.broken) {
		return
	}
	for _, p := range paths {
		if s.flags[p] != "" {
			s.reportFlag(p, format, args...)
			return
		}
	}
	s.report(s.where(paths), format, args...)
}

// broken reports whether the key at path, one above or one below it has a
// problem.
func (s *source) broken(path string) bool {
	for p := range s.wrong {
		if below(p, path) || below(path, p) {
			return true
		}
	}
	return false
}

func below(path, top string) bool {
	return path == top || strings.HasPrefix(path, top+".") || strings.HasPrefix(path, top+"[") || top == ""
}

// where is the place of the first path that the file has, else of the nearest
// key above it.
func (s *source) where(paths []string) place {
	for _, p := range paths {
		if at, ok := s.places[p]; ok {
			return at
		}
	}
	for p := paths[0]; p != ""; {
		p = p[:max(0, strings.LastIndexAny(p, ".["))]
		if at, ok := s.places[p]; ok {
			return at
		}
	}
	return place{1, 1}
}

// err is everything that was found wrong, nil when nothing was. A secret may
// have been found after a message that repeats it, so all are masked again.
func (s *source) err() error {
	for _, p := range s.problems.All() {
		p.Message = s.content.Mask(p.Message)
	}
	return s.problems.Err()
}
