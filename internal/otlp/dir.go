package otlp

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
)

// WriteDir writes the bodies to dir, which it makes when it is missing, numbered
// from 1 in their order ([Payload.FileName]). An existing file is an error: two
// deliveries in one directory would read as one.
func WriteDir(dir string, payloads []Payload) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the telemetry directory: %w", err)
	}
	for i, p := range payloads {
		name := filepath.Join(dir, p.FileName(i+1))
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

// bodyName is the form of the names that [Payload.FileName] gives.
var bodyName = regexp.MustCompile(`^([0-9]{3,9})-(traces|metrics|logs)\.(pb|json)$`)

// FileName is the name under which the payload is kept as number n, from 1:
// NNN-<signal>.<pb|json>.
func (p Payload) FileName(n int) string { return fmt.Sprintf("%03d-%s.%s", n, p.Signal, p.Encoding) }

// ParseFileName reads a name that [Payload.FileName] gave: the number, and a
// payload that has its signal and encoding only. ok is false for other names.
func ParseFileName(name string) (n int, p Payload, ok bool) {
	m := bodyName.FindStringSubmatch(name)
	if m == nil {
		return 0, Payload{}, false
	}
	n, err := strconv.Atoi(m[1])
	return n, Payload{Signal: Signal(m[2]), Encoding: m[3]}, err == nil
}
