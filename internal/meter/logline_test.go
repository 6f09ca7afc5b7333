package meter_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/meter"
)

// An agent that asks three hundred times without getting a result leaves a line for
// each kind of failure, and one more at the end with the number.
func TestOneLineAKindOfFailure(t *testing.T) {
	var log bytes.Buffer
	r := newRig(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), func(o *meter.Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		o.MaxRequests = 200
	})
	base := r.admit("t")
	for range 300 {
		_, _, _ = r.ask(base, opus)
	}
	r.settled("t")
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines:\n%s", len(lines), log.String())
	}
	if !strings.Contains(lines[0], "class=network") || !strings.Contains(lines[1], "class=network more=199") || !strings.Contains(lines[2], "class=no_requests more=99") {
		t.Errorf("the log:\n%s", log.String())
	}
	r.settled("t")
	if n := strings.Count(log.String(), "\n"); n != 3 {
		t.Errorf("%d lines after waiting again", n)
	}
}
