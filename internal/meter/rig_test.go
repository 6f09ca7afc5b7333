package meter_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/prices"
)

const (
	secretKey = "sk-the-real-key"
	opus      = "claude-opus-4-8" // 5 / 25 / 6.25 / 10 / 0.5 dollars
)

// rig is a meter between a client and an upstream, all of them real servers.
type rig struct {
	*meter.Meter
	t      *testing.T
	url    string // of the meter
	ledger string // path of the ledger file
}

func newRig(t *testing.T, upstream http.Handler, change ...func(*meter.Options)) *rig {
	t.Helper()
	server := httptest.NewServer(upstream)
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	ledger, err := meter.OpenLedger(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ledger.Close() })
	o := meter.Options{Upstream: base, Credential: meter.APIKey(secretKey), Prices: prices.Default(), Ledger: ledger}
	for _, c := range change {
		c(&o)
	}
	m, err := meter.New(o)
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(m)
	t.Cleanup(front.Close)
	return &rig{Meter: m, t: t, url: front.URL, ledger: path}
}

func (r *rig) admit(id string) (base string) {
	return r.url + "/" + r.Admit(meter.Trial{ID: id, Model: opus})
}

// post asks the model and returns the answer with its body read, or the error
// that came instead or in the middle of it.
func post(ctx context.Context, url, body string) (*http.Response, string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	req.Header.Set("X-Api-Key", "placeholder")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	return resp, string(got), err
}

// ask posts one message to the trial's base URL.
func (r *rig) ask(base, model string) (*http.Response, string, error) {
	r.t.Helper()
	return post(r.t.Context(), base+"/v1/messages?beta=true", request(model))
}

func request(model string) string {
	return fmt.Sprintf(`{"model":%q,"stream":true,"messages":[{"role":"user","content":"a private instruction"}]}`, model)
}

// settled waits for the trial's lines and returns them.
func (r *rig) settled(id string) []meter.Entry {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 10*time.Second)
	defer cancel()
	if err := r.Wait(ctx, id); err != nil {
		r.t.Fatal(err)
	}
	return r.Entries(id)
}

// last is the trial's last line, which must be a finished one.
func (r *rig) last(id string) meter.Entry {
	r.t.Helper()
	lines := r.settled(id)
	if len(lines) == 0 || lines[len(lines)-1].Kind != meter.Finished {
		r.t.Fatalf("no finished line of trial %s: %+v", id, lines)
	}
	return lines[len(lines)-1]
}

func (r *rig) file() string {
	r.t.Helper()
	b, err := os.ReadFile(r.ledger)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(b)
}

// answer writes a whole streamed answer.
func answer(w http.ResponseWriter, id string, events ...string) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Request-Id", id)
	for _, e := range events {
		fmt.Fprintf(w, "event: %s\ndata: %s\n\n", eventName(e), e)
	}
	_ = http.NewResponseController(w).Flush()
}

func eventName(data string) string {
	_, after, _ := strings.Cut(data, `"type":"`)
	name, _, _ := strings.Cut(after, `"`)
	return name
}

// The events of an answer that costs, with Opus 4.8:
// 10 x 5 + 200 x 25 + 40000 x 0.5 + 1000 x 6.25 + 300 x 10
// = 50 + 5000 + 20000 + 6250 + 3000 = 34300 millionths of a dollar.
const (
	start = `{"type":"message_start","message":{"model":"claude-opus-4-8","usage":{"input_tokens":10,"output_tokens":1,` +
		`"cache_read_input_tokens":40000,"cache_creation_input_tokens":1300,` +
		`"cache_creation":{"ephemeral_5m_input_tokens":1000,"ephemeral_1h_input_tokens":300},"service_tier":"standard"}}}`
	text  = `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a private answer"}}`
	delta = `{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":200}}`
	stop  = `{"type":"message_stop"}`

	answerUSD = 0.0343
)

// answering is an upstream that always answers in full.
func answering(w http.ResponseWriter, _ *http.Request) { answer(w, "req_1", start, text, delta, stop) }

// clock ticks one second each time it is read.
func clock() func() time.Time {
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	return func() time.Time {
		now = now.Add(time.Second)
		return now
	}
}

// hang keeps a request without an end until the meter breaks it off. A server
// notices that only after it has read the body.
func hang(req *http.Request) {
	_, _ = io.Copy(io.Discard, req.Body)
	<-req.Context().Done()
}
