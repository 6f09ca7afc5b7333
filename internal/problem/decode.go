package problem

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// DecodeJSON decodes the text into what into points to, as encoding/json does,
// and adds to the list every value of a wrong type. With strict, names that
// the Go type does not know and names that are there twice are mistakes too.
// It returns the document, for the places of what the caller finds wrong with
// its meaning; nil when the text is no JSON.
func (s *Source) DecodeJSON(into any, strict bool, l *List) *Node {
	root, wrong := s.ParseJSON()
	if wrong != nil {
		l.Add(wrong)
		return nil
	}
	before := l.Len()
	c := &jsonChecker{source: s, strict: strict, list: l}
	c.check(root, "", reflect.TypeOf(into).Elem())
	if err := json.Unmarshal(s.text, into); err != nil && l.Len() == before {
		l.Add(s.At(root.Offset, "%s", strings.TrimPrefix(err.Error(), "json: ")))
	}
	return root
}

// jsonChecker compares a document with a Go type. encoding/json would stop at the
// first unknown name, without its place, and report one wrong type only.
type jsonChecker struct {
	source *Source
	strict bool
	list   *List
}

func (c *jsonChecker) check(n *Node, path string, t reflect.Type) {
	for t.Kind() == reflect.Pointer && !decodesItself(t) {
		t = t.Elem()
	}
	switch {
	case n.Kind == 0 && n.Value == nil: // null leaves any Go value as it is
	case decodesItself(t):
		c.leaf(n, path, t)
	case n.Kind == '{' && t.Kind() == reflect.Struct:
		c.object(n, path, fieldsOf(t))
	case n.Kind == '{' && t.Kind() == reflect.Map && t.Key().Kind() == reflect.String:
		c.table(n, path, t)
	case n.Kind == '[' && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array):
		for i, item := range n.Items {
			c.check(item, path+index(i), t.Elem())
		}
	default:
		c.leaf(n, path, t)
	}
}

// table checks an object that becomes a map.
func (c *jsonChecker) table(n *Node, path string, t reflect.Type) {
	c.twice(n)
	for i, name := range n.Names {
		if key, ok := reflect.New(t.Key()).Interface().(textUnmarshaler); ok {
			if err := key.UnmarshalText([]byte(name.Text)); err != nil {
				c.list.Add(c.source.At(name.Offset, "%s: %v", path, err))
			}
		}
		c.check(n.Items[i], join(path, name.Text), t.Elem())
	}
}

func (c *jsonChecker) object(n *Node, path string, fields map[string]reflect.Type) {
	c.twice(n)
	for i, name := range n.Names {
		t, known := fields[name.Text]
		for key, other := range fields { // encoding/json does not mind the case
			if !known && strings.EqualFold(key, name.Text) {
				t, known = other, true
			}
		}
		switch {
		case known:
			c.check(n.Items[i], join(path, name.Text), t)
		case c.strict:
			c.list.Add(c.source.At(name.Offset, "unknown key %s%s", Quote(name.Text), inside(path)))
		}
	}
}

// twice reports the names that an object has more than once.
func (c *jsonChecker) twice(n *Node) {
	if !c.strict {
		return
	}
	first := make(map[string]int) // lines
	for _, name := range n.Names {
		if line, ok := first[name.Text]; ok {
			c.list.Add(c.source.At(name.Offset, "key %s is there twice, first on line %d", Quote(name.Text), line))
			continue
		}
		first[name.Text], _ = c.source.Place(name.Offset)
	}
}

// leaf lets encoding/json decide whether a value fits.
func (c *jsonChecker) leaf(n *Node, path string, t reflect.Type) {
	err := json.Unmarshal(c.source.text[n.Offset:n.end], reflect.New(t).Interface())
	if err == nil {
		return
	}
	subject := path
	if path == "" {
		subject = "the document"
	}
	if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok || n.Kind != 0 {
		c.list.Add(c.source.At(n.Offset, "%s is %s, want %s", subject, n.describe(), kind(t)))
		return
	}
	c.list.Add(c.source.At(n.Offset, "%s: %s", subject, strings.TrimPrefix(err.Error(), "json: ")))
}

type textUnmarshaler interface{ UnmarshalText(text []byte) error }

// decodesItself reports whether a type has a decoding of its own, such as
// time.Time.
func decodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[json.Unmarshaler]()) || p.Implements(reflect.TypeFor[textUnmarshaler]())
}

// fieldsOf are a struct's fields by their names in JSON.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := make(map[string]reflect.Type)
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" || !f.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		fields[name] = f.Type
	}
	return fields
}

// describe says what a value is, for "is ..., want ...".
func (n *Node) describe() string {
	switch v := n.Value.(type) {
	case string:
		return Quote(v)
	case json.Number:
		return Short(v.String())
	case bool:
		return strconv.FormatBool(v)
	}
	switch n.Kind {
	case '{':
		return "an object"
	case '[':
		return "a list"
	default:
		return "null"
	}
}

// kind names a Go type in the words of JSON.
func kind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number of 0 or more"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		return "a list"
	default:
		return "an object"
	}
}

// Quote is a value from a file in quotes, cut to what a message has room for.
func Quote(value string) string { return strconv.Quote(Short(value)) }

// Short is a value from a file, of more than 60 characters only those with
// "..." behind: by them it is recognized, and the message stays on one line.
func Short(value string) string {
	const most = 60
	if r := []rune(value); len(r) > most {
		return string(r[:most]) + "..."
	}
	return value
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func index(i int) string { return fmt.Sprintf("[%d]", i) }

func inside(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}
