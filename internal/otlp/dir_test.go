package otlp_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/otlp/otlptest"
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
	if diff := cmp.Diff(want, otlptest.ReadDir(t, dir)); diff != "" {
		t.Errorf("payloads (-want +got):\n%s", diff)
	}
}

func TestParseFileNameKnowsItsOwnNames(t *testing.T) {
	for _, name := range []string{"", "1-logs.pb", "001-logs.headers.json", "001-spans.pb", "001-logs.pb.gz", "x001-logs.pb"} {
		if n, p, ok := otlp.ParseFileName(name); ok {
			t.Errorf("%q is number %d, %+v; want it refused", name, n, p)
		}
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
