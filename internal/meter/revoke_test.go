package meter_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/meter"
)

func TestRevokeCutsWhatIsInFlightAndRefusesTheRest(t *testing.T) {
	stopped := make(chan struct{})
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		answer(w, "req_1", start)
		hang(req)
		close(stopped)
	}))
	token := r.Admit(meter.Trial{ID: "t", Model: opus})
	base := r.url + "/" + token
	resp, err := http.Post(base+"/v1/messages", "application/json", strings.NewReader(request(opus)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.ReadFull(resp.Body, make([]byte, len("event: message_start"))); err != nil {
		t.Fatal(err)
	}

	r.Revoke(token)
	r.Revoke(token) // does nothing
	<-stopped
	if _, err := io.Copy(io.Discard, resp.Body); err == nil {
		t.Error("the client saw an orderly end")
	}
	if line := r.last("t"); line.Retry != meter.Revoked || !line.Cut || line.Status != 200 || line.Tokens == nil {
		t.Errorf("the line of the request in flight: %+v", line)
	}

	later, body, err := r.ask(base, opus)
	if err != nil {
		t.Fatal(err)
	}
	if later.StatusCode != 403 || later.Header.Get("X-Should-Retry") != "false" || !strings.Contains(body, `"permission_error"`) {
		t.Errorf("later: %d %v %s", later.StatusCode, later.Header, body)
	}
	line := r.last("t")
	if line.Request != 2 || line.Retry != meter.Revoked || line.Cut || line.Tokens != nil || line.Status != 403 {
		t.Errorf("the line of the refused request: %+v", line)
	}
	if counted, _, err := post(t.Context(), base+"/v1/messages/count_tokens", request(opus)); err != nil || counted.StatusCode != 403 {
		t.Errorf("count_tokens after the end: %v, %v", counted, err)
	}
}

func TestARequestThatWaitsForItsAnswerIsRevokedWith403(t *testing.T) {
	asked := make(chan struct{})
	r := newRig(t, http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		close(asked)
		hang(req)
	}))
	token := r.Admit(meter.Trial{ID: "t", Model: opus})
	go func() {
		<-asked
		r.Revoke(token)
	}()
	resp, body, err := r.ask(r.url+"/"+token, opus)
	if err != nil || resp.StatusCode != 403 {
		t.Errorf("got %v %s %v", resp, body, err)
	}
	if line := r.last("t"); line.Retry != meter.Revoked || !line.Cut || line.Tokens != nil || line.Status != 0 {
		t.Errorf("line %+v; want cut, with nothing but its estimate known", line)
	}
}

func TestAnAgentThatGoesOnAskingDoesNotFillTheDisk(t *testing.T) {
	r := newRig(t, http.HandlerFunc(answering))
	token := r.Admit(meter.Trial{ID: "t", Model: opus})
	r.Revoke(token)
	for range 150 {
		if resp, _, err := r.ask(r.url+"/"+token, opus); err != nil || resp.StatusCode != 403 {
			t.Fatal(resp, err)
		}
	}
	if n := len(r.Entries("t")); n != 100 {
		t.Errorf("%d lines, want 100", n)
	}
}

func TestTheEndOfOneTrialIsNotAnothers(t *testing.T) {
	r := newRig(t, http.HandlerFunc(answering))
	one, other := r.Admit(meter.Trial{ID: "one"}), r.Admit(meter.Trial{ID: "other"})
	if one == other || len(one) < 20 {
		t.Fatalf("tokens %q and %q", one, other)
	}
	r.Revoke(one)
	r.Revoke("a token that never was")
	if resp, _, err := r.ask(r.url+"/"+other, opus); err != nil || resp.StatusCode != 200 {
		t.Errorf("the other trial got %v, %v", resp, err)
	}
}
