package baselines

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Encode writes the run as a run file: the header, then the trials in their
// order in memory. An invalid run is refused and nothing is written.
func Encode(w io.Writer, r *Run) error {
	if err := r.Validate(); err != nil {
		return fmt.Errorf("writing run: %w", err)
	}
	bw := bufio.NewWriter(w)
	if err := encodeTo(bw, r.Header); err != nil {
		return fmt.Errorf("writing run: %w", err)
	}
	for _, t := range r.Trials {
		if err := encodeTo(bw, t); err != nil {
			return fmt.Errorf("writing run: %w", err)
		}
	}
	if err := bw.Flush(); err != nil {
		return fmt.Errorf("writing run: %w", err)
	}
	return nil
}

func encodeTo(w io.Writer, v any) error {
	line, err := encodeLine(v)
	if err != nil {
		return err
	}
	_, err = w.Write(line)
	return err
}

// encodeLine returns v as one line of JSON with its newline. Characters that
// only matter inside HTML stay readable.
func encodeLine(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
