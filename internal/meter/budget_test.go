package meter_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/benchgate/benchgate/internal/meter"
)

func TestARequestBeyondTheTrialsDollarsIsRefused(t *testing.T) {
	var asked atomic.Int64
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		asked.Add(1)
		answering(w, req)
	}))
	base := r.url + "/" + r.Admit(meter.Trial{ID: "t", Model: opus, BudgetUSD: 2 * answerUSD})
	for range 2 {
		if resp, _, err := r.ask(base, opus); err != nil || resp.StatusCode != 200 {
			t.Fatal(resp, err)
		}
		r.settled("t")
	}
	resp, body, err := r.ask(base, opus)
	if err != nil || resp.StatusCode != 402 || resp.Header.Get("X-Should-Retry") != "false" || !strings.Contains(body, "dollar limit") {
		t.Errorf("got %v %s %v", resp, body, err)
	}
	if line := r.last("t"); line.Retry != meter.OverBudget || line.Status != 402 || line.Cut || line.Tokens != nil {
		t.Errorf("line %+v", line)
	}
	if asked.Load() != 2 {
		t.Errorf("the upstream was asked %d times", asked.Load())
	}
	if resp, _, err := r.ask(r.admit("another"), opus); err != nil || resp.StatusCode != 200 {
		t.Errorf("another trial got %v, %v", resp, err)
	}
}

func TestTheRunsDollarsEndEveryTrial(t *testing.T) {
	r := newRig(t, http.HandlerFunc(answering), func(o *meter.Options) { o.BudgetUSD = answerUSD })
	if resp, _, err := r.ask(r.admit("one"), opus); err != nil || resp.StatusCode != 200 {
		t.Fatal(resp, err)
	}
	r.settled("one")
	if resp, _, err := r.ask(r.admit("two"), opus); err != nil || resp.StatusCode != 402 {
		t.Errorf("got %v, %v", resp, err)
	}
	// It was not trial two that spent too much, and its line says so.
	if lines := r.Entries("two"); len(lines) != 1 || lines[0].Retry != meter.OutOfMoney {
		t.Errorf("the ledger has %+v, want one refusal for want of the run's money", lines)
	}
}

// A limit of requests holds where nothing has a price, and holds for those that
// ask at once. What the meter refuses does not count.
func TestTheRunsRequestsEndEveryTrial(t *testing.T) {
	release := make(chan struct{})
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		<-release
		answering(w, req)
	}), func(o *meter.Options) { o.MaxRequests = 3 })
	base := r.admit("t")
	statuses := make(chan int)
	for range 8 {
		go func() {
			status := 0
			if resp, _, err := r.ask(base, "model-without-price"); err == nil {
				status = resp.StatusCode
			}
			statuses <- status
		}()
	}
	seen := make(map[int]int)
	for range 5 {
		seen[<-statuses]++
	}
	close(release)
	for range 3 {
		seen[<-statuses]++
	}
	if seen[200] != 3 || seen[402] != 5 {
		t.Errorf("statuses %v, want three answers and five refusals", seen)
	}
	if line := r.last("t"); line.Retry != "" && line.Retry != meter.NoRequests {
		t.Errorf("the last line is %+v", line)
	}
	if resp, _, err := r.ask(r.admit("another"), opus); err != nil || resp.StatusCode != 402 {
		t.Errorf("another trial got %v, %v", resp, err)
	}
	if lines := r.Entries("another"); len(lines) != 1 || lines[0].Retry != meter.NoRequests {
		t.Errorf("the ledger has %+v, want one refusal for want of requests", lines)
	}
	if resp, _, err := post(t.Context(), base+"/v1/messages/count_tokens", request(opus)); err != nil || resp.StatusCode != 200 {
		t.Errorf("counting tokens is free, and got %v, %v", resp, err)
	}
}

// What a ledger holds from before a crash counts.
func TestEarlierRequestsCount(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	if err := os.WriteFile(path, []byte(lineStarted+lineFinished), 0o644); err != nil {
		t.Fatal(err)
	}
	ledger, err := meter.OpenLedger(path)
	if err != nil {
		t.Fatal(err)
	}
	defer ledger.Close()
	r := newRig(t, http.HandlerFunc(answering), func(o *meter.Options) { o.Ledger, o.MaxRequests = ledger, 2 })
	for i, want := range []int{200, 402} {
		if resp, _, err := r.ask(r.admit("t"), opus); err != nil || resp.StatusCode != want {
			t.Errorf("request %d after the one before the crash: %v, %v; want %d", i+1, resp, err, want)
		}
	}
}

// A request whose usage never came may have been billed: it must go on
// counting, by its estimate.
func TestLostRequestsCountAgainstTheBudget(t *testing.T) {
	r := newRig(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	estimate := float64((len(request(opus))+3)/4) * 5 / 1e6
	base := r.url + "/" + r.Admit(meter.Trial{ID: "t", Model: opus, BudgetUSD: 2.5 * estimate})
	var got []int
	for range 4 {
		resp, _, err := r.ask(base, opus)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, resp.StatusCode)
		r.settled("t")
	}
	if got[0] != 502 || got[1] != 502 || got[2] != 502 || got[3] != 402 {
		t.Errorf("statuses %v, want 502 502 502 402", got)
	}
	if usd := r.SpentUSD(); usd != 0 {
		t.Errorf("spent %v: an estimate is not reported as spent", usd)
	}
}

// A request whose cost is not known counts by the usual price of its tokens, or by
// its estimate: a dollar limit must hold for an API that the meter does not
// understand, too.
func TestRequestsOfUnknownCostCountAgainstTheBudget(t *testing.T) {
	for name, body := range map[string]string{
		"a new field": streamOf(opus, `{"input_tokens":100000,"output_tokens":1,"audio_tokens":1}`, `{"output_tokens":2}`),
		"a tier":      streamOf(opus, `{"input_tokens":100000,"output_tokens":1,"service_tier":"priority"}`, `{"output_tokens":2}`),
		"no usage":    streamOf(opus, `null`, `null`),
	} {
		r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, body)
		}))
		budget := 0.6 // of one request of 100,000 tokens at $5 a million
		if name == "no usage" {
			budget = 1.5 * float64((len(request(opus))+3)/4) * 5 / 1e6
		}
		base := r.url + "/" + r.Admit(meter.Trial{ID: "t", Model: opus, BudgetUSD: budget})
		var got []int
		for range 3 {
			resp, _, err := r.ask(base, opus)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, resp.StatusCode)
			r.settled("t")
		}
		if got[0] != 200 || got[2] != 402 {
			t.Errorf("%s: statuses %v, want an answer first and 402 in the end", name, got)
		}
	}
}

// Fifty at once, with a budget and with trials ending in between: every
// request that was started is finished, nothing is left open, and the file
// says the same as the memory.
func TestFiftyAtOnce(t *testing.T) {
	r := newRig(t, http.HandlerFunc(answering), func(o *meter.Options) { o.BudgetUSD = 60 * answerUSD })
	trials := []string{"a", "b", "c", "d", "e"}
	tokens := make(map[string]string)
	for _, id := range trials {
		tokens[id] = r.Admit(meter.Trial{ID: id, Model: opus, BudgetUSD: 15 * answerUSD})
	}
	var wg sync.WaitGroup
	for i := range 50 {
		id := trials[i%len(trials)]
		wg.Go(func() {
			for range 3 {
				// The answer may be cut by the end of the trial: only lines are judged.
				_, _, _ = r.ask(r.url+"/"+tokens[id], opus)
			}
			if i == 10 || i == 23 {
				r.Revoke(tokens[id])
			}
		})
	}
	wg.Wait()
	sum := 0.0
	for _, id := range trials {
		open := make(map[int]bool)
		for _, line := range r.settled(id) {
			if line.Kind == meter.Started {
				open[line.Request] = true
				continue
			}
			delete(open, line.Request)
			if line.USD != nil {
				sum += *line.USD
			}
		}
		if len(open) > 0 {
			t.Errorf("trial %s has requests without an end: %v", id, open)
		}
	}
	if usd := r.SpentUSD(); usd < sum-1e-9 || usd > sum+1e-9 || sum == 0 {
		t.Errorf("spent %v, the lines sum up to %v", usd, sum)
	}
	fromFile, err := meter.ReadLedger(strings.NewReader(r.file()), "ledger.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	inMemory := 0
	for _, id := range trials {
		inMemory += len(r.Entries(id))
	}
	if len(fromFile) != inMemory {
		t.Errorf("%d lines in the file, %d in memory", len(fromFile), inMemory)
	}
}
