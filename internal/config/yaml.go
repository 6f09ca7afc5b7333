package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// parse turns the text into the document's top node; nil after a problem.
func (s *source) parse(text []byte) *yaml.Node {
	loader, err := yaml.NewLoader(bytes.NewReader(text))
	if err != nil {
		s.report(place{}, "the file cannot be read as YAML: %v", err)
		return nil
	}
	var doc, second yaml.Node
	switch err := loader.Load(&doc); {
	case errors.Is(err, io.EOF):
		s.report(place{}, "the file is empty; `benchgate init` writes one to start from")
		return nil
	case err != nil:
		s.syntax(err)
		return nil
	}
	switch err := loader.Load(&second); {
	case err == nil:
		s.report(place{second.Line, second.Column}, "a second document begins here; a configuration is one, remove the line \"---\" before it")
		return nil
	case !errors.Is(err, io.EOF):
		s.syntax(err)
		return nil
	}
	if len(doc.Content) != 1 {
		s.report(place{}, "the file is empty; `benchgate init` writes one to start from")
		return nil
	}
	return doc.Content[0]
}

// syntax reports an error of the YAML library in this package's form.
func (s *source) syntax(err error) {
	var load *yaml.LoadError
	if !errors.As(err, &load) {
		s.report(place{}, "this is not YAML: %v", err)
		return
	}
	at := place{load.Mark.Line, load.Mark.Column}
	message := load.Message
	if load.ContextMsg != "" {
		message += fmt.Sprintf(" %s from line %d on", load.ContextMsg, load.ContextMark.Line)
	}
	s.report(at, "this is not YAML: %s%s", message, s.syntaxHint(at))
}

var tabIndent = regexp.MustCompile(`^ *\t`)

// syntaxHint explains the two mistakes that people make most.
func (s *source) syntaxHint(at place) string {
	lines := s.content.Lines()
	if at.line < 1 || at.line > len(lines) {
		return ""
	}
	switch line := lines[at.line-1]; {
	case tabIndent.MatchString(line):
		return "; indent with spaces, YAML allows no tabs"
	case strings.Count(line, ": ") > 1 && !strings.ContainsAny(line, "{\"'"):
		return "; put text that contains \": \" in quotes"
	default:
		return ""
	}
}
