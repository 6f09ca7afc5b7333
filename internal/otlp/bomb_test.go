package otlp_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"

	"github.com/benchgate/benchgate/internal/otlp"
)

// A quarter of a gibibyte in a quarter of a megabyte is unpacked no further than to
// the bound of a body.
func TestAGzipBomb(t *testing.T) {
	var bomb bytes.Buffer
	w, err := gzip.NewWriterLevel(&bomb, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	megabyte := make([]byte, 1<<20)
	for range 256 {
		_, _ = w.Write(megabyte)
	}
	w.Close()
	r := otlp.NewReceiver(otlp.Options{})
	req := httptest.NewRequest("POST", "/"+r.Admit("trial")+"/v1/logs", &bomb)
	req.Header.Set("Content-Type", "application/x-protobuf")
	req.Header.Set("Content-Encoding", "gzip")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	answer := httptest.NewRecorder()
	r.Handler().ServeHTTP(answer, req)
	runtime.ReadMemStats(&after)
	if answer.Code != http.StatusRequestEntityTooLarge || r.Refused("trial") != 1 || len(r.Payloads("trial")) != 0 {
		t.Errorf("status %d, %d refused", answer.Code, r.Refused("trial"))
	}
	if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 64 {
		t.Errorf("%d MiB were allocated", took)
	}
}
