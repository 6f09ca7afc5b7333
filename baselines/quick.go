package baselines

import (
	"bytes"
	"strconv"
	"time"
	"unicode/utf8"
)

// quick reads one line of JSON in one pass, several times as fast as
// encoding/json and with less garbage. It knows the form in which run files are
// written and gives up at anything else: keys that are unknown, in other letters
// or there twice, null, escapes in strings. Then encoding/json has the word, so
// that what a line means, and what is wrong with it, is said in one place.
type quick struct {
	text []byte
	at   int
	d    *decoder // which has the strings that were read before
}

// member is one key of an object and how its value is read. The readers of
// members report false to give up.
type member[T any] struct {
	key  string
	read func(*quick, *T) bool
}

// members finds the members of an object by their keys, each with its place in
// the list.
type members[T any] map[string]struct {
	place int
	read  func(*quick, *T) bool
}

func membersOf[T any](list ...member[T]) members[T] {
	out := make(members[T], len(list))
	for i, m := range list {
		entry := out[m.key]
		entry.place, entry.read = i, m.read
		out[m.key] = entry
	}
	return out
}

// object reads an object into a struct. A key that is there twice would be read
// twice into one place: it is left to encoding/json, as are unknown ones.
func object[T any](q *quick, into *T, known members[T]) bool {
	seen := uint64(0)
	return q.each('{', '}', func() bool {
		key, ok := q.quoted()
		if !ok || !q.take(':') {
			return false
		}
		m, ok := known[string(key)]
		bit := uint64(1) << m.place
		if !ok || seen&bit != 0 {
			return false
		}
		seen |= bit
		return m.read(q, into)
	})
}

// optional reads a value into a pointer.
func optional[T any](q *quick, into **T, read func(*quick, *T) bool) bool {
	*into = new(T)
	return read(q, *into)
}

// list reads an array. An empty one is not nil, as encoding/json has it.
func list[T any](q *quick, into *[]T, read func(*quick, *T) bool) bool {
	*into = []T{}
	return q.each('[', ']', func() bool {
		var one T
		ok := read(q, &one)
		*into = append(*into, one)
		return ok
	})
}

// table reads an object whose keys are data.
func table[T any](q *quick, into *map[string]T, read func(*quick, *T) bool) bool {
	*into = make(map[string]T)
	return q.each('{', '}', func() bool {
		var key string
		var one T
		if !q.once(&key) || !q.take(':') || !read(q, &one) {
			return false
		}
		_, twice := (*into)[key]
		(*into)[key] = one
		return !twice
	})
}

// each reads what is between two brackets, separated by commas.
func (q *quick) each(opening, closing byte, one func() bool) bool {
	if !q.take(opening) {
		return false
	}
	if q.take(closing) {
		return true
	}
	for one() {
		if q.take(closing) {
			return true
		}
		if !q.take(',') {
			return false
		}
	}
	return false
}

// take reads one character of JSON's own, with the space before it.
func (q *quick) take(c byte) bool {
	q.space()
	if q.at < len(q.text) && q.text[q.at] == c {
		q.at++
		return true
	}
	return false
}

func (q *quick) space() {
	for q.at < len(q.text) {
		switch q.text[q.at] {
		case ' ', '\t', '\r', '\n':
			q.at++
		default:
			return
		}
	}
}

// quoted reads a string that means what it says: without escapes, in UTF-8.
func (q *quick) quoted() (content []byte, ok bool) {
	if !q.take('"') {
		return nil, false
	}
	content = q.text[q.at:]
	ascii := true
	for i, c := range content {
		switch {
		case c == '"':
			q.at += i + 1
			return content[:i], ascii || utf8.Valid(content[:i])
		case c == '\\' || c < ' ':
			return nil, false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return nil, false
}

func (q *quick) string(into *string) bool {
	content, ok := q.quoted()
	*into = string(content)
	return ok
}

// once reads a string of which there are many: all share one copy.
func (q *quick) once(into *string) bool {
	content, ok := q.quoted()
	if have, known := q.d.intern[string(content)]; known {
		*into = have
		return ok
	}
	*into = q.d.once(string(content))
	return ok
}

// time reads a time as encoding/json does, from its string with the quotes.
func (q *quick) time(into *time.Time) bool {
	q.space()
	from := q.at
	_, ok := q.quoted()
	return ok && into.UnmarshalJSON(q.text[from:q.at]) == nil
}

func (q *quick) bool(into *bool) bool {
	q.space()
	*into = q.word("true")
	return *into || q.word("false")
}

func (q *quick) word(w string) bool {
	if !bytes.HasPrefix(q.text[q.at:], []byte(w)) {
		return false
	}
	q.at += len(w)
	return true
}

func (q *quick) int(into *int) bool {
	var wide int64
	ok := q.int64(&wide)
	*into = int(wide)
	return ok && int64(*into) == wide
}

// int64 reads a whole number of up to 18 digits.
func (q *quick) int64(into *int64) bool {
	text, ok := q.number()
	if !ok || len(text) > 18 {
		return false
	}
	digits := bytes.TrimPrefix(text, []byte("-"))
	n := int64(0)
	for _, c := range digits {
		if c < '0' || c > '9' {
			return false
		}
		n = 10*n + int64(c-'0')
	}
	if len(digits) < len(text) {
		n = -n
	}
	*into = n
	return true
}

func (q *quick) float(into *float64) bool {
	text, ok := q.number()
	if !ok {
		return false
	}
	var err error
	*into, err = strconv.ParseFloat(string(text), 64)
	return err == nil
}

// number reads a number by JSON's grammar, which is narrower than that of
// package strconv.
func (q *quick) number() (text []byte, ok bool) {
	q.space()
	from := q.at
	q.skip('-')
	if !q.skip('0') && q.digits() == 0 {
		return nil, false
	}
	if q.skip('.') && q.digits() == 0 {
		return nil, false
	}
	if q.skip('e') || q.skip('E') {
		if !q.skip('+') {
			q.skip('-')
		}
		if q.digits() == 0 {
			return nil, false
		}
	}
	return q.text[from:q.at], true
}

func (q *quick) skip(c byte) bool {
	if q.at < len(q.text) && q.text[q.at] == c {
		q.at++
		return true
	}
	return false
}

func (q *quick) digits() (n int) {
	for q.at < len(q.text) && q.text[q.at] >= '0' && q.text[q.at] <= '9' {
		q.at++
		n++
	}
	return n
}
