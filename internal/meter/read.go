package meter

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxLine is far above any ledger line.
const maxLine = 1 << 20

// ReadLedger reads a ledger. A last line that a crash has torn (it has no
// newline) is dropped; anything else that is no ledger line is an error, all
// of them at once, each with its line number.
func ReadLedger(r io.Reader) ([]Entry, error) {
	entries, _, err := readLines(r)
	return entries, err
}

// readLines also returns the length in bytes of all whole lines.
func readLines(r io.Reader) (entries []Entry, whole int64, err error) {
	const maxErrors = 20
	in := bufio.NewReaderSize(r, maxLine)
	var errs []error
	for number := 1; ; number++ {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			return entries, whole, errors.Join(errs...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			return nil, 0, errors.Join(append(errs, fmt.Errorf("ledger line %d: longer than %d MiB: this is no ledger", number, maxLine>>20))...)
		}
		if err != nil {
			return nil, 0, fmt.Errorf("reading ledger: %w", err)
		}
		whole += int64(len(line))
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		e, err := parseLine(line)
		if err != nil {
			errs = append(errs, fmt.Errorf("ledger line %d: %w", number, err))
			if len(errs) == maxErrors {
				return nil, 0, errors.Join(append(errs, errors.New("and maybe more"))...)
			}
			continue
		}
		entries = append(entries, e)
	}
}

func parseLine(line []byte) (Entry, error) {
	var e Entry
	if err := json.Unmarshal(line, &e); err != nil {
		return Entry{}, err
	}
	return e, e.validate()
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
	case e.EstimatedInput < 0 || e.WebSearch < 0 || e.Seconds < 0:
		return errors.New("a count or duration is negative")
	case e.USD != nil && *e.USD < 0:
		return errors.New("usd is negative")
	case e.Tokens != nil && min(e.Tokens.Input, e.Tokens.Output, e.Tokens.CacheRead, e.Tokens.CacheWrite5m, e.Tokens.CacheWrite1h) < 0:
		return errors.New("a token count is negative")
	}
	return nil
}
