package meter_test

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
)

func TestTheKeyIsInjectedAndTheAgentsCredentialsAreNot(t *testing.T) {
	var seen http.Header
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		seen = req.Header.Clone()
		w.Header().Set("Set-Cookie", "session=1")
		w.Header().Set("Anthropic-Ratelimit-Requests-Remaining", "9")
		answering(w, req)
	}))
	req, _ := http.NewRequest(http.MethodPost, r.admit("t")+"/v1/messages", strings.NewReader(request(opus)))
	for name, value := range map[string]string{
		"X-Api-Key": "placeholder", "Authorization": "Bearer stolen", "Cookie": "a=b", "Proxy-Authorization": "Basic x",
		"X-Goog-Api-Key": "g", "X-Auth-Token": "t", "Forwarded": "for=1.2.3.4", "X-Forwarded-For": "1.2.3.4",
		"Connection": "X-Hop", "X-Hop": "1", "Te": "trailers", "Accept-Encoding": "gzip, br",
		"Anthropic-Version": "2023-06-01", "Anthropic-Beta": "context-1m", "X-Claude-Code-Session-Id": "s1", "User-Agent": "claude-cli",
	} {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()

	seen.Del("Content-Length")
	want := http.Header{
		"X-Api-Key": {secretKey}, "Accept-Encoding": {"identity"}, "User-Agent": {"claude-cli"},
		"Anthropic-Version": {"2023-06-01"}, "Anthropic-Beta": {"context-1m"}, "X-Claude-Code-Session-Id": {"s1"},
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("headers upstream (-want +got):\n%s", diff)
	}
	if resp.Header.Get("Set-Cookie") != "" {
		t.Error("the upstream's cookie reached the agent")
	}
	if resp.Header.Get("Anthropic-Ratelimit-Requests-Remaining") != "9" || resp.Header.Get("Request-Id") != "req_1" {
		t.Errorf("the API's own headers did not pass: %v", resp.Header)
	}
}

func TestABearerGoesWhereAKeyWould(t *testing.T) {
	var seen http.Header
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		seen = req.Header.Clone()
		answering(w, req)
	}), func(o *meter.Options) { o.Credential = meter.Bearer("b") })
	if _, _, err := r.ask(r.admit("t"), opus); err != nil {
		t.Fatal(err)
	}
	if seen.Get("Authorization") != "Bearer b" || seen.Get("X-Api-Key") != "" {
		t.Errorf("upstream saw %v", seen)
	}
}

// What is sent upstream for each kind of credential, whatever the agent sends.
func TestWhatTheUpstreamSees(t *testing.T) {
	gateway := map[string]string{"x-gateway-key": "g-secret", "Anthropic-Beta": "gateway-1, context-1m"}
	for name, test := range map[string]struct {
		credential meter.Credential
		want       http.Header
	}{
		"none":             {meter.Credential{}, http.Header{"Anthropic-Beta": {"context-1m"}}},
		"a key":            {meter.APIKey("k"), http.Header{"X-Api-Key": {"k"}, "Anthropic-Beta": {"context-1m"}}},
		"a subscription":   {meter.OAuth("o"), http.Header{"Authorization": {"Bearer o"}, "Anthropic-Beta": {"context-1m,oauth-2025-04-20"}}},
		"a gateway's only": {meter.Credential{}.With(gateway), http.Header{"X-Gateway-Key": {"g-secret"}, "Anthropic-Beta": {"context-1m,gateway-1"}}},
		"a key and a gateway's": {meter.APIKey("k").With(gateway), http.Header{
			"X-Api-Key": {"k"}, "X-Gateway-Key": {"g-secret"}, "Anthropic-Beta": {"context-1m,gateway-1"},
		}},
		"a subscription and a gateway's": {meter.OAuth("o").With(gateway), http.Header{
			"Authorization": {"Bearer o"}, "X-Gateway-Key": {"g-secret"}, "Anthropic-Beta": {"context-1m,oauth-2025-04-20,gateway-1"},
		}},
		"a header in the key's place": {meter.APIKey("k").With(map[string]string{"x-api-key": "other"}), http.Header{"X-Api-Key": {"other"}, "Anthropic-Beta": {"context-1m"}}},
		"a header's text":             {meter.Bearer("b").With(map[string]string{"Authorization": "Basic dTpw", "x-team": "tools and models"}), http.Header{"Authorization": {"Basic dTpw"}, "X-Team": {"tools and models"}, "Anthropic-Beta": {"context-1m"}}},
	} {
		t.Run(name, func(t *testing.T) {
			var seen http.Header
			r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				seen = req.Header.Clone()
				answering(w, req)
			}), func(o *meter.Options) { o.Credential = test.credential })
			req, _ := http.NewRequest(http.MethodPost, r.admit("t")+"/v1/messages", strings.NewReader(request(opus)))
			for name, value := range map[string]string{
				"X-Api-Key": "placeholder", "Authorization": "Bearer stolen", "X-Gateway-Key": "forged", "Anthropic-Beta": "context-1m", "User-Agent": "",
			} {
				req.Header.Set(name, value)
			}
			if test.want.Get("X-Gateway-Key") == "" {
				req.Header.Del("X-Gateway-Key")
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			seen.Del("Content-Length")
			seen.Del("User-Agent")
			test.want.Set("Accept-Encoding", "identity")
			if diff := cmp.Diff(test.want, seen); diff != "" {
				t.Errorf("headers upstream (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBytesPassUnchanged(t *testing.T) {
	const body = "{\"model\":\"claude-opus-4-8\", \"messages\" : []\n}"
	odd := "\ufeffevent: message_start\r\ndata: " + start + "\r\n\r\n: a comment\n\nevent: new_thing\rdata:x\r\r" +
		"event: message_delta\ndata: " + delta + "\n\nevent: message_stop\ndata: " + stop + "\n\ntrailing garbage \x00\xff"
	var got string
	var gotURL *url.URL
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		b, _ := io.ReadAll(req.Body)
		got, gotURL = string(b), req.URL
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		io.WriteString(w, odd)
	}), func(o *meter.Options) { o.Upstream = o.Upstream.JoinPath("gateway/") })

	_, back, err := post(t.Context(), r.admit("t")+"/v1/messages?beta=true", body)
	if err != nil {
		t.Fatal(err)
	}
	if got != body {
		t.Errorf("the upstream got %q", got)
	}
	if back != odd {
		t.Errorf("the client got %q", back)
	}
	if gotURL.String() != "/gateway/v1/messages?beta=true" {
		t.Errorf("the upstream was asked at %s", gotURL)
	}
	if line := r.last("t"); line.Cut || line.Tokens == nil || line.Tokens.Output != 200 {
		t.Errorf("usage was not read out of it: %+v", line)
	}
}

func TestEventsArriveWhenTheyAreSent(t *testing.T) {
	proceed := make(chan bool)
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer(w, "req_1", start)
		<-proceed
		answer(w, "req_1", delta, stop)
	}))
	resp, err := http.Post(r.admit("t")+"/v1/messages", "application/json", strings.NewReader(request(opus)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	in := bufio.NewReader(resp.Body)
	line, err := in.ReadString('\n') // would never return if anything were held back
	if err != nil || line != "event: message_start\n" {
		t.Fatalf("first line %q, %v", line, err)
	}
	proceed <- true
	if _, err := io.Copy(io.Discard, in); err != nil {
		t.Fatal(err)
	}
}

func TestAnAnswerThatIsNotStreamed(t *testing.T) {
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"model":"claude-opus-4-8-20261120","stop_reason":"tool_use","content":[],"usage":{"input_tokens":3,"output_tokens":7,
			"cache_creation_input_tokens":11,"cache_read_input_tokens":5,"service_tier":"priority","server_tool_use":{"web_search_requests":2}}}`)
	}))
	if _, _, err := r.ask(r.admit("t"), opus); err != nil {
		t.Fatal(err)
	}
	line := r.last("t")
	want := &baselines.Tokens{Input: 3, Output: 7, CacheRead: 5, CacheWrite5m: 11}
	if diff := cmp.Diff(want, line.Tokens); diff != "" {
		t.Errorf("tokens; a cache write without a split is a 5-minute one (-want +got):\n%s", diff)
	}
	if line.Stop != "tool_use" || line.Answered != "claude-opus-4-8-20261120" || line.WebSearch != 2 || line.Tier != "priority" {
		t.Errorf("line %+v", line)
	}
	if line.USD != nil {
		t.Errorf("the table has no priority tier, yet the answer costs %v", *line.USD)
	}
}

func TestItIsNoOpenProxy(t *testing.T) {
	asked := 0
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { asked++ }))
	base := r.admit("t")
	for _, test := range []struct {
		method, path string
		want         int
	}{
		{"GET", "/v1/messages", 404},
		{"POST", "/v1/complete", 404},
		{"POST", "/v1/messages/batches", 404},
		{"POST", "/v1/messages/../files", 404},
		{"POST", "/v1/files", 404},
		{"GET", "/v1/models", 404},
		{"POST", "/", 404},
		{"POST", "", 404},
		{"GET", "/api/hello", 200},
		{"HEAD", "/api/hello", 200},
		{"POST", "/api/hello", 404},
	} {
		req, _ := http.NewRequest(test.method, base+test.path, strings.NewReader(request(opus)))
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != test.want {
			t.Errorf("%s %s: %d, want %d", test.method, test.path, resp.StatusCode, test.want)
		}
	}
	for _, url := range []string{r.url + "/v1/messages", r.url + "/guess/v1/messages", r.url + "//v1/messages"} {
		if resp, _, err := post(t.Context(), url, request(opus)); err != nil || resp.StatusCode != 404 {
			t.Errorf("%s without the token: %v, %v", url, resp, err)
		}
	}
	if asked > 0 || len(r.Entries("t")) > 0 {
		t.Errorf("%d requests went upstream, %d lines", asked, len(r.Entries("t")))
	}
}

func TestWhatIsNoRequestIsNotSent(t *testing.T) {
	asked := 0
	r := newRig(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	base := r.admit("t")
	for name, test := range map[string]struct {
		body string
		want int
	}{
		"nothing":       {"", 400},
		"no JSON":       {"hello", 400},
		"no model":      {`{"messages":[]}`, 400},
		"a novel":       {`{"model":"` + strings.Repeat("x", 300) + `"}`, 400},
		"over 64 MiB":   {`{"model":"m","pad":"` + strings.Repeat("x", 64<<20) + `"}`, 413},
		"model is null": {`{"model":null}`, 400},
	} {
		resp, body, err := post(t.Context(), base+"/v1/messages", test.body)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if resp.StatusCode != test.want || !strings.Contains(body, `"type":"error"`) {
			t.Errorf("%s: %d %s", name, resp.StatusCode, body)
		}
	}
	if asked > 0 || len(r.Entries("t")) > 0 {
		t.Errorf("%d requests went upstream", asked)
	}
}

func TestCountingTokensIsFreeAndNotRecorded(t *testing.T) {
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		io.WriteString(w, `{"input_tokens": 12}`)
	}))
	resp, body, err := post(t.Context(), r.admit("t")+"/v1/messages/count_tokens", request(opus))
	if err != nil || resp.StatusCode != 200 || body != `{"input_tokens": 12}` {
		t.Fatalf("%v %s %v", resp, body, err)
	}
	if lines := r.settled("t"); len(lines) > 0 || r.file() != "" {
		t.Errorf("recorded: %+v", lines)
	}
}

func TestTheLogHoldsNoSecretAndNoBody(t *testing.T) {
	var log bytes.Buffer
	r := newRig(t, http.HandlerFunc(answering), func(o *meter.Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	base := r.admit("t")
	if _, _, err := r.ask(base, opus); err != nil {
		t.Fatal(err)
	}
	r.settled("t")
	token := base[strings.LastIndex(base, "/")+1:]
	if !strings.Contains(log.String(), "trial=t") {
		t.Errorf("no line about the request: %q", log.String())
	}
	for _, secret := range []string{secretKey, token, "private"} {
		if strings.Contains(log.String(), secret) || strings.Contains(r.file(), secret) {
			t.Errorf("%q is in the log or the ledger", secret)
		}
	}
}

// What a request is filed under decides whether it is compared: a key that the
// API does not know must not name the model.
func TestOnlyTheKeyOfTheAPINamesTheModel(t *testing.T) {
	r := newRig(t, http.HandlerFunc(answering))
	base := r.admit("t")
	for _, body := range []string{
		`{"model":"` + opus + `","Model":"claude-haiku-4-5","MODEL":"claude-haiku-4-5"}`,
		`{"MODEL":"claude-haiku-4-5","model":"` + opus + `"}`,
	} {
		if resp, _, err := post(t.Context(), base+"/v1/messages", body); err != nil || resp.StatusCode != 200 {
			t.Fatalf("%s: %v, %v", body, resp, err)
		}
		if line := r.last("t"); line.Model != opus {
			t.Errorf("%s: filed under %q", body, line.Model)
		}
	}
	for _, body := range []string{`{"Model":"` + opus + `"}`, `{"model":7}`, `{"model":["` + opus + `"]}`, `[]`, `null`} {
		if resp, _, err := post(t.Context(), base+"/v1/messages", body); err != nil || resp.StatusCode != 400 {
			t.Errorf("%s: %v, %v; want it refused", body, resp, err)
		}
	}
}
