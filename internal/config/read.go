package config

import (
	"fmt"
	"strings"

	"github.com/benchgate/benchgate/internal/problem"
	"go.yaml.in/yaml/v4"
)

// read reads the value at a node into wherever it was made for. Path names
// the value in messages: "limits.usd", "suite.tasks[2].path".
type read func(n *yaml.Node, path string)

// field is one key of a mapping.
type field struct {
	key  string
	read read
}

// object reads a mapping that may have these keys and no others.
func (s *source) object(fields ...field) read {
	known := make([]string, len(fields))
	for i, f := range fields {
		known[i] = f.key
	}
	return func(n *yaml.Node, path string) {
		s.entries(n, path, mappingOf(known), func(key, value *yaml.Node, path string) {
			for _, f := range fields {
				if f.key == key.Value {
					f.read(value, path)
					return
				}
			}
			if near := problem.Nearest(key.Value, known); near != "" {
				// The key that was meant counts as wrong, so that nobody tells
				// besides that it is missing.
				s.wrong[strings.TrimSuffix(path, key.Value)+near] = true
			}
			s.reject(key, path, "unknown key %s%s%s (known keys: %s)",
				quote(key.Value), inside(path, key.Value), problem.DidYouMean(key.Value, known), strings.Join(known, ", "))
		})
	}
}

func mappingOf(keys []string) string {
	if len(keys) == 1 {
		return "a mapping with the key " + keys[0]
	}
	return "a mapping with the keys " + strings.Join(keys, ", ")
}

// inside names the mapping in which a key is.
func inside(path, key string) string {
	top := strings.TrimSuffix(strings.TrimSuffix(path, key), ".")
	if top == "" {
		return ""
	}
	return " in " + top
}

// entries calls each for every key of a mapping that may have any keys, and
// reports keys that are there twice.
func (s *source) entries(n *yaml.Node, path, want string, each func(key, value *yaml.Node, path string)) {
	n = follow(n)
	if n.Kind != yaml.MappingNode {
		s.mistyped(n, path, want)
		return
	}
	first := make(map[string]int)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.ShortTag() == "!!merge":
			s.reject(key, path, "merge keys (<<) are not supported; write the keys out")
			continue
		case key.Kind != yaml.ScalarNode:
			s.reject(key, path, "a key is %s, want plain text", describe(key))
			continue
		}
		if line, twice := first[key.Value]; twice {
			s.reject(key, join(path, key.Value), "key %s is there twice, first on line %d; remove one", quote(key.Value), line)
			continue
		}
		first[key.Value] = key.Line
		s.places[join(path, key.Value)] = place{key.Line, key.Column}
		each(key, value, join(path, key.Value))
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// list reads a sequence; item makes the reader of one more element.
func (s *source) list(want string, item func() read) read {
	return func(n *yaml.Node, path string) {
		n = follow(n)
		if n.Kind != yaml.SequenceNode {
			s.mistyped(n, path, want)
			return
		}
		for i, e := range n.Content {
			path := fmt.Sprintf("%s[%d]", path, i+1)
			s.places[path] = place{e.Line, e.Column}
			item()(e, path)
		}
	}
}

// words reads a list of texts, which are handed to a program: ${NAME} in them is
// left to that program.
func (s *source) words(to *[]string) read {
	return s.list(`a list of texts, for example ["--flag", "value"]`, func() read {
		return func(n *yaml.Node, path string) {
			if v, ok := s.plainText(n, path, "text"); ok {
				*to = append(*to, v)
			}
		}
	})
}

// text reads a text that is not empty. Want says in messages what belongs there.
func (s *source) text(to *string, want string) read {
	return func(n *yaml.Node, path string) {
		v, ok := s.plainText(n, path, want)
		switch {
		case !ok:
		case strings.TrimSpace(v) == "":
			s.mistyped(follow(n), path, want)
		case strings.Contains(v, "${"):
			s.reject(n, path, "%s is %s, but ${NAME} is only replaced in headers (api, telemetry.forward); write the value out", path, quote(v))
		default:
			*to = v
		}
	}
}

// plainText returns a text with ${ in it unchanged. A number or a truth value is
// refused: YAML would read 1.10 as the number 1.1, and the user may have meant
// the version 1.10.
func (s *source) plainText(n *yaml.Node, path, want string) (string, bool) {
	n = follow(n)
	switch tag := n.ShortTag(); {
	case n.Kind == yaml.ScalarNode && tag == "!!str", s.flags[path] != "": // flags are text as typed
		return n.Value, true
	case n.Kind == yaml.ScalarNode && (tag == "!!int" || tag == "!!float" || tag == "!!bool" || tag == "!!timestamp"):
		s.reject(n, path, "%s is %s, want %s; put it in quotes if it is meant", path, describe(n), want)
	default:
		s.mistyped(n, path, want)
	}
	return "", false
}

// choice reads one of several words.
func choice[T ~string](s *source, to *T, options ...T) read {
	known := make([]string, len(options))
	for i, o := range options {
		known[i] = string(o)
	}
	return func(n *yaml.Node, path string) {
		n = follow(n)
		for _, o := range options {
			if n.Kind == yaml.ScalarNode && n.Value == string(o) {
				*to = o
				return
			}
		}
		want := orList(known)
		if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
			s.mistyped(n, path, want)
			return
		}
		s.reject(n, path, "%s is %s, want %s%s", path, describe(n), want, problem.DidYouMean(n.Value, known))
	}
}

func orList(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// truth reads true or false.
func (s *source) truth(to *bool) read {
	return func(n *yaml.Node, path string) {
		n = follow(n)
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" || n.Load(to) != nil {
			s.mistyped(n, path, "true or false")
		}
	}
}

// whole reads a whole number of at least low and at most high.
func (s *source) whole(to *int, low, high int) read {
	want := fmt.Sprintf("a whole number from %d to %d", low, high)
	return func(n *yaml.Node, path string) {
		n = follow(n)
		var v int
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || n.Load(&v) != nil || v < low || v > high {
			s.mistyped(n, path, want)
			return
		}
		*to = v
	}
}

// span is the range of an amount, with its name in words.
type span struct {
	has  func(v float64) bool
	want string
}

// amount reads a number of the span.
func (s *source) amount(to *float64, in span) read {
	return func(n *yaml.Node, path string) {
		n = follow(n)
		var v float64
		tag := n.ShortTag()
		if n.Kind != yaml.ScalarNode || (tag != "!!int" && tag != "!!float") || n.Load(&v) != nil || !in.has(v) {
			s.mistyped(n, path, in.want)
			return
		}
		*to = v
	}
}

// known reads an amount that may be absent.
func (s *source) known(to **float64, in span) read {
	return func(n *yaml.Node, path string) {
		var v float64
		if s.amount(&v, in)(n, path); !s.wrong[path] {
			*to = &v
		}
	}
}

// mistyped reports a value of a wrong type or outside its range.
func (s *source) mistyped(n *yaml.Node, path, want string) {
	switch {
	case path == "":
		s.reject(n, path, "the file is %s, want %s", describe(n), want)
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null":
		s.reject(n, path, "%s has no value, want %s; remove the key for its default", path, want)
	default:
		s.reject(n, path, "%s is %s, want %s", path, describe(n), want)
	}
}

// follow is the node that an alias names.
func follow(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// describe says what a node is, for "is ..., want ...".
func describe(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.AliasNode:
		return "an alias"
	case n.ShortTag() == "!!null":
		return "empty"
	case n.ShortTag() == "!!int", n.ShortTag() == "!!float", n.ShortTag() == "!!bool":
		return problem.Short(n.Value)
	default:
		return quote(n.Value)
	}
}

func quote(value string) string { return problem.Quote(value) }
