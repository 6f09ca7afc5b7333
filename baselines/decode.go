package baselines

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
)

// maxLine is the longest line that is read, in bytes. A trial is about a
// kilobyte; only a file that is no run file comes near.
const maxLine = 64 << 20

// maxErrors is how many errors are reported one by one; the rest is counted.
const maxErrors = 20

// LineError is one bad line of a run file.
type LineError struct {
	File string // empty when the file has no name
	Line int    // from 1
	Err  error
}

func (e *LineError) Error() string {
	if e.File == "" {
		return fmt.Sprintf("line %d: %v", e.Line, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
}

func (e *LineError) Unwrap() error { return e.Err }

// ReadFile reads the run file at path. Errors are those of [Decode], with the
// file's name.
func ReadFile(path string) (*Run, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading run: %w", err)
	}
	defer f.Close()
	d := decoder{file: path}
	return d.decode(f)
}

// Decode reads a run file. It is strict about the schema and about what the
// values mean, and reports every bad line, each as a [LineError], joined.
// Three things are no error:
//
//   - A last line without its newline that is no complete JSON: it was torn
//     by a crash and is dropped. Anywhere else such a line is an error.
//   - A key this version does not know: a later version may add keys to
//     benchgate.run/v1, and only a change of meaning changes the schema's
//     name. Unknown keys are dropped.
//   - A try that is written twice in the same words. Two different records
//     of one try are an error: nobody can say which is true.
//
// Empty lines are skipped.
func Decode(r io.Reader) (*Run, error) {
	var d decoder
	return d.decode(r)
}

// decoder reads one run file.
type decoder struct {
	file   string
	line   int // of the line read last
	run    Run
	seen   map[tryKey]seenTry
	intern map[string]string
	errs   []error
	more   int // errors beyond maxErrors
}

type tryKey struct {
	Key
	try int
}

type seenTry struct{ line, index int }

func (d *decoder) decode(r io.Reader) (*Run, error) {
	d.seen = make(map[tryKey]seenTry)
	d.intern = make(map[string]string)
	br := bufio.NewReaderSize(r, 1<<16)
	if err := d.header(br); err != nil {
		return nil, err
	}
	for {
		text, whole, err := d.next(br)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("reading run: %w", err)
		}
		torn := !whole && !json.Valid(text)
		if len(text) > 0 && !torn {
			d.trial(text)
		}
		if errors.Is(err, io.EOF) {
			break
		}
	}
	if d.more > 0 {
		d.errs = append(d.errs, fmt.Errorf("and %d more", d.more))
	}
	if len(d.errs) > 0 {
		return nil, errors.Join(d.errs...)
	}
	return &d.run, nil
}

// header reads the first line. Without a good header no other line can be
// judged, so its errors are the only ones.
func (d *decoder) header(br *bufio.Reader) error {
	text, whole, err := d.next(br)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading run: %w", err)
	}
	h, err := parseHeader(text, whole)
	if err != nil {
		d.bad(err)
		return errors.Join(d.errs...)
	}
	d.run.Header = h
	return nil
}

func parseHeader(text []byte, whole bool) (Header, error) {
	var h Header
	if len(text) == 0 {
		return h, errors.New("the file has no header; a run file begins with a line of schema " + SchemaV1)
	}
	// The schema is looked at before the rest: of another document every
	// other complaint would mislead.
	var s struct{ Schema any }
	if err := json.Unmarshal(text, &s); err != nil {
		if !whole {
			return h, errors.New("the header is cut off; the run ended before its first trial, start it again")
		}
		return h, fmt.Errorf("the header is no JSON object on one line: %w", jsonError(err))
	}
	if s.Schema != SchemaV1 {
		return h, fmt.Errorf("schema is %s, want %q: this is no run file, or one of a newer benchgate", quoted(s.Schema), SchemaV1)
	}
	if err := json.Unmarshal(text, &h); err != nil {
		return h, fmt.Errorf("the header is wrong: %w", jsonError(err))
	}
	return h, h.Validate()
}

// trial reads one trial line, which is kept only when it is good.
func (d *decoder) trial(text []byte) {
	var t Trial
	if err := json.Unmarshal(text, &t); err != nil {
		d.bad(jsonError(err))
		return
	}
	if err := t.Validate(); err != nil {
		d.bad(err)
		return
	}
	if _, ok := d.run.Header.Suite.TaskByID(t.Task); !ok {
		d.bad(fmt.Errorf("task %q is not in the header's suite", t.Task))
		return
	}
	k := tryKey{Key{t.Task, t.Attempt}, t.Try}
	if have, ok := d.seen[k]; ok {
		if !reflect.DeepEqual(t, d.run.Trials[have.index]) {
			d.bad(fmt.Errorf("task %q, attempt %d, try %d stands differently on line %d; remove one of the two lines", t.Task, t.Attempt, t.Try, have.line))
		}
		return
	}
	d.seen[k] = seenTry{d.line, len(d.run.Trials)}
	d.share(&t)
	d.run.Trials = append(d.run.Trials, t)
}

// share replaces the few strings that nearly every trial repeats by one copy
// of each: a third of the memory of a large run.
func (d *decoder) share(t *Trial) {
	t.Task = d.once(t.Task)
	t.Ended = Ended(d.once(string(t.Ended)))
	for k, v := range t.Sources {
		t.Sources[d.once(k)] = d.once(v)
	}
	for i, f := range t.Flags {
		t.Flags[i] = Flag(d.once(string(f)))
	}
}

func (d *decoder) once(s string) string {
	if have, ok := d.intern[s]; ok {
		return have
	}
	d.intern[s] = s
	return s
}

// bad reports what is wrong with the current line, each thing apart.
func (d *decoder) bad(err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			d.bad(err)
		}
		return
	}
	if len(d.errs) >= maxErrors {
		d.more++
		return
	}
	d.errs = append(d.errs, &LineError{d.file, d.line, err})
}

// next returns the next line that is not empty, without white space around
// it, and whether it had its newline. The text is valid until the next call.
// At the end of the input it returns io.EOF, with the last line if that had
// no newline.
func (d *decoder) next(br *bufio.Reader) (text []byte, whole bool, err error) {
	for {
		d.line++
		var long []byte
		part, err := br.ReadSlice('\n')
		for errors.Is(err, bufio.ErrBufferFull) {
			if long = append(long, part...); len(long) > maxLine {
				return nil, false, &LineError{d.file, d.line, fmt.Errorf("the line is longer than %d MiB", maxLine>>20)}
			}
			part, err = br.ReadSlice('\n')
		}
		if long != nil {
			part = append(long, part...)
		}
		whole = bytes.HasSuffix(part, []byte("\n"))
		if part = bytes.TrimSpace(part); len(part) > 0 || err != nil {
			return part, whole, err
		}
	}
}

// jsonError says in the words of the file what encoding/json says in words
// of Go.
func jsonError(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		if wrong.Field == "" {
			return fmt.Errorf("a JSON %s stands where an object belongs", wrong.Value)
		}
		return fmt.Errorf("%s is a JSON %s, want %s", wrong.Field, wrong.Value, jsonKind(wrong.Type))
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("broken JSON at byte %d of the line: %w", syntax.Offset, err)
	}
	return err
}

func jsonKind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	default:
		return "an object"
	}
}

func quoted(v any) string {
	switch v := v.(type) {
	case nil:
		return "missing"
	case string:
		return fmt.Sprintf("%q", v)
	default:
		return "no string"
	}
}
