package forward_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/forward"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/otlp/otlptest"
)

// sink is a target: our own receiver, behind whatever a test puts before it.
type sink struct {
	*httptest.Server
	receiver *otlp.Receiver
	token    string
}

// newSink serves a target. before may answer a request itself: then it returns true.
func newSink(t *testing.T, before func(w http.ResponseWriter, r *http.Request) bool) *sink {
	t.Helper()
	s := &sink{receiver: otlp.NewReceiver(otlp.Options{})}
	s.token = s.receiver.Admit("all")
	handler := s.receiver.Handler()
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if before == nil || !before(w, r) {
			handler.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *sink) target() forward.Target {
	return forward.Target{
		Destination: otlp.Destination{Endpoint: s.URL + "/" + s.token, Protocol: otlp.HTTP, Gzip: true, Timeout: 5 * time.Second},
		Temporality: otlp.Delta,
	}
}

func (s *sink) payloads() []otlp.Payload { return s.receiver.Payloads("all") }

// records are all that arrived.
func (s *sink) records(t *testing.T) otlp.Records {
	t.Helper()
	all, errs := otlp.DecodeAll(s.payloads())
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return all
}

var started = time.Date(2026, 11, 23, 6, 39, 40, 0, time.UTC)

// aRun is a run of so many trials in a directory, each with what a real Claude Code
// sent.
func aRun(t *testing.T, trials int) forward.Run {
	t.Helper()
	payloads := otlptest.ReadDir(t, "../otlp/testdata/captures/a-simple-http-protobuf")
	r := forward.Run{Dir: t.TempDir()}
	for i := range trials {
		r.Trials = append(r.Trials, aTrial(t, r.Dir, i+1, payloads))
	}
	r.Verdict = &forward.Verdict{
		Outcome: "regression", Baseline: header(baselines.Baseline), Candidate: header(baselines.Candidate), Trials: []baselines.Trial{r.Trials[0].Record},
	}
	return r
}

func header(arm baselines.Arm) baselines.Header {
	return baselines.Header{
		ID: "20261123T063900.000Z-abcdef-" + string(arm), Arm: arm, Created: started,
		Variant: baselines.Variant{Name: "opus-" + string(arm), Model: "claude-opus-4-8", Agent: baselines.Agent{Name: "claude-code", Version: "2.1.330"}},
		Suite:   baselines.Suite{Name: "coding-10"},
	}
}

func aTrial(t *testing.T, dir string, attempt int, payloads []otlp.Payload) forward.Trial {
	t.Helper()
	id := fmt.Sprintf("candidate/lru-cache/%d.1", attempt)
	telemetry := filepath.Join(dir, "trials", filepath.FromSlash(id), "otlp")
	if err := otlp.WriteDir(telemetry, payloads); err != nil {
		t.Fatal(err)
	}
	solved, calls, failed, requests, active := true, 9, 1, 2, 3.5
	meterUSD, agentUSD := 0.0617, 0.06
	return forward.Trial{
		ID: id, Dir: telemetry, Header: header(baselines.Candidate),
		Record: baselines.Trial{
			Seq: attempt, Task: "lru-cache", Attempt: attempt, Try: 1, Ended: baselines.Finished, Solved: &solved, Started: started, SessionID: "session-1",
			Seconds:  baselines.Seconds{Setup: 1, Agent: 5, Verify: 2, Total: 8, Active: &active},
			CostUSD:  &baselines.CostUSD{Main: 0.061, Auxiliary: 0.0007},
			Requests: &requests, ToolCalls: &calls, ToolErrors: &failed,
			Agreement: &baselines.Agreement{MeterUSD: &meterUSD, AgentUSD: &agentUSD}, Flags: []baselines.Flag{baselines.NoIsolation},
		},
		Ledger: []meter.Entry{
			{Kind: meter.Started, Request: 1, Model: "claude-opus-4-8"},
			{Kind: meter.Finished, Request: 1, Model: "claude-opus-4-8", Answered: "claude-opus-4-8-20261120", Status: 200},
			{Kind: meter.Started, Request: 2, Model: "claude-opus-4-8"},
			{Kind: meter.Finished, Request: 2, Model: "claude-opus-4-8", Status: 529, Retry: meter.Overloaded},
			{Kind: meter.Started, Request: 3, Model: "claude-opus-4-8"},
		},
	}
}

// said collects sentences.
type said struct {
	mu  sync.Mutex
	all []string
}

func (s *said) say(sentence string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, sentence)
}

// send sends a run after its end.
func send(t *testing.T, r forward.Run, say func(string), targets ...forward.Target) []forward.Summary {
	t.Helper()
	summaries, err := forward.Send(t.Context(), r, targets, say)
	if err != nil {
		t.Fatal(err)
	}
	return summaries
}

// tee sends a run as its trials end, and waits so long for the last of it.
func tee(t *testing.T, r forward.Run, within time.Duration, say func(string), targets ...forward.Target) []forward.Summary {
	t.Helper()
	opened, err := forward.Open(t.Context(), r.Dir, targets, say)
	if err != nil {
		t.Fatal(err)
	}
	for _, trial := range r.Trials {
		opened.Trial(trial)
	}
	if r.Verdict != nil {
		opened.Verdict(*r.Verdict)
	}
	summaries, err := opened.Close(within)
	if err != nil {
		t.Fatal(err)
	}
	return summaries
}

// quiet wants nothing to be said.
func quiet(t *testing.T) func(string) {
	return func(sentence string) { t.Errorf("said %q", sentence) }
}
