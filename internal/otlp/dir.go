package otlp

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// WriteDir writes the bodies to dir, made if need be, as NNN-<signal>.<pb|json>,
// numbered from 1 in their order. It never overwrites: two deliveries in one
// directory would read as one.
func WriteDir(dir string, payloads []Payload) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the telemetry directory: %w", err)
	}
	for i, p := range payloads {
		name := filepath.Join(dir, fmt.Sprintf("%03d-%s.%s", i+1, p.Signal, p.Encoding))
		if err := writeNew(name, p.Body); err != nil {
			return fmt.Errorf("writing telemetry: %w", err)
		}
	}
	return nil
}

func writeNew(name string, b []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

var bodyName = regexp.MustCompile(`^([0-9]{3,9})-(traces|metrics|logs)\.(pb|json)$`)

// ReadDir reads what WriteDir wrote, in order; files of other names are passed
// over. The payloads' Received is not kept and comes back zero. A directory
// that does not exist is an error.
func ReadDir(dir string) ([]Payload, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("reading telemetry: %w", err)
	}
	type numbered struct {
		number  int
		payload Payload
	}
	var found []numbered
	for _, entry := range entries {
		m := bodyName.FindStringSubmatch(entry.Name())
		if m == nil || !entry.Type().IsRegular() {
			continue
		}
		number, err := strconv.Atoi(m[1])
		if err != nil {
			return nil, fmt.Errorf("reading telemetry: %w", err)
		}
		body, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return nil, fmt.Errorf("reading telemetry: %w", err)
		}
		found = append(found, numbered{number, Payload{Signal: Signal(m[2]), Encoding: m[3], Body: body}})
	}
	slices.SortStableFunc(found, func(a, b numbered) int { return a.number - b.number })
	var out []Payload
	for _, f := range found {
		out = append(out, f.payload)
	}
	return out, nil
}
