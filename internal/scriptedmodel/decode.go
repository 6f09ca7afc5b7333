package scriptedmodel

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"go.yaml.in/yaml/v4"
)

// An Error is one mistake in a script.
type Error struct {
	File   string
	Line   int // from 1; 0 when it is about the whole file
	Column int
	Text   string
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Text) }

const maxScript = 16 << 20

// Decode reads a script. It is strict: unknown and duplicate keys, wrong
// types and contradictions are errors, all of them at once, each an [*Error]
// joined in the order of the file. name is the file's name in them.
func Decode(r io.Reader, name string) (Script, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxScript+1))
	if err != nil {
		return Script{}, fmt.Errorf("reading script %s: %w", name, err)
	}
	d := &decoder{file: name}
	if len(data) > maxScript {
		d.fail(nil, "larger than %d MiB", maxScript>>20)
		return Script{}, d.err()
	}
	var s Script
	d.yaml(yaml.Load(data, &s, yaml.WithKnownFields()))
	if len(d.errs) == 0 {
		d.yaml(yaml.Load(data, &d.root))
		d.check(s)
	}
	if err := d.err(); err != nil {
		return Script{}, err
	}
	return s, nil
}

type decoder struct {
	file string
	root yaml.Node
	errs []*Error
}

func (d *decoder) err() error {
	slices.SortStableFunc(d.errs, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	all := make([]error, len(d.errs))
	for i, e := range d.errs {
		all[i] = e
	}
	return errors.Join(all...)
}

// yaml takes over the errors of the YAML library.
func (d *decoder) yaml(err error) {
	var many *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case err == nil:
	case errors.As(err, &many):
		for _, e := range many.Errors {
			d.errs = append(d.errs, &Error{d.file, e.Mark.Line, e.Mark.Column, e.Message})
		}
	case errors.As(err, &one):
		d.errs = append(d.errs, &Error{d.file, one.Mark.Line, one.Mark.Column, one.Message})
	default:
		d.errs = append(d.errs, &Error{File: d.file, Text: err.Error()})
	}
}

// fail notes a mistake at the value that the path leads to: keys (string) and
// indices (int) from the top of the file.
func (d *decoder) fail(path []any, format string, args ...any) {
	at := &d.root
	if at.Kind == yaml.DocumentNode && len(at.Content) > 0 {
		at = at.Content[0]
	}
	for _, step := range path {
		next := child(at, step)
		if next == nil {
			break // the key is missing: point to what lacks it
		}
		at = next
	}
	d.errs = append(d.errs, &Error{d.file, at.Line, at.Column, fmt.Sprintf(format, args...)})
}

func child(n *yaml.Node, step any) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch s := step.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && s < len(n.Content) {
			return n.Content[s]
		}
	case string:
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == s {
				return n.Content[i+1]
			}
		}
	}
	return nil
}

func (d *decoder) check(s Script) {
	for i, c := range s.Conversations {
		at := []any{"conversations", i}
		if (len(c.Turns) == 0) == (len(c.Attempts) == 0) {
			d.fail(at, "a conversation has turns or attempts: exactly one of them, and not empty")
		}
		d.turns(append(at, "turns"), c.Turns)
		for k, turns := range c.Attempts {
			if len(turns) == 0 {
				d.fail(append(at, "attempts", k), "an attempt needs at least one turn")
			}
			d.turns(append(at, "attempts", k), turns)
		}
	}
	d.turn([]any{"fallback"}, s.Fallback)
	if r := s.Refuse; r != nil {
		if !isError(r.Status) {
			d.fail([]any{"refuse", "status"}, "a refusal has a status from 400 to 599")
		}
		if r.After < 0 {
			d.fail([]any{"refuse", "after"}, "after is negative")
		}
	}
	if s.CountTokens != 0 && !isError(s.CountTokens) {
		d.fail([]any{"count_tokens"}, "count_tokens is the status of an error, 400 to 599; leave it out where tokens are counted")
	}
}

func isError(status int) bool { return status >= 400 && status <= 599 }

func (d *decoder) turns(at []any, turns []Turn) {
	for i, t := range turns {
		d.turn(append(slices.Clip(at), i), t)
	}
}

func (d *decoder) turn(at []any, t Turn) {
	at = slices.Clip(at)
	if t.Delay < 0 {
		d.fail(append(at, "delay"), "delay is negative")
	}
	if u := t.Usage; u != nil && min(u.Input, u.Output, u.CacheRead, u.CacheWrite5m, u.CacheWrite1h, u.WebSearches) < 0 {
		d.fail(append(at, "usage"), "usage counts tokens and searches: none can be negative")
	}
	for i, use := range t.ToolUses {
		here := append(at, "tool_uses", i)
		if use.Name == "" {
			d.fail(here, "a tool use needs the tool's name")
		}
		if _, err := json.Marshal(use.Input); err != nil {
			d.fail(here, "the input of %s cannot be written as JSON: %v", use.Name, err)
		}
	}
	for i, f := range t.Errors {
		d.fault(append(at, "errors", i), f)
	}
}

func (d *decoder) fault(at []any, f Fault) {
	given := 0
	for _, is := range []bool{f.Status != 0, f.Event != "", f.Drop, f.Silent, f.Reset, f.Hang, f.Cut} {
		if is {
			given++
		}
	}
	if given != 1 {
		d.fail(at, "an error is exactly one of status, event, drop, silent, reset, hang and cut")
	}
	if f.Status != 0 && !isError(f.Status) {
		d.fail(append(slices.Clip(at), "status"), "status %d (%s) is no error: want 400 to 599", f.Status, http.StatusText(f.Status))
	}
	if f.Times < 0 {
		d.fail(append(slices.Clip(at), "times"), "times is negative")
	}
}
