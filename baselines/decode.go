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
	"unicode"

	"github.com/benchgate/benchgate/internal/problem"
)

// maxLine is the longest line that is read, in bytes. A trial is about a
// kilobyte; only a file that is no run file comes near.
const maxLine = 64 << 20

// ReadFile reads the run file at path. Errors are those of [Decode].
func ReadFile(path string) (*Run, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading run: %w", err)
	}
	defer f.Close()
	return Decode(f, path)
}

// Decode reads a run file, which its errors call file. It is strict about the
// schema and about what the values mean; the error is a [problem.List] with
// everything that is wrong.
// Three things are no error:
//
//   - A last line without its newline that is no complete JSON: it was torn
//     by a crash and is dropped. Anywhere else such a line is an error.
//   - A key this version does not know: a later version may add keys to
//     benchgate.run/v1, and only a change of meaning changes the schema's
//     name. Unknown keys are dropped.
//   - A try that is written twice in the same words. Two different records
//     of one try are an error, since nothing shows which is right.
//
// Empty lines are skipped.
func Decode(r io.Reader, file string) (*Run, error) {
	d := decoder{file: file}
	if f, ok := r.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			d.size = info.Size()
		}
	}
	return d.decode(r)
}

// decoder reads one run file.
type decoder struct {
	file  string
	size  int64 // of the file in bytes, where it is known
	line  int   // of the line read last
	run   Run
	seen  map[tryKey]seenTry
	tasks map[string]bool
	wrong problem.List

	trialLine quick // what reads a trial's line, and
	trialRead Trial // what it has read, so that neither is made anew for each

	intern  map[string]string            // strings of which there are many
	sources map[string]map[string]string // of trials, by their text
}

type seenTry struct{ line, index int }

func (d *decoder) decode(r io.Reader) (*Run, error) {
	d.seen = make(map[tryKey]seenTry)
	d.tasks = make(map[string]bool)
	d.intern = make(map[string]string)
	d.sources = make(map[string]map[string]string)
	br := bufio.NewReaderSize(r, 1<<16)
	if err := d.header(br); err != nil {
		return nil, err
	}
	for {
		text, whole, err := d.next(br)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, d.unreadable(err)
		}
		torn := !whole && !json.Valid(text)
		if len(text) > 0 && !torn {
			d.trial(text)
		}
		if errors.Is(err, io.EOF) {
			break
		}
	}
	if err := d.wrong.Err(); err != nil {
		return nil, err
	}
	return &d.run, nil
}

// header reads the first line. Trials can be checked only against the suite of a
// good header, so that a wrong header is the only mistake that is told.
func (d *decoder) header(br *bufio.Reader) error {
	text, whole, err := d.next(br)
	if err != nil && !errors.Is(err, io.EOF) {
		return d.unreadable(err)
	}
	d.parseHeader(text, whole)
	return d.wrong.Err()
}

func (d *decoder) parseHeader(text []byte, whole bool) {
	if len(text) == 0 {
		d.bad(text, "", "the file has no header; a run file begins with a line of schema %s", SchemaV1)
		return
	}
	if !whole && !json.Valid(text) {
		d.bad(text, "", "the header is cut off; the run ended before its first trial, start it again")
		return
	}
	// The schema first: in a document of another kind nearly every key would
	// be wrong, and only the schema tells why.
	var s struct{ Schema any }
	if err := json.Unmarshal(text, &s); err != nil {
		d.mistakes(text, &s)
		for _, p := range d.wrong.All() {
			p.Hint = "a run file begins with its header, a JSON object on one line"
		}
		return
	}
	if s.Schema != SchemaV1 {
		d.bad(text, "schema", "schema is %s, want %q: this is no run file, or one of a newer benchgate", quoted(s.Schema), SchemaV1)
		return
	}
	if err := json.Unmarshal(text, &d.run.Header); err != nil {
		d.mistakes(text, &Header{})
		return
	}
	d.invalid(text, d.run.Header.Validate())
	for _, t := range d.run.Header.Suite.Tasks {
		d.tasks[t.ID] = true
	}
}

// trial reads one trial line, which is kept only when it is good.
func (d *decoder) trial(text []byte) {
	t, ok := d.quickTrial(text)
	if !ok {
		*t = Trial{}
		if err := json.Unmarshal(text, t); err != nil {
			d.mistakes(text, t)
			return
		}
		d.share(t)
	}
	if err := t.Validate(); err != nil {
		d.invalid(text, err)
		return
	}
	if !d.tasks[t.Task] {
		d.bad(text, "task", "task %q is not in the header's suite", t.Task)
		return
	}
	k := tryKey{t.Key(), t.Try}
	if have, ok := d.seen[k]; ok {
		if !reflect.DeepEqual(*t, d.run.Trials[have.index]) {
			d.bad(text, "", "task %q, attempt %d, try %d is on line %d with other values; remove one of the two lines", t.Task, t.Attempt, t.Try, have.line)
		}
		return
	}
	d.seen[k] = seenTry{d.line, len(d.run.Trials)}
	d.makeRoom(len(text))
	d.run.Trials = append(d.run.Trials, *t)
}

// makeRoom reserves room for all trials at the first one, whose line is that
// long: growing step by step takes several times the memory of a large run.
func (d *decoder) makeRoom(line int) {
	if d.run.Trials == nil && d.size > 0 {
		lines := d.size / int64(line+1)
		d.run.Trials = make([]Trial, 0, lines+lines/20+1)
	}
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

// bad notes one thing that is wrong with the current line: at the value of a
// path such as cost_usd.main where the line has it, else without a column.
func (d *decoder) bad(text []byte, path, format string, args ...any) {
	if d.wrong.Len() >= problem.Most {
		d.wrong.Add(&problem.Problem{File: d.file, Line: d.line}) // only counted
		return
	}
	line := problem.NewLine(d.file, d.line, text)
	if root, _ := line.ParseJSON(); root != nil && root.Find(path) != root {
		d.wrong.Add(line.At(root.Find(path).Offset, format, args...))
		return
	}
	d.wrong.Add(line.AtPlace(d.line, 0, format, args...))
}

// invalid notes each thing that Validate found wrong with the current line.
func (d *decoder) invalid(text []byte, err error) {
	if err == nil {
		return
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			d.invalid(text, err)
		}
		return
	}
	path := ""
	if value, ok := errors.AsType[*valueError](err); ok {
		path = value.path
	}
	d.bad(text, path, "%v", err)
}

// mistakes notes everything that keeps the current line from being decoded
// into what into points to.
func (d *decoder) mistakes(text []byte, into any) {
	if d.wrong.Len() >= problem.Most {
		d.bad(nil, "", "")
		return
	}
	problem.NewLine(d.file, d.line, text).DecodeJSON(into, false, &d.wrong)
}

// errLongLine ends the reading at a line longer than maxLine.
var errLongLine = fmt.Errorf("the line is longer than %d MiB", maxLine>>20)

// unreadable is the error behind which nothing can be read.
func (d *decoder) unreadable(err error) error {
	if !errors.Is(err, errLongLine) {
		return fmt.Errorf("reading run: %w", err)
	}
	d.bad(nil, "", "%v", err)
	return d.wrong.Err()
}

// next returns the next line that is not empty, without white space at its
// end, and whether it had its newline. The text is valid until the next call.
// At the end of the input it returns io.EOF, with the last line if that had
// no newline.
func (d *decoder) next(br *bufio.Reader) (text []byte, whole bool, err error) {
	for {
		d.line++
		var long []byte
		part, err := br.ReadSlice('\n')
		for errors.Is(err, bufio.ErrBufferFull) {
			if long = append(long, part...); len(long) > maxLine {
				return nil, false, errLongLine
			}
			part, err = br.ReadSlice('\n')
		}
		if long != nil {
			part = append(long, part...)
		}
		whole = bytes.HasSuffix(part, []byte("\n"))
		if part = bytes.TrimRightFunc(part, unicode.IsSpace); len(part) > 0 || err != nil {
			return part, whole, err
		}
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
