// Package otlptest reads captured telemetry for tests.
package otlptest

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/otlp"
)

// ReadDir reads what [otlp.WriteDir] wrote, in the order of the numbers, also where it
// was compressed since (".gz"); files of other names are passed over. The payloads' Received is not kept and comes
// back zero. A directory that does not exist has no payloads.
func ReadDir(t testing.TB, dir string) []otlp.Payload {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	numbered := make(map[int]otlp.Payload)
	for _, entry := range entries {
		name, packed := strings.CutSuffix(entry.Name(), ".gz")
		n, p, ok := otlp.ParseFileName(name)
		if !ok {
			continue
		}
		if p.Body, err = os.ReadFile(filepath.Join(dir, entry.Name())); err != nil {
			t.Fatal(err)
		}
		if packed {
			p.Body = unpacked(t, p.Body)
		}
		numbered[n] = p
	}
	var payloads []otlp.Payload
	for _, n := range slices.Sorted(maps.Keys(numbered)) {
		payloads = append(payloads, numbered[n])
	}
	return payloads
}

func unpacked(t testing.TB, body []byte) []byte {
	t.Helper()
	in, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}
