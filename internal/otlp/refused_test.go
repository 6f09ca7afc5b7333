package otlp_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/otlp"
)

// Six hundred requests that are refused for two reasons are two lines, and two more at
// the end with their numbers.
func TestOneLineAKindOfRefusal(t *testing.T) {
	var log bytes.Buffer
	r := otlp.NewReceiver(otlp.Options{MaxBytes: 10, Log: slog.New(slog.NewTextHandler(&log, nil))})
	server := httptest.NewServer(r.Handler())
	defer server.Close()
	token := r.Admit("trial")
	for i := range 600 {
		media, body := "application/x-protobuf", "more than ten bytes"
		if i%3 == 0 {
			media = "text/plain"
		}
		resp, err := http.Post(server.URL+"/"+token+"/v1/logs", media, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	if n := strings.Count(log.String(), "\n"); n != 2 {
		t.Errorf("%d lines:\n%s", n, log.String())
	}
	r.Revoke(token)
	for _, want := range []string{`msg="more telemetry refused" trial=trial reason="the body is too large" more=399`, `reason="unsupported content type" more=199`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %s in\n%s", want, log.String())
		}
	}
	if n := strings.Count(log.String(), "\n"); n != 4 || r.Refused("trial") != 600 {
		t.Errorf("%d lines, %d refused:\n%s", n, r.Refused("trial"), log.String())
	}
}
