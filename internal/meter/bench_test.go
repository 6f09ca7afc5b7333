package meter

import (
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/prices"
)

// What the meter adds to a request: compare "direct" with the others. The
// difference between the last two is the disk.
func BenchmarkRequest(b *testing.B) {
	base, ledger := benchParts(b)
	b.Run("direct", func(b *testing.B) { ask(b, base.String()) })
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

// benchParts are an API that answers at once and a ledger.
func benchParts(b *testing.B) (*url.URL, *Ledger) {
	b.Helper()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, wholeAnswer)
	}))
	b.Cleanup(upstream.Close)
	base, err := url.Parse(upstream.URL)
	if err != nil {
		b.Fatal(err)
	}
	ledger, err := OpenLedger(filepath.Join(b.TempDir(), "ledger.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = ledger.Close() })
	return base, ledger
}

// benchBody is a request of so many kilobytes.
func benchBody(kilobytes int) string {
	return `{"model":"m","messages":[{"role":"user","content":"` + strings.Repeat("x", kilobytes<<10) + `"}]}`
}

func ask(b *testing.B, base string) {
	body := benchBody(100)
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
		w := newWatch(messagesAPI, http.Header{"Content-Type": {"text/event-stream"}})
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

// What the meter adds when 64 clients ask at once: each asks directly, through the
// meter, and through one with a ledger, in turn, so that all three meet the same
// machine, and waits a little before each request: agents ask every few seconds, and
// without a pause the queue for the processors would be measured. Reported are milliseconds of the median request and of the hundredth, and
// how many of both the ledger's meter adds.
func BenchmarkManyAtOnce(b *testing.B) {
	for _, kilobytes := range []int{20, 100} {
		b.Run(strconv.Itoa(kilobytes)+"KB", func(b *testing.B) { manyAtOnce(b, benchBody(kilobytes)) })
	}
}

func manyAtOnce(b *testing.B, body string) {
	const pause = 200 * time.Millisecond // on average; 320 requests a second
	targets := map[string]string{}
	upstream, ledger := benchParts(b)
	targets["direct"] = upstream.String()
	for name, l := range map[string]*Ledger{"metered": nil, "on-disk": ledger} {
		m, err := New(Options{Upstream: upstream, Prices: prices.Default(), Ledger: l})
		if err != nil {
			b.Fatal(err)
		}
		front := httptest.NewServer(m)
		defer front.Close()
		targets[name] = front.URL + "/" + m.Admit(Trial{ID: "t"})
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	var mu sync.Mutex
	took := make(map[string][]float64)
	b.SetParallelism(64 / runtime.GOMAXPROCS(0))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			for name, url := range targets {
				time.Sleep(pause/2 + rand.N(pause))
				begun := time.Now()
				resp, err := client.Post(url+"/v1/messages", "application/json", strings.NewReader(body))
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				mu.Lock()
				took[name] = append(took[name], float64(time.Since(begun).Microseconds())/1000)
				mu.Unlock()
			}
		}
	})
	for name, all := range took {
		slices.Sort(all)
		b.ReportMetric(all[len(all)/2], name+"-p50-ms")
		b.ReportMetric(all[len(all)*99/100], name+"-p99-ms")
	}
	added := func(of int) float64 {
		metered, direct := took["on-disk"], took["direct"]
		return metered[len(metered)*of/100] - direct[len(direct)*of/100]
	}
	b.ReportMetric(added(50), "added-p50-ms")
	b.ReportMetric(added(99), "added-p99-ms")
}
