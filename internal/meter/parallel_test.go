package meter_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/meter"
)

// asking is a request for at most so many tokens of output.
func asking(model string, maxOutput int) string {
	return fmt.Sprintf(`{"model":%q,"max_tokens":%d,"messages":[{"role":"user","content":"Hello"}]}`, model, maxOutput)
}

// longAnswer has 32,000 tokens of output, which cost 80 cents.
func longAnswer(w http.ResponseWriter, _ *http.Request) {
	time.Sleep(time.Millisecond)
	w.Header().Set("Content-Type", "text/event-stream")
	_, _ = io.WriteString(w, streamOf(opus, `{"input_tokens":10,"output_tokens":1}`, `{"output_tokens":32000}`))
}

// flight counts requests that are at the API at once.
type flight struct {
	mu        sync.Mutex
	now, peak int
}

func (f *flight) enter() (leave func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now++
	f.peak = max(f.peak, f.now)
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.now--
	}
}

func (f *flight) most() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.peak
}

// Two hundred at once, of which each may cost eight times the limit: one is sent.
func TestManyAtOnceOvershootByOneRequest(t *testing.T) {
	var asked atomic.Int64
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		asked.Add(1)
		longAnswer(w, req)
	}))
	base := r.url + "/" + r.Admit(meter.Trial{ID: "t", Model: opus, BudgetUSD: 0.10})
	statuses := r.atOnce(200, base, asking(opus, 32000))
	if asked.Load() != 1 || statuses[200] != 1 || statuses[402] != 199 {
		t.Errorf("%d were sent; answers by status: %v; want one answer and 199 refusals", asked.Load(), statuses)
	}
	if usd := r.SpentUSD(); usd < 0.80 || usd > 0.81 {
		t.Errorf("spent $%.2f, want the $0.80 of one request", usd)
	}
	if line := r.last("t"); line.Retry != meter.OverBudget {
		t.Errorf("the last line is %+v", line)
	}
}

// atOnce posts n times the same and counts the answers by status.
func (r *rig) atOnce(n int, base, body string) map[int]int {
	r.t.Helper()
	var mu sync.Mutex
	statuses := make(map[int]int)
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			resp, _, err := post(r.t.Context(), base+"/v1/messages", body)
			if err != nil {
				r.t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			statuses[resp.StatusCode]++
		})
	}
	all.Wait()
	r.settled("t")
	return statuses
}

// The run's limit holds over trials as a trial's does over its requests.
func TestManyTrialsOvershootTheRunsDollarsByOneRequest(t *testing.T) {
	r := newRig(t, http.HandlerFunc(longAnswer), func(o *meter.Options) { o.BudgetUSD = 0.10 })
	var all sync.WaitGroup
	for i := range 40 {
		base := r.admit(fmt.Sprint("t", i))
		all.Go(func() { _, _, _ = post(t.Context(), base+"/v1/messages", asking(opus, 32000)) })
	}
	all.Wait()
	if usd := r.SpentUSD(); usd < 0.80 || usd > 0.81 {
		t.Errorf("spent $%.2f, want the $0.80 of one request", usd)
	}
}

// What has no room yet waits, in the order in which it came, and is sent when what
// was before it cost less than was set aside.
func TestRequestsWaitForRoom(t *testing.T) {
	var flight flight
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		defer flight.enter()()
		time.Sleep(5 * time.Millisecond)
		answering(w, req) // $0.0343
	}))
	// Each may cost $0.80: three have room at first, while all twelve cost $0.41.
	base := r.url + "/" + r.Admit(meter.Trial{ID: "t", Model: opus, BudgetUSD: 2.5})
	if statuses := r.atOnce(12, base, asking(opus, 32000)); statuses[200] != 12 {
		t.Errorf("answers by status: %v, want twelve answers", statuses)
	}
	if most := flight.most(); most > 3 {
		t.Errorf("%d were in flight at once, want 3 at most", most)
	}
	waited := 0
	for _, line := range r.Entries("t") {
		if line.Kind == meter.Finished && line.Waited > 0 {
			waited++
		}
	}
	if waited < 9 {
		t.Errorf("%d lines tell that they waited, want nine", waited)
	}
}

// A trial has a bound of requests in flight and of those that wait, whatever its
// dollars; what is beyond both is told to come again, and no more of it is judged.
func TestATrialsRequestsAtOnceAreBounded(t *testing.T) {
	release := make(chan struct{})
	var flight flight
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		defer flight.enter()()
		<-release
		answering(w, req)
	}))
	base := r.admit("t")
	statuses := make(chan int)
	n := meter.MaxInFlight + meter.MaxWaiting + 5
	for range n {
		go func() {
			resp, _, err := post(t.Context(), base+"/v1/messages", request(opus))
			if err != nil {
				t.Error(err)
				statuses <- 0
				return
			}
			statuses <- resp.StatusCode
		}()
	}
	got := make(map[int]int)
	for range 5 {
		got[<-statuses]++
	}
	waitUntil(t, func() bool { return flight.most() == meter.MaxInFlight })
	close(release)
	for range n - 5 {
		got[<-statuses]++
	}
	if got[429] != 5 || got[200] != n-5 {
		t.Errorf("answers by status: %v, want 5 told to come again and %d answered", got, n-5)
	}
	if most := flight.most(); most != meter.MaxInFlight {
		t.Errorf("%d in flight at once, want %d", most, meter.MaxInFlight)
	}
	crowded := 0
	for _, line := range r.settled("t") {
		if line.Retry == meter.Crowded {
			crowded++
		}
	}
	if crowded != 5 {
		t.Errorf("%d lines of refusals, want 5", crowded)
	}
}

// The end of a trial answers what waits, and a client that goes away leaves the queue.
func TestWhatWaitsEndsWithItsTrialOrItsClient(t *testing.T) {
	arrived := make(chan struct{}, 10)
	r := newRig(t, http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		arrived <- struct{}{}
		hang(req)
	}))
	token := r.Admit(meter.Trial{ID: "t", Model: opus, BudgetUSD: 0.10})
	url, body := r.url+"/"+token+"/v1/messages", asking(opus, 32000)
	statuses := make(chan int)
	ask := func() {
		status := 0
		if resp, _, err := post(t.Context(), url, body); err == nil {
			status = resp.StatusCode
		}
		statuses <- status
	}
	go ask()
	<-arrived
	leaving, leave := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer leave()
	if _, _, err := post(leaving, url, body); err == nil {
		t.Error("a request without room was answered")
	}
	go ask()
	waitUntil(t, func() bool { return r.WaitingRequests() == 1 })
	r.Revoke(token)
	if a, b := <-statuses, <-statuses; a != 403 || b != 403 {
		t.Errorf("statuses %d and %d, want 403", a, b)
	}
	if len(arrived) > 0 {
		t.Error("a request that waited was sent")
	}
	for _, line := range r.settled("t") {
		if line.Retry != "" && line.Retry != meter.Revoked {
			t.Errorf("line %+v", line)
		}
	}
}

func waitUntil(t *testing.T, is func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come to that in ten seconds")
		}
	}
}

// Without a price no dollars can be counted, so what has none is not sent under a
// dollar limit; unless a number of requests bounds the run.
func TestAModelWithoutAPriceIsRefusedUnderADollarLimit(t *testing.T) {
	var told []meter.Entry
	r := newRig(t, http.HandlerFunc(answering))
	r.OnRefusal(func(e meter.Entry) { told = append(told, e) })
	base := r.url + "/" + r.Admit(meter.Trial{ID: "t", Model: "our-model", BudgetUSD: 5})
	resp, body, err := r.ask(base, "our-model")
	if err != nil || resp.StatusCode != 402 || resp.Header.Get("X-Should-Retry") != "false" || !strings.Contains(body, "our-model has no price") {
		t.Errorf("got %v %s %v", resp, body, err)
	}
	if line := r.last("t"); line.Retry != meter.NoPrice || line.Refusal() != meter.NoPrice || line.Error == "" {
		t.Errorf("line %+v", line)
	}
	if len(told) != 1 {
		t.Errorf("%d refusals told, want one", len(told))
	}
	for name, change := range map[string]func(*meter.Options){
		"the run's dollars": func(o *meter.Options) { o.BudgetUSD = 5 },
		"requests":          func(o *meter.Options) { o.BudgetUSD, o.MaxRequests = 5, 1 },
		"nothing":           func(*meter.Options) {},
	} {
		r := newRig(t, http.HandlerFunc(answering), change)
		want := 200
		if name == "the run's dollars" {
			want = 402
		}
		if resp, _, err := r.ask(r.admit("t"), "our-model"); err != nil || resp.StatusCode != want {
			t.Errorf("bounded by %s: %v %v, want %d", name, resp, err, want)
		}
	}
}

// A gateway may answer with a name of its own. What was asked for tells its price.
func TestAnAnswerOfAModelWithoutAPriceCountsAsTheModelAsked(t *testing.T) {
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, streamOf("our-alias", `{"input_tokens":10,"output_tokens":1}`, `{"output_tokens":32000}`))
	}))
	base := r.url + "/" + r.Admit(meter.Trial{ID: "t", Model: opus, BudgetUSD: 0.5})
	if statuses := r.atOnce(3, base, asking(opus, 100)); statuses[200] == 0 || statuses[402] == 0 && r.lastStatus(base) != 402 {
		t.Errorf("answers by status: %v, and no refusal after them", statuses)
	}
}

func (r *rig) lastStatus(base string) int {
	resp, _, err := post(r.t.Context(), base+"/v1/messages", asking(opus, 100))
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode
}
