package meter_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/meter"
)

// A model may think for minutes before its first byte. The head of its answer tells
// the client that it was taken.
func TestTheHeadOfAnAnswerDoesNotWaitForItsBody(t *testing.T) {
	headSeen := make(chan struct{})
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-headSeen:
		case <-time.After(10 * time.Second):
			t.Error("the client did not get the head of the answer before its body")
		}
		answering(w, req)
	}))
	resp, err := http.Post(r.admit("t")+"/v1/messages", "application/json", strings.NewReader(request(opus)))
	if err != nil {
		t.Fatal(err)
	}
	close(headSeen)
	resp.Body.Close()
}

// The next step of an agent begins when its answer ends: a slow disk is not waited
// for, but the trial's line is on it before the trial counts as over.
func TestTheEndOfAnAnswerDoesNotWaitForTheDisk(t *testing.T) {
	var ledger *meter.Ledger
	var release func()
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		release = ledger.HoldDisk()
		answering(w, req)
	}), func(o *meter.Options) { ledger = o.Ledger })
	if resp, _, err := r.ask(r.admit("t"), opus); err != nil || resp.StatusCode != 200 {
		t.Fatal(resp, err)
	}
	soon, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := r.Wait(soon, "t"); err == nil {
		t.Error("the trial is over before its last line is on disk")
	}
	release()
	r.settled("t")
}
