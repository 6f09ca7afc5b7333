// Package otlptest reads captured telemetry for tests.
package otlptest

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/benchgate/benchgate/internal/otlp"
)

// ReadDir reads what [otlp.WriteDir] wrote, in the order of the numbers; files
// of other names are passed over. The payloads' Received is not kept and comes
// back zero. A directory that does not exist has no payloads.
func ReadDir(t testing.TB, dir string) []otlp.Payload {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	numbered := make(map[int]otlp.Payload)
	for _, entry := range entries {
		n, p, ok := otlp.ParseFileName(entry.Name())
		if !ok {
			continue
		}
		if p.Body, err = os.ReadFile(filepath.Join(dir, entry.Name())); err != nil {
			t.Fatal(err)
		}
		numbered[n] = p
	}
	var payloads []otlp.Payload
	for _, n := range slices.Sorted(maps.Keys(numbered)) {
		payloads = append(payloads, numbered[n])
	}
	return payloads
}
