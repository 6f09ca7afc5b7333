package meter

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/prices"
)

// What the meter adds to a request: compare "direct" with the others. The
// difference between the last two is the disk.
func BenchmarkRequest(b *testing.B) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, wholeAnswer)
	}))
	defer upstream.Close()
	base, err := url.Parse(upstream.URL)
	if err != nil {
		b.Fatal(err)
	}
	ledger, err := OpenLedger(filepath.Join(b.TempDir(), "ledger.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	defer ledger.Close()
	b.Run("direct", func(b *testing.B) { ask(b, upstream.URL) })
	for name, l := range map[string]*Ledger{"metered": nil, "metered-and-on-disk": ledger} {
		m, err := New(Options{Upstream: base, Prices: prices.Default(), Ledger: l})
		if err != nil {
			b.Fatal(err)
		}
		front := httptest.NewServer(m)
		defer front.Close()
		b.Run(name, func(b *testing.B) { ask(b, front.URL+"/"+m.Admit(Trial{ID: "t"})) })
	}
}

func ask(b *testing.B, base string) {
	body := `{"model":"m","messages":[{"role":"user","content":"` + strings.Repeat("x", 100<<10) + `"}]}`
	for b.Loop() {
		resp, err := http.Post(base+"/v1/messages", "application/json", strings.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
}

// How fast a stream's usage is read: a model sends some kilobytes a second.
func BenchmarkStream(b *testing.B) {
	piece := "event: content_block_delta\n" + `data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"some words of an answer"}}` + "\n\n"
	stream := []byte(strings.Replace(wholeAnswer, "event: ping", strings.Repeat(piece, 5000)+"event: ping", 1))
	b.SetBytes(int64(len(stream)))
	for b.Loop() {
		w := newWatch(http.Header{"Content-Type": {"text/event-stream"}})
		for rest := stream; len(rest) > 0; {
			n := min(len(rest), 4096)
			w.bytes(rest[:n])
			rest = rest[n:]
		}
		if !w.usage(true).complete {
			b.Fatal("incomplete")
		}
	}
}
