package meter_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/meter"
)

// do sends any request to the meter and returns the answer's status and body.
func do(t *testing.T, method, url, body string, header http.Header) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

// A user's own command reaches the whole API that clients of it use.
func TestEveryPlaceOfTheAPICanBeReached(t *testing.T) {
	var seen []string
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		seen = append(seen, req.Method+" "+req.URL.String()+" "+string(body)+" "+req.Header.Get("X-Api-Key"))
		_, _ = io.WriteString(w, "its answer")
	}))
	base := r.url + "/" + r.Admit(meter.Trial{ID: "t", AllPlaces: true})
	asked := [][3]string{
		{"GET", "/v1/models?limit=5", ""},
		{"GET", "/v1/models/claude-opus-4-8", ""},
		{"POST", "/v1/files", "a file's content"},
		{"GET", "/v1/files/file_1/content", ""},
		{"DELETE", "/v1/files/file_1", ""},
		{"GET", "/v1/messages/batches/b_1/results", ""},
		{"POST", "/v1/messages/batches/b_1/cancel", ""},
	}
	for i, a := range asked {
		if status, answer := do(t, a[0], base+a[1], a[2], nil); status != 200 || answer != "its answer" {
			t.Errorf("%s %s: %d %s", a[0], a[1], status, answer)
		} else if want := a[0] + " " + a[1] + " " + a[2] + " " + secretKey; seen[i] != want {
			t.Errorf("the API saw %q, want %q", seen[i], want)
		}
	}
	if lines := r.settled("t"); len(lines) > 0 {
		t.Errorf("what is free was recorded: %+v", lines)
	}
	for _, place := range []string{"/v1/organizations", "/v1/files/../organizations", "/v1/models/a/b/c", "/v1/models/..", "/v1/filesystem"} {
		if status, _ := do(t, "GET", base+place, "", nil); status != 404 {
			t.Errorf("%s: %d, want 404", place, status)
		}
	}
}

// What a batch costs is not known before its results: it is recorded as such, and not
// sent where dollars are limited.
func TestABatchHasNoKnownCost(t *testing.T) {
	const batch = `{"requests":[{"custom_id":"1","params":{"model":"claude-opus-4-8","max_tokens":9,"messages":[]}}]}`
	sent := 0
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		sent++
		_, _ = io.WriteString(w, `{"id":"b_1","type":"message_batch"}`)
	}))
	free := r.url + "/" + r.Admit(meter.Trial{ID: "t", AllPlaces: true})
	if status, answer := do(t, "POST", free+"/v1/messages/batches", batch, nil); status != 200 || !strings.Contains(answer, "b_1") {
		t.Errorf("%d %s", status, answer)
	}
	if line := r.last("t"); line.Model != opus || line.USD != nil || line.Cut || len(line.Unknown) != 1 || line.Retry != "" {
		t.Errorf("its line is %+v", line)
	}
	limited := r.url + "/" + r.Admit(meter.Trial{ID: "u", AllPlaces: true, BudgetUSD: 5})
	if status, answer := do(t, "POST", limited+"/v1/messages/batches", batch, nil); status != 402 || sent != 1 {
		t.Errorf("%d %s, sent %d", status, answer, sent)
	}
	if status, _ := do(t, "POST", free+"/v1/messages/batches", `{"requests":[]}`, nil); status != 400 {
		t.Errorf("an empty batch: %d", status)
	}
}

// Where benchgate has no key, the client's own login goes on, as it came, to the
// upstream; and into no line.
func TestTheClientsOwnLoginGoesOn(t *testing.T) {
	const token = "sk-ant-oat01-0123456789abcdef"
	var seen http.Header
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		seen = req.Header.Clone()
		w.Header().Set("Location", "http://elsewhere.example/")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":{"type":"authentication_error","message":"invalid token `+token+`"}}`)
	}), func(o *meter.Options) {
		o.Credential, o.PassLogin = meter.Credential{}.With(map[string]string{"X-Gateway": "g"}), true
	})
	status, _ := do(t, "POST", r.admit("t")+"/v1/messages", request(opus), http.Header{
		"Authorization": {"Bearer " + token}, "Anthropic-Beta": {"oauth-2025-04-20"}, "Cookie": {"a=b"}, "Proxy-Authorization": {"Basic x"},
	})
	if status != 401 || seen.Get("Authorization") != "Bearer "+token || seen.Get("X-Gateway") != "g" || seen.Get("Anthropic-Beta") != "oauth-2025-04-20" {
		t.Errorf("%d; the API saw %v", status, seen)
	}
	if seen.Get("Cookie")+seen.Get("Proxy-Authorization") != "" {
		t.Errorf("the API saw %v", seen)
	}
	if line := r.last("t"); line.Retry != meter.KeyRefused || strings.Contains(r.file(), token) || !strings.HasPrefix(line.Error, "invalid token *") {
		t.Errorf("the line is %+v", line)
	}
	do(t, "POST", r.admit("u")+"/v1/messages", request(opus), http.Header{"X-Api-Key": {"sk-of-the-user"}})
	if seen.Get("X-Api-Key") != "sk-of-the-user" {
		t.Errorf("the API saw %v", seen)
	}
}

// A credential of the meter's own goes in place of the client's, also where logins
// are passed on.
func TestTheMetersOwnKeyGoesBeforeALogin(t *testing.T) {
	var seen http.Header
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		seen = req.Header.Clone()
		answering(w, req)
	}), func(o *meter.Options) { o.PassLogin = true })
	do(t, "POST", r.admit("t")+"/v1/messages", request(opus), http.Header{"X-Api-Key": {"placeholder"}, "Authorization": {"Bearer placeholder"}})
	if got := seen.Values("X-Api-Key"); len(got) != 1 || got[0] != secretKey || seen.Get("Authorization") != "" {
		t.Errorf("the API saw %v", seen)
	}
}
