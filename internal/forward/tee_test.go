package forward_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/forward"
	"github.com/benchgate/benchgate/internal/otlp"
)

const long = time.Minute // a bound that no test reaches

// A run of two trials arrives whole: what the agents sent, a span over each trial with
// the agent's spans below it, our points, the verdict; each with the trial's name.
func TestARunArrives(t *testing.T) {
	s, r := newSink(t, nil), aRun(t, 2)
	var heard said
	summaries := tee(t, r, long, heard.say, s.target())
	if len(heard.all) > 0 || summaries[0].Left != 0 {
		t.Fatalf("summary %+v, said %q", summaries, heard.all)
	}
	got := s.records(t)
	if n := len(got.Points) + len(got.Events) + len(got.Spans); n != summaries[0].Records {
		t.Errorf("%d records arrived, the summary says %d", n, summaries[0].Records)
	}
	roots := make(map[string]string) // span id to trace id
	for _, span := range got.Spans {
		if span.Name == forward.SpanTrial {
			roots[span.SpanID] = span.TraceID
		}
	}
	if len(roots) != 2 {
		t.Fatalf("spans over trials: %v, want two", roots)
	}
	below := 0
	for _, span := range got.Spans {
		if trace, isRoot := roots[span.ParentID]; isRoot {
			below++
			if trace != span.TraceID {
				t.Errorf("%s is below a trial's span and in another trace", span.Name)
			}
		}
	}
	if below == 0 {
		t.Error("no span of the agents is below a trial's")
	}
	for _, p := range s.payloads() {
		for _, want := range []string{forward.AttrRun, "20261123T063900.000Z-abcdef", forward.AttrSuite, "coding-10", forward.AttrInstance} {
			if !bytes.Contains(p.Body, []byte(want)) {
				t.Errorf("a request with %s does not name %s", p.Signal, want)
			}
		}
	}
}

// What is acknowledged is not sent again, by whoever; another target gets everything.
func TestNothingIsSentTwice(t *testing.T) {
	s, r := newSink(t, nil), aRun(t, 2)
	first := tee(t, r, long, quiet(t), s.target())
	arrived := len(s.payloads())
	again := send(t, r, quiet(t), s.target())
	if again[0].Records != 0 || again[0].Left != 0 || len(s.payloads()) != arrived {
		t.Errorf("sent again: %+v, %d requests after %d", again[0], len(s.payloads()), arrived)
	}
	other := newSink(t, nil)
	if got := send(t, r, quiet(t), s.target(), other.target()); got[1].Records != first[0].Records {
		t.Errorf("another target got %d records, want %d", got[1].Records, first[0].Records)
	}
	if diff := cmp.Diff(s.records(t), other.records(t)); diff != "" {
		t.Errorf("beside the run and after it (-beside +after):\n%s", diff)
	}
}

// An interrupted run has sent, at its end, what its trials left.
func TestAnInterruptedRunIsStillSent(t *testing.T) {
	s, r := newSink(t, nil), aRun(t, 2)
	ctx, interrupt := context.WithCancel(t.Context())
	opened, err := forward.Open(ctx, r.Dir, []forward.Target{s.target()}, quiet(t))
	if err != nil {
		t.Fatal(err)
	}
	opened.Trial(r.Trials[0])
	interrupt()
	opened.Trial(r.Trials[1])
	summaries, err := opened.Close(long)
	if err != nil || summaries[0].Left != 0 || summaries[0].Records == 0 {
		t.Errorf("summary %+v, error %v", summaries, err)
	}
}

// A target that is away for a while is waited for, and nobody else waits.
func TestATargetThatComesBack(t *testing.T) {
	var asked atomic.Int32
	s := newSink(t, func(w http.ResponseWriter, _ *http.Request) bool {
		if n := asked.Add(1); n >= 3 && n <= 4 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}
		return false
	})
	var heard said
	summaries := tee(t, aRun(t, 2), long, heard.say, s.target())
	if summaries[0].Left != 0 || len(heard.all) != 1 || !strings.Contains(heard.all[0], "503 Service Unavailable; it is tried again") {
		t.Errorf("summary %+v, said %q, want one warning", summaries[0], heard.all)
	}
	if n := len(s.records(t).Spans); n == 0 {
		t.Error("no span arrived")
	}
}

// A target that nobody reaches costs one warning and leaves everything in the run's
// directory; sent later, all of it arrives.
func TestATargetThatIsNotThere(t *testing.T) {
	s, r := newSink(t, nil), aRun(t, 3)
	target := s.target()
	address := s.Listener.Addr().String()
	s.Close()
	var heard said
	summaries := tee(t, r, long, heard.say, target)
	if want := "telemetry does not get to " + target.Endpoint + ": dial tcp " + address + ": connect: connection refused; it is tried again, and nothing waits for it"; !cmp.Equal(heard.all, []string{want}) {
		t.Errorf("said %q, want only %q", heard.all, want)
	}
	if summaries[0].Left != 4 || summaries[0].Records != 0 {
		t.Errorf("summary %+v, want three trials and the verdict left", summaries[0])
	}
	notes := summaries[0].Notes("benchgate telemetry send RUN")
	if len(notes) != 1 || !strings.Contains(notes[0], "telemetry of 4 trials is not all at "+target.Endpoint) || !strings.Contains(notes[0], `"benchgate telemetry send RUN" sends the rest`) {
		t.Errorf("notes %q", notes)
	}
	s = newSink(t, nil)
	if got := send(t, r, heard.say, s.target()); got[0].Left != 0 || got[0].Records == 0 {
		t.Errorf("later: %+v", got[0])
	}
}

// The end of a run waits so long and no longer, also for a target that says nothing.
func TestATargetThatHangs(t *testing.T) {
	hang := make(chan struct{})
	s := newSink(t, func(_ http.ResponseWriter, r *http.Request) bool {
		select {
		case <-hang:
		case <-r.Context().Done():
		}
		return true
	})
	defer close(hang)
	target := s.target()
	target.Timeout = time.Hour
	if summaries := tee(t, aRun(t, 2), 50*time.Millisecond, quiet(t), target); summaries[0].Left != 3 {
		t.Errorf("summary %+v, want two trials and the verdict left", summaries[0])
	}
}

// One that asks to be left alone for longer than anybody waits is left alone.
func TestATargetThatWantsToBeLeftAlone(t *testing.T) {
	var asked atomic.Int32
	s := newSink(t, func(w http.ResponseWriter, _ *http.Request) bool {
		asked.Add(1)
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	})
	var heard said
	if got := send(t, aRun(t, 2), heard.say, s.target()); got[0].Left != 3 || asked.Load() != 1 {
		t.Errorf("summary %+v after %d requests, want one", got[0], asked.Load())
	}
}

// An answer that gets lost makes a duplicate, and every record of it is recognised.
func TestADuplicateHasTheSameID(t *testing.T) {
	r := aRun(t, 2)
	whole := newSink(t, nil)
	send(t, r, quiet(t), whole.target())
	var lost atomic.Int32
	var s *sink
	s = newSink(t, func(w http.ResponseWriter, req *http.Request) bool {
		if lost.Add(1)%6 != 1 {
			return false
		}
		s.receiver.Handler().ServeHTTP(discard{w}, req) // taken ...
		panic(http.ErrAbortHandler)                     // ... and the answer never comes
	})
	var heard said
	if got := send(t, r, heard.say, s.target()); got[0].Left != 0 {
		t.Fatalf("summary %+v", got[0])
	}
	once, twice := ids(t, whole.records(t)), ids(t, s.records(t))
	duplicates := 0
	for id, n := range twice {
		duplicates += n - once[id]
		if once[id] == 0 || n > 2*once[id] {
			t.Errorf("%s came %d times, and %d times without a loss", id, n, once[id])
		}
	}
	if len(once) != len(twice) || len(once) < 100 || duplicates == 0 {
		t.Errorf("%d different records without a loss, %d with %d duplicates", len(once), len(twice), duplicates)
	}
}

// discard is a writer whose answer goes nowhere.
type discard struct{ http.ResponseWriter }

func (discard) Header() http.Header         { return make(http.Header) }
func (discard) WriteHeader(int)             {}
func (discard) Write(b []byte) (int, error) { return len(b), nil }

// ids counts records by what tells duplicates.
func ids(t *testing.T, r otlp.Records) map[string]int {
	t.Helper()
	counts := make(map[string]int)
	for _, s := range r.Spans {
		counts["span "+s.TraceID+s.SpanID]++
	}
	for _, e := range r.Events {
		counts[fmt.Sprint("log ", e.Attributes["log.record.uid"])]++
	}
	for _, p := range r.Points {
		counts[fmt.Sprint("point ", p.Name, p.Attributes, p.Start, p.Time, p.Value)]++
	}
	return counts
}

// A target that refuses one signal, or one batch, gets the rest.
func TestATargetThatRefuses(t *testing.T) {
	s := newSink(t, func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case strings.HasSuffix(r.URL.Path, "traces"):
			w.WriteHeader(http.StatusNotFound)
			return true
		case strings.HasSuffix(r.URL.Path, "logs"):
			http.Error(w, "too old\x1b[31m ::error::x", http.StatusBadRequest)
			return true
		}
		return false
	})
	var heard said
	summaries := tee(t, aRun(t, 2), long, heard.say, s.target())
	want := []string{
		s.target().Endpoint + " refuses traces, and gets none now: 404 Not Found",
		s.target().Endpoint + " refuses a batch of 5 log records: 400 Bad Request: too old?[31m ::error::x",
	}
	if len(heard.all) != 2 || heard.all[0] != want[0] || !strings.HasPrefix(heard.all[1], s.target().Endpoint+" refuses a batch of 5 log records: 400 Bad Request: too old") || strings.ContainsRune(heard.all[1], 27) {
		t.Errorf("said %q, want %q", heard.all, want)
	}
	if summaries[0].Left != 2 || len(s.records(t).Points) == 0 || len(s.records(t).Spans) > 0 {
		t.Errorf("summary %+v", summaries[0])
	}
	only := s.target()
	only.Signals = []otlp.Signal{otlp.Metrics}
	r := aRun(t, 1)
	if got := send(t, r, heard.say, only); got[0].Left != 0 {
		t.Errorf("a target that only wants metrics: %+v", got[0])
	}
}

// What a target takes and rejects is not sent again, and is said.
func TestATargetThatRejectsSome(t *testing.T) {
	s := newSink(t, func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Type", "application/x-protobuf")
		_, _ = w.Write([]byte("\x0a\x11\x08\x01\x12\x0dout of bounds")) // partial success: 1, "out of bounds"
		return true
	})
	r := aRun(t, 1)
	summaries := tee(t, r, long, quiet(t), s.target())
	notes := summaries[0].Notes("")
	if len(notes) != 1 || !strings.Contains(notes[0], "of them for good: out of bounds") || summaries[0].Left != 0 {
		t.Errorf("summary %+v, notes %q", summaries[0], notes)
	}
	if again := send(t, r, quiet(t), s.target()); again[0].Records != 0 {
		t.Errorf("sent again: %+v", again[0])
	}
}

// Neither a header's secret nor a prompt gets to a target, and no secret to the disk.
func TestWhatMustNotGoOut(t *testing.T) {
	const secret, prompt = "ingestion-key-0123456789", "write a poem about caches"
	r := aRun(t, 1)
	log := fmt.Sprintf(`{"resourceLogs":[{"resource":{"attributes":[{"key":"leaked","value":{"stringValue":%q}}]},"scopeLogs":[{"logRecords":[
		{"body":{"stringValue":%q},"attributes":[{"key":"prompt","value":{"stringValue":%q}},{"key":"note","value":{"stringValue":%q}}]}]}]}]}`, secret, prompt, prompt, prompt)
	if err := os.WriteFile(filepath.Join(r.Trials[0].Dir, "900-logs.json"), []byte(log), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, content := range []bool{false, true} {
		s := newSink(t, nil)
		target := s.target()
		target.Headers, target.Secrets, target.Content = map[string]string{"x-key": secret}, []string{secret}, content
		send(t, r, quiet(t), target)
		var all bytes.Buffer
		for _, p := range s.payloads() {
			all.Write(p.Body)
		}
		if bytes.Contains(all.Bytes(), []byte(secret)) || bytes.Contains(all.Bytes(), []byte(prompt)) != content {
			t.Errorf("content %v: the secret went out: %v, the prompt: %v", content, bytes.Contains(all.Bytes(), []byte(secret)), bytes.Contains(all.Bytes(), []byte(prompt)))
		}
	}
	if list, err := os.ReadFile(filepath.Join(r.Dir, forward.SentFile)); err != nil || bytes.Contains(list, []byte(secret)) {
		t.Errorf("the list of what was sent has the secret, or is not there: %v", err)
	}
}

// What an agent sent that is no OTLP stays where it is, and is said.
func TestPayloadsThatCannotBeRead(t *testing.T) {
	s, r := newSink(t, nil), aRun(t, 1)
	if err := os.WriteFile(filepath.Join(r.Trials[0].Dir, "900-logs.pb"), []byte("hello"), 0o644); err != nil {
		t.Fatal(err)
	}
	summaries := send(t, r, quiet(t), s.target())
	if notes := summaries[0].Notes(""); summaries[0].Unreadable != 1 || summaries[0].Left != 0 || len(notes) != 1 {
		t.Errorf("summary %+v, notes %q", summaries[0], notes)
	}
}
