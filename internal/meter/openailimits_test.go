package meter_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/meter"
)

// Both of OpenAI's APIs have their own address and key; Messages keeps its own.
func TestEachAPIHasItsOwnUpstream(t *testing.T) {
	var got []string
	seen := func(name string) http.HandlerFunc {
		return func(w http.ResponseWriter, req *http.Request) {
			got = append(got, name+" "+req.URL.Path+" "+req.Header.Get("Authorization")+req.Header.Get("X-Api-Key"))
			_, _ = io.WriteString(w, `{}`)
		}
	}
	openAI := httptest.NewServer(seen("openai"))
	defer openAI.Close()
	base, err := url.Parse(openAI.URL + "/gateway/v1/")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, seen("anthropic"), func(o *meter.Options) {
		o.OpenAI = &meter.Upstream{URL: base, Credential: meter.Bearer("sk-openai")}
	})
	trial := r.url + "/" + r.Admit(meter.Trial{ID: "t", AllPlaces: true})
	for _, place := range []string{"/v1/messages", "/v1/responses", "/v1/chat/completions", "/v1/responses/input_tokens"} {
		if _, _, err := post(t.Context(), trial+place, `{"model":"m"}`); err != nil {
			t.Fatal(err)
		}
	}
	for _, header := range []http.Header{{"Authorization": {"Bearer placeholder"}}, {"X-Api-Key": {"placeholder"}}} {
		do(t, http.MethodGet, trial+"/v1/models", "", header)
	}
	want := []string{
		"anthropic /v1/messages " + secretKey,
		"openai /gateway/v1/responses Bearer sk-openai",
		"openai /gateway/v1/chat/completions Bearer sk-openai",
		"openai /gateway/v1/responses/input_tokens Bearer sk-openai",
		"openai /gateway/v1/models Bearer sk-openai",
		"anthropic /v1/models " + secretKey,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("seen were\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A client of OpenAI's is told that its money is gone as that API would say it: as a
// quota that is used up, at which Codex stops at once.
func TestALimitIsSaidAsOpenAISaysIt(t *testing.T) {
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, responseStream("completed", responseUsage))
	}))
	trial := r.url + "/" + r.Admit(meter.Trial{ID: "t", BudgetUSD: 0.01})
	const asked = `{"model":"gpt-5.3-codex","stream":true,"input":"hi"}`
	if resp, _, err := post(t.Context(), trial+"/v1/responses", asked); err != nil || resp.StatusCode != 200 {
		t.Fatalf("%v, %v", resp, err)
	}
	r.settled("t")
	for _, place := range []string{"/v1/responses", "/v1/chat/completions"} {
		resp, body, err := post(t.Context(), trial+place, asked)
		if err != nil {
			t.Fatal(err)
		}
		var said struct {
			Type  string
			Error struct{ Type, Code, Message string }
		}
		if err := json.Unmarshal([]byte(body), &said); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		if resp.StatusCode != 429 || said.Type != "" || said.Error.Code != "insufficient_quota" || !strings.Contains(said.Error.Message, "dollar limit") {
			t.Errorf("%s: %d %s", place, resp.StatusCode, body)
		}
		if resp.Header.Get("X-Should-Retry") != "false" {
			t.Error("the client may try again")
		}
		if line := r.last("t"); line.Retry != meter.OverBudget || line.Status != 429 {
			t.Errorf("the line is %+v", line)
		}
	}
}

// Before a request is sent its whole output is set aside: 100,000 tokens of it cost
// $1.40 here, so that two have no room under $2 at the same time.
func TestAResponsesOutputIsSetAside(t *testing.T) {
	for place, key := range map[string]string{"/v1/responses": "max_output_tokens", "/v1/chat/completions": "max_completion_tokens"} {
		arrived, release := make(chan struct{}, 2), make(chan struct{})
		r := newRig(t, http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
			_, _ = io.Copy(io.Discard, req.Body)
			arrived <- struct{}{}
			<-release
		}))
		trial := r.url + "/" + r.Admit(meter.Trial{ID: "t", BudgetUSD: 2})
		done := make(chan error, 2)
		for range 2 {
			go func() {
				_, _, err := post(t.Context(), trial+place, `{"model":"gpt-5.3-codex","`+key+`":100000}`)
				done <- err
			}()
		}
		<-arrived
		waitUntil(t, func() bool { return r.WaitingRequests() == 1 })
		close(release)
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	}
}

// What Codex tries first where it may is a WebSocket. It is refused with the status
// at which it asks over HTTP.
func TestAWebSocketIsRefused(t *testing.T) {
	r := newRig(t, http.HandlerFunc(answering))
	status, body := do(t, http.MethodGet, r.admit("t")+"/v1/responses", "", http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}})
	if status != http.StatusUpgradeRequired || !strings.Contains(body, "WebSocket") {
		t.Errorf("%d %s", status, body)
	}
	if lines := r.settled("t"); len(lines) != 0 {
		t.Errorf("lines %+v", lines)
	}
}

// Sessions and subagents of Codex are told by its headers.
func TestSessionsOfCodex(t *testing.T) {
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{}`) }))
	trial := r.admit("t")
	do(t, http.MethodPost, trial+"/v1/responses", `{"model":"m"}`, http.Header{"Session-Id": {"s"}, "Thread-Id": {"s"}})
	if line := r.last("t"); line.SessionID != "s" || line.AgentID != "" {
		t.Errorf("the line is %+v", line)
	}
	do(t, http.MethodPost, trial+"/v1/responses", `{"model":"m"}`, http.Header{"Session-Id": {"s"}, "Thread-Id": {"sub"}, "X-Codex-Parent-Thread-Id": {"s"}})
	if line := r.last("t"); line.SessionID != "s" || line.AgentID != "sub" {
		t.Errorf("the line is %+v", line)
	}
}
