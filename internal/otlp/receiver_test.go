package otlp_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/otlp"
)

func TestReceiverKeepsTrialsApart(t *testing.T) {
	r := otlp.NewReceiver(otlp.Options{Now: func() time.Time { return time.Unix(7, 0) }})
	url := serveHTTP(t, r)
	one, two := r.Admit("one"), r.Admit("two")
	post(t, url, one, "logs", "first")
	post(t, url, two, "traces", "second")
	post(t, url, one, "metrics", "third")

	want := []otlp.Payload{
		{Signal: otlp.Logs, Encoding: otlp.Protobuf, Received: time.Unix(7, 0), Body: []byte("first")},
		{Signal: otlp.Metrics, Encoding: otlp.Protobuf, Received: time.Unix(7, 0), Body: []byte("third")},
	}
	if diff := cmp.Diff(want, r.Payloads("one")); diff != "" {
		t.Errorf("payloads of one (-want +got):\n%s", diff)
	}
	if got := len(r.Payloads("two")); got != 1 {
		t.Errorf("two has %d payloads, want 1", got)
	}
	if got := r.Payloads("three"); got != nil {
		t.Errorf("a trial never admitted has payloads: %v", got)
	}
}

// A body that does not decode is acknowledged, kept, and told of later.
func TestReceiverKeepsWhatDoesNotDecode(t *testing.T) {
	r := otlp.NewReceiver(otlp.Options{})
	url := serveHTTP(t, r)
	token := r.Admit("trial")
	if status := post(t, url, token, "logs", "\x0a\xffnot OTLP"); status != 200 {
		t.Fatalf("status %d, want 200", status)
	}
	payloads := r.Payloads("trial")
	if _, errs := otlp.DecodeAll(payloads); len(payloads) != 1 || len(errs) != 1 {
		t.Errorf("%d payloads, %d decoding errors, want 1 and 1", len(payloads), len(errs))
	}
	if got := r.Refused("trial"); got != 0 {
		t.Errorf("%d refused, want 0", got)
	}
}

// The agent flushes when it is told to end: until Revoke its token is good.
func TestReceiverRevoke(t *testing.T) {
	r := otlp.NewReceiver(otlp.Options{})
	url := serveHTTP(t, r)
	token, other := r.Admit("trial"), r.Admit("other")
	if status := post(t, url, token, "logs", "a"); status != 200 {
		t.Errorf("before: status %d, want 200", status)
	}
	r.Revoke(token)
	r.Revoke(token)
	r.Revoke("never given")
	if status := post(t, url, token, "logs", "b"); status != 401 {
		t.Errorf("after: status %d, want 401", status)
	}
	if status := post(t, url, other, "logs", "c"); status != 200 {
		t.Errorf("another trial: status %d, want 200", status)
	}
	if got := len(r.Payloads("trial")); got != 1 {
		t.Errorf("%d payloads, want the 1 from before", got)
	}
}

func TestReceiverForget(t *testing.T) {
	r := otlp.NewReceiver(otlp.Options{})
	url := serveHTTP(t, r)
	token := r.Admit("trial")
	post(t, url, token, "logs", "a")
	r.Forget("trial")
	if got := r.Payloads("trial"); got != nil {
		t.Errorf("payloads are still there: %v", got)
	}
	if status := post(t, url, token, "logs", "b"); status != 401 {
		t.Errorf("status %d, want 401", status)
	}
}

func TestReceiverDeliver(t *testing.T) {
	r := otlp.NewReceiver(otlp.Options{})
	recorded := []otlp.Payload{{Signal: otlp.Logs, Encoding: otlp.JSON, Body: []byte("{}")}}
	r.Deliver("trial", recorded)
	if diff := cmp.Diff(recorded, r.Payloads("trial")); diff != "" {
		t.Errorf("payloads (-want +got):\n%s", diff)
	}
}

// A flood fills the trial that sends it and no other.
func TestReceiverTrialBound(t *testing.T) {
	r := otlp.NewReceiver(otlp.Options{MaxTrialBytes: 1000})
	url := serveHTTP(t, r)
	flood, quiet := r.Admit("flood"), r.Admit("quiet")
	taken := 0
	for range 20 {
		switch status := post(t, url, flood, "logs", ""); status {
		case 200:
			taken++
		case 413:
		default:
			t.Fatalf("status %d, want 200 or 413", status)
		}
	}
	if taken == 0 || taken == 20 {
		t.Errorf("%d of 20 taken, want some", taken)
	}
	if got := r.Refused("flood"); got != 20-taken {
		t.Errorf("%d refused, want %d", got, 20-taken)
	}
	if status := post(t, url, quiet, "logs", "a"); status != 200 {
		t.Errorf("the quiet trial: status %d, want 200", status)
	}
}

func TestTokensNeedNoEscaping(t *testing.T) {
	r := otlp.NewReceiver(otlp.Options{})
	seen := make(map[string]bool)
	for range 100 {
		token := r.Admit("trial")
		if seen[token] || len(token) < 26 {
			t.Errorf("token %q is short or was given before", token)
		}
		seen[token] = true
		for _, c := range token {
			if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
				t.Errorf("token %q has %q", token, c)
			}
		}
	}
}
