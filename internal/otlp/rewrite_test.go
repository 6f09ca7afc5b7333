package otlp_test

import (
	"encoding/hex"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/otlp/otlptest"
)

// rewriting is that of a trial; tests change what they are about.
func rewriting() otlp.Rewriting {
	return otlp.Rewriting{
		Resource: otlp.Attributes{"benchgate.task": "a", "benchgate.attempt": int64(2)}, Own: "benchgate.",
		Temporality: otlp.Delta, TraceID: [16]byte{1}, ParentID: [8]byte{2}, RecordID: "run/candidate/a/2.1", MaxBytes: 3 << 20,
	}
}

// What real agents sent arrives: every record, with its numbers, on the trial's
// resource.
func TestEveryRecordOfRealAgentsGoesOut(t *testing.T) {
	captures, err := filepath.Glob("testdata/captures/*")
	if err != nil || len(captures) == 0 {
		t.Fatalf("captures: %v, %v", captures, err)
	}
	for _, dir := range captures {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			payloads := otlptest.ReadDir(t, dir)
			before, errs := otlp.DecodeAll(payloads)
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			var out []otlp.Payload
			for _, b := range rewriteAll(t, rewriting(), payloads) {
				out = append(out, otlp.Payload{Signal: b.Signal, Encoding: otlp.Protobuf, Body: b.Body})
				for _, resource := range resourcesOf(t, b) {
					if task, _ := resource.Get("benchgate.task"); task.AsString() != "a" {
						t.Errorf("a resource of %s has the task %q", b.Signal, task.AsString())
					}
				}
			}
			after, errs := otlp.DecodeAll(out)
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			if len(before.Events) != len(after.Events) || len(before.Spans) != len(after.Spans) || len(before.Points) != len(after.Points) {
				t.Errorf("%d events, %d spans, %d points; %d, %d and %d came", len(after.Events), len(after.Spans), len(after.Points), len(before.Events), len(before.Spans), len(before.Points))
			}
			if diff := cmp.Diff(totals(before), totals(after), closeEnough); diff != "" {
				t.Errorf("totals (-came +went):\n%s", diff)
			}
			for _, s := range after.Spans {
				if s.TraceID != "01000000000000000000000000000000" || s.ParentID == "" || s.Attributes["benchgate.agent.trace_id"] == "" {
					t.Errorf("span %s has trace %s, parent %q, agent's trace %v", s.Name, s.TraceID, s.ParentID, s.Attributes["benchgate.agent.trace_id"])
				}
			}
		})
	}
}

var closeEnough = cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9*max(1, math.Abs(a)) })

// totals are the sums of delta points by name.
func totals(r otlp.Records) map[string]float64 {
	sums := make(map[string]float64)
	for _, p := range r.Points {
		if p.Kind == otlp.Sum {
			sums[p.Name] += p.Value
		}
	}
	return sums
}

func rewriteAll(t *testing.T, how otlp.Rewriting, payloads []otlp.Payload) []otlp.Batch {
	t.Helper()
	r := otlp.NewRewriter(how)
	var all []otlp.Batch
	for _, p := range payloads {
		batches, err := r.Rewrite(p)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, batches...)
	}
	return all
}

func resourcesOf(t *testing.T, b otlp.Batch) []pcommon.Map {
	t.Helper()
	var all []pcommon.Map
	var err error
	switch b.Signal {
	case otlp.Logs:
		request := plogotlp.NewExportRequest()
		err = request.UnmarshalProto(b.Body)
		for _, r := range request.Logs().ResourceLogs().All() {
			all = append(all, r.Resource().Attributes())
		}
	case otlp.Metrics:
		request := pmetricotlp.NewExportRequest()
		err = request.UnmarshalProto(b.Body)
		for _, r := range request.Metrics().ResourceMetrics().All() {
			all = append(all, r.Resource().Attributes())
		}
	case otlp.Traces:
		request := ptraceotlp.NewExportRequest()
		err = request.UnmarshalProto(b.Body)
		for _, r := range request.Traces().ResourceSpans().All() {
			all = append(all, r.Resource().Attributes())
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Whatever is sent twice has one id: the same payloads give the same bytes.
func TestTheSamePayloadsGiveTheSameBatches(t *testing.T) {
	payloads := otlptest.ReadDir(t, "testdata/captures/a-simple-http-protobuf")
	first, second := rewriteAll(t, rewriting(), payloads), rewriteAll(t, rewriting(), payloads)
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("a second time (-first +second):\n%s", diff)
	}
	other := rewriting()
	other.RecordID = "run/candidate/a/3.1"
	ids, others := recordIDs(t, first), recordIDs(t, rewriteAll(t, other, payloads))
	for id := range ids {
		if others[id] {
			t.Errorf("two trials have a record with the id %s", id)
		}
	}
	if events := eventsOf(t, first); len(ids) != len(events) {
		t.Errorf("%d ids for %d log records", len(ids), len(events))
	}
}

func recordIDs(t *testing.T, batches []otlp.Batch) map[string]bool {
	ids := make(map[string]bool)
	for _, e := range eventsOf(t, batches) {
		id, _ := e.Attributes["log.record.uid"].(string)
		if raw, err := hex.DecodeString(id); err != nil || len(raw) != 16 {
			t.Errorf("log.record.uid is %q, want 16 bytes in hex", id)
		}
		ids[id] = true
	}
	return ids
}

func eventsOf(t *testing.T, batches []otlp.Batch) []otlp.Event {
	t.Helper()
	var all []otlp.Event
	for _, b := range batches {
		r, err := otlp.Decode(otlp.Payload{Signal: b.Signal, Encoding: otlp.Protobuf, Body: b.Body})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r.Events...)
	}
	return all
}

func TestContentIsWithheldUnlessAskedFor(t *testing.T) {
	tests := []struct {
		key   string
		value any
		goes  bool
	}{
		{"prompt", "fix", false},
		{"prompt.id", "2b0c", true},
		{"prompt_length", "14", true},
		{"user_prompt", "<REDACTED>", false},
		{"response", "done", false},
		{"tool_input", `{"command":"ls"}`, false},
		{"full_command", "ls", false},
		{"bash_command_class", "read", true},
		{"arguments", "x", false},
		{"output", "ok", false},
		{"file_path", "/app/secret.txt", false},
		{"gen_ai.input.messages", []any{map[string]any{"role": "user", "content": "hello"}}, false},
		{"gen_ai.response.finish_reasons", []any{"end_turn"}, true},
		{"gen_ai.response.model", "claude-opus-4-8", true},
		{"user.email", "me@example.com", false},
		{"blob", []byte("abc"), false},
		{"error", "ShellError", true},
		{"error", "cat: no such file", false},
		{"note", strings.Repeat("x", 300), false},
		{"model", "claude-opus-4-8", true},
		{"event.timestamp", "2026-11-23T06:39:40.193Z", true},
		{"output_tokens", int64(7), true},
		{"success", true, true},
		{"cost_usd", 0.5, true},
	}
	for _, content := range []bool{false, true} {
		logs := plog.NewLogs()
		scope := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty()
		for _, tt := range tests {
			record := scope.LogRecords().AppendEmpty()
			record.Body().SetStr("the model said: hello")
			if err := record.Attributes().PutEmpty(tt.key).FromRaw(tt.value); err != nil {
				t.Fatal(err)
			}
		}
		how := rewriting()
		how.Content = content
		for i, e := range eventsOf(t, rewriteAll(t, how, []otlp.Payload{logsPayload(t, logs)})) {
			tt := tests[i]
			if same := cmp.Equal(tt.value, e.Attributes[tt.key]); same != (tt.goes || content) {
				t.Errorf("content %v: %s went out as %v, was %v", content, tt.key, e.Attributes[tt.key], tt.value)
			}
			if said := e.Body == "the model said: hello"; said != content {
				t.Errorf("content %v: the body went out as %q", content, e.Body)
			}
		}
	}
}

func logsPayload(t *testing.T, logs plog.Logs) otlp.Payload {
	t.Helper()
	body, err := plogotlp.NewExportRequestFromLogs(logs).MarshalProto()
	if err != nil {
		t.Fatal(err)
	}
	return otlp.Payload{Signal: otlp.Logs, Encoding: otlp.Protobuf, Body: body}
}

// An agent that knows our names cannot speak in them.
func TestAnAgentCannotSpeakInOurName(t *testing.T) {
	payloads := []otlp.Payload{
		{Signal: otlp.Metrics, Encoding: otlp.JSON, Body: []byte(`{"resourceMetrics":[{"resource":{"attributes":[
			{"key":"service.name","value":{"stringValue":"benchgate"}},{"key":"benchgate.task","value":{"stringValue":"other"}},{"key":"benchgate.extra","value":{"stringValue":"x"}}]},
			"scopeMetrics":[{"metrics":[{"name":"benchgate.trial.cost","gauge":{"dataPoints":[{"asDouble":0,"attributes":[{"key":"benchgate.arm","value":{"stringValue":"baseline"}}]}]}}]}]}]}`)},
		{Signal: otlp.Traces, Encoding: otlp.JSON, Body: []byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[
			{"name":"benchgate.trial","traceId":"01000000000000000000000000000000","spanId":"0200000000000000","attributes":[{"key":"benchgate.solved","value":{"stringValue":"true"}}]}]}]}]}`)},
	}
	batches := rewriteAll(t, rewriting(), payloads)
	got := resourcesOf(t, batches[0])[0].AsRaw()
	want := map[string]any{"service.name": "agent.benchgate", "benchgate.task": "a", "benchgate.attempt": int64(2)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("resource (-want +got):\n%s", diff)
	}
	for _, b := range batches {
		r, err := otlp.Decode(otlp.Payload{Signal: b.Signal, Encoding: otlp.Protobuf, Body: b.Body})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range r.Points {
			if p.Name != "agent.benchgate.trial.cost" || len(p.Attributes) > 0 {
				t.Errorf("the point went out as %s with %v", p.Name, p.Attributes)
			}
		}
		for _, s := range r.Spans {
			if s.Name != "agent.benchgate.trial" || s.Attributes["benchgate.solved"] != nil {
				t.Errorf("the span went out as %s with %v", s.Name, s.Attributes)
			}
		}
	}
}

func FuzzRewrite(f *testing.F) {
	for _, name := range []string{"a-simple-http-protobuf", "a-simple-http-json", "n-codex", "n-gemini"} {
		for _, p := range otlptest.ReadDir(f, filepath.Join("testdata/captures", name)) {
			f.Add(string(p.Signal), p.Encoding, p.Body, true)
		}
	}
	f.Fuzz(func(t *testing.T, signal, encoding string, body []byte, cumulative bool) {
		how := rewriting()
		how.MaxBytes = 2000
		if cumulative {
			how.Temporality = otlp.Cumulative
		}
		r := otlp.NewRewriter(how)
		p := otlp.Payload{Signal: otlp.Signal(signal), Encoding: encoding, Body: body}
		for range 2 { // the second meets the series of the first
			batches, err := r.Rewrite(p)
			if err != nil {
				return
			}
			for _, b := range batches {
				got, err := otlp.Decode(otlp.Payload{Signal: b.Signal, Encoding: otlp.Protobuf, Body: b.Body})
				if err != nil {
					return // with ours in it, a body may have too many fields
				}
				if n := len(got.Events) + len(got.Spans) + len(got.Points); n != b.Records {
					t.Errorf("a batch of %d records has %d", b.Records, n)
				}
			}
		}
	})
}
