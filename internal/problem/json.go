package problem

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// maxDepth is how deep values may nest: far deeper than any file of ours, and
// not so deep that a hostile file exhausts the stack.
const maxDepth = 100

// Node is a JSON value with its place.
type Node struct {
	Offset int        // of its first byte
	Value  any        // string, json.Number, bool or nil, of a scalar
	Kind   json.Delim // '{', '[', or 0 for a scalar
	Names  []Name     // of an object, in the order of the file
	Items  []*Node    // an object's values, beside Names, or a list's elements

	end int // the offset behind its last byte
}

// Name is a member's name in an object.
type Name struct {
	Offset int // of its opening quote
	Text   string
}

// ParseJSON reads the one JSON value that the text must be. Of a text that is
// no JSON the first mistake is told: what follows it cannot be read.
func (s *Source) ParseJSON() (*Node, *Problem) {
	var valid json.RawMessage
	if err := json.Unmarshal(s.text, &valid); err != nil {
		return nil, s.broken(err)
	}
	p := &nodeParser{text: s.text, dec: json.NewDecoder(bytes.NewReader(s.text))}
	p.dec.UseNumber()
	root, err := p.value(0)
	if err != nil {
		return nil, s.At(p.next(), "%v", err)
	}
	return root, nil
}

// broken is the mistake that makes the text no JSON.
func (s *Source) broken(err error) *Problem {
	text := bytes.TrimRight(s.text, " \t\r\n")
	message, at := strings.TrimPrefix(err.Error(), "json: "), 0
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = int(syntax.Offset) - 1 // the offset is behind the byte that is wrong
	}
	switch {
	case len(text) == 0:
		return s.At(0, "there is nothing here, want JSON")
	case bytes.HasPrefix(text, []byte(byteOrderMark)):
		return s.At(0, "the file begins with a byte order mark, which JSON does not allow; save it as UTF-8 without one")
	case at >= len(text), strings.Contains(message, "unexpected end"):
		message, at = "it ends too early, something was cut off", len(text)
	case strings.Contains(message, "'\\n' in string literal"):
		message = "a text has no closing quote on its line"
	case strings.Contains(message, "max depth"):
		message = "nested too deeply"
	case strings.Contains(message, "after top-level value"):
		message = "something follows the end of the document"
	}
	return s.At(at, "broken JSON: %s", message)
}

// nodeParser makes nodes of valid JSON from the tokens of encoding/json, which
// alone tells neither where a value is nor that a name is there twice.
type nodeParser struct {
	text []byte
	dec  *json.Decoder
}

// next is the offset at which the next token begins.
func (p *nodeParser) next() int {
	at := int(p.dec.InputOffset())
	for at < len(p.text) && bytes.IndexByte([]byte(" \t\r\n,:"), p.text[at]) >= 0 {
		at++
	}
	return at
}

func (p *nodeParser) value(depth int) (*Node, error) {
	n := &Node{Offset: p.next()}
	token, err := p.dec.Token()
	if err != nil {
		return nil, err
	}
	delim, opens := token.(json.Delim)
	if !opens {
		n.Value, n.end = token, int(p.dec.InputOffset())
		return n, nil
	}
	if depth == maxDepth {
		return nil, errors.New("nested too deeply")
	}
	n.Kind = delim
	for p.dec.More() {
		if err := p.member(n, depth); err != nil {
			return nil, err
		}
	}
	_, err = p.dec.Token() // the closing delimiter
	n.end = int(p.dec.InputOffset())
	return n, err
}

// member reads one more member of an object or element of a list.
func (p *nodeParser) member(n *Node, depth int) error {
	if n.Kind == '{' {
		at := p.next()
		name, err := p.dec.Token()
		if err != nil {
			return err
		}
		text, _ := name.(string)
		n.Names = append(n.Names, Name{at, text})
	}
	item, err := p.value(depth + 1)
	if err != nil {
		return err
	}
	n.Items = append(n.Items, item)
	return nil
}

// Find is the value at a path such as tasks[2].digest, or the nearest one
// above it that is there. Names may hold dots.
func (n *Node) Find(path string) *Node {
	if path == "" {
		return n
	}
	for i, item := range n.Items {
		rest, ok := strings.CutPrefix(path, n.step(i))
		if ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return item.Find(strings.TrimPrefix(rest, "."))
		}
	}
	return n
}

// step is how a path names the i-th item.
func (n *Node) step(i int) string {
	if n.Kind == '{' {
		return n.Names[i].Text
	}
	return index(i)
}
