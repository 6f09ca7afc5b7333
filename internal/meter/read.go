package meter

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/problem"
)

// maxLine is the longest ledger line that is read, in bytes; real ones have less
// than a kilobyte.
const maxLine = 1 << 20

// ReadLedger reads a ledger. A last line that a crash has torn (it has no
// newline) is dropped; anything else that is no ledger line is an error, all
// of them at once in a [problem.List]. file is the ledger's name in it.
func ReadLedger(r io.Reader, file string) ([]Entry, error) {
	entries, _, err := readLines(r, file)
	return entries, err
}

// readLines also returns the length in bytes of all whole lines.
func readLines(r io.Reader, file string) (entries []Entry, whole int64, err error) {
	in := bufio.NewReaderSize(r, maxLine)
	var wrong problem.List
	for number := 1; ; number++ {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			return entries, whole, wrong.Err()
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			wrong.Add(problem.NewLine(file, number, nil).AtPlace(number, 0, "longer than %d MiB: this is no ledger", maxLine>>20))
			return nil, 0, wrong.Err()
		}
		if err != nil {
			return nil, 0, fmt.Errorf("reading ledger: %w", err)
		}
		whole += int64(len(line))
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var e Entry
		decodeErr := json.Unmarshal(line, &e)
		text := problem.NewLine(file, number, line)
		switch err := e.validate(); {
		case decodeErr == nil && err == nil:
			entries = append(entries, e)
		case wrong.Len() >= problem.Most: // only counted
			wrong.Add(&problem.Problem{File: file, Line: number})
		case decodeErr != nil:
			text.DecodeJSON(&e, false, &wrong)
		default:
			wrong.Add(text.AtPlace(number, 0, "%v", err))
		}
	}
}

func (e Entry) validate() error {
	switch {
	case e.Schema != SchemaV1:
		return fmt.Errorf("schema is %q, want %q", e.Schema, SchemaV1)
	case e.Kind != Started && e.Kind != Finished:
		return fmt.Errorf("kind is %q, want started or finished", e.Kind)
	case e.Trial == "":
		return errors.New("trial is missing")
	case e.Request < 1:
		return fmt.Errorf("request is %d, but requests count from 1", e.Request)
	case min(e.EstimatedInput, e.WebSearch, e.WebFetch, e.CodeExecution) < 0 || e.Seconds < 0:
		return errors.New("a count or duration is negative")
	case e.Streamed != nil && min(e.Streamed.Text, e.Streamed.Thinking, e.Streamed.ToolInput) < 0:
		return errors.New("a count of what was streamed is negative")
	case e.USD != nil && *e.USD < 0:
		return errors.New("usd is negative")
	case e.Tokens != nil && isNegative(*e.Tokens):
		return errors.New("a token count is negative")
	case slices.ContainsFunc(e.Parts, func(p Part) bool { return isNegative(p.Tokens) }):
		return errors.New("a token count of a part is negative")
	}
	return nil
}

func isNegative(t baselines.Tokens) bool {
	return min(t.Input, t.Output, t.CacheRead, t.CacheWrite5m, t.CacheWrite1h) < 0
}
