package otlp_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/otlp"
)

func TestDirRoundTrip(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "trials", "otlp")
	var want []otlp.Payload
	for i := range 1200 { // past three digits
		p := otlp.Payload{Signal: otlp.Logs, Encoding: otlp.Protobuf, Body: []byte{byte(i), byte(i >> 8)}}
		if i%2 == 1 {
			p = otlp.Payload{Signal: otlp.Metrics, Encoding: otlp.JSON, Body: []byte("{}")}
		}
		want = append(want, p)
	}
	if err := otlp.WriteDir(dir, want); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "001-logs.headers.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := otlp.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("payloads (-want +got):\n%s", diff)
	}
}

func TestWriteDirNeverOverwrites(t *testing.T) {
	dir := t.TempDir()
	p := []otlp.Payload{{Signal: otlp.Logs, Encoding: otlp.Protobuf, Body: []byte("first")}}
	if err := otlp.WriteDir(dir, p); err != nil {
		t.Fatal(err)
	}
	if err := otlp.WriteDir(dir, p); err == nil {
		t.Error("written twice without an error")
	}
}

func TestReadDirMissing(t *testing.T) {
	if _, err := otlp.ReadDir(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("no error")
	}
}
