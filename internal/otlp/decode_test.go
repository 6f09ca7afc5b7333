package otlp_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/benchgate/benchgate/internal/golden"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/otlp/otlptest"
)

// Every point, log record and span that a real agent sent comes out, whatever
// the agent, the protocol and the kind of metric.
func TestDecodeLosesNothingOfRealAgents(t *testing.T) {
	captures := map[string]struct{ points, events, spans int }{
		"a-simple-http-protobuf": {16, 18, 14},
		"a-simple-http-json":     {21, 18, 14},
		"a-simple-grpc":          {16, 18, 14},
		"l-headers-pb":           {7, 8, 2},
		"n-codex":                {180, 25, 0},
		"n-gemini":               {27, 0, 0},
	}
	for name, want := range captures {
		t.Run(name, func(t *testing.T) {
			payloads := capture(t, name)
			records, errs := otlp.DecodeAll(payloads)
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			got := struct{ points, events, spans int }{len(records.Points), len(records.Events), len(records.Spans)}
			if got != want {
				t.Errorf("decoded %+v, want %+v", got, want)
			}
			if sent := countWithPdata(t, payloads); got != sent {
				t.Errorf("decoded %+v, but the agent sent %+v", got, sent)
			}
		})
	}
}

// One small session in full: what the structs hold is in the golden file.
func TestDecodeGolden(t *testing.T) {
	records, errs := otlp.DecodeAll(capture(t, "l-headers-pb"))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	got, err := json.MarshalIndent(records, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/l-headers-pb.golden.json", got)
}

// The same call, made twice with different protocols, tells the same.
func TestDecodeSameSessionInJSONAndProtobuf(t *testing.T) {
	sum := func(name string) map[string]float64 {
		records, errs := otlp.DecodeAll(capture(t, name))
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		out := make(map[string]float64)
		for _, p := range records.Points {
			if p.Name == "claude_code.token.usage" {
				out[p.Attributes["type"].(string)] += p.Value
			}
		}
		return out
	}
	want := map[string]float64{"input": 23, "output": 333, "cacheRead": 45600, "cacheCreation": 15540}
	for _, name := range []string{"a-simple-http-protobuf", "a-simple-http-json", "a-simple-grpc"} {
		if diff := cmp.Diff(want, sum(name)); diff != "" {
			t.Errorf("%s: tokens (-want +got):\n%s", name, diff)
		}
	}
}

func TestDecodeMetricKinds(t *testing.T) {
	start, at := time.Unix(100, 0).UTC(), time.Unix(160, 0).UTC()
	body := `{"resourceMetrics":[{"resource":{"attributes":[{"key":"model","value":{"stringValue":"never mixed in"}}]},"scopeMetrics":[{"metrics":[
		{"name":"s","unit":"tokens","sum":{"aggregationTemporality":1,"isMonotonic":true,"dataPoints":[
			{"startTimeUnixNano":"100000000000","timeUnixNano":"160000000000","asInt":"7","attributes":[{"key":"k","value":{"arrayValue":{"values":[{"boolValue":true},{"kvlistValue":{"values":[{"key":"n","value":{"intValue":"3"}}]}}]}}}]}]}},
		{"name":"c","sum":{"aggregationTemporality":2,"dataPoints":[{"timeUnixNano":"160000000000","asDouble":0.5}]}},
		{"name":"g","gauge":{"dataPoints":[{"timeUnixNano":"160000000000","asDouble":1.5}]}},
		{"name":"h","histogram":{"aggregationTemporality":1,"dataPoints":[{"timeUnixNano":"160000000000","count":"2","sum":9,"bucketCounts":["1","1"],"explicitBounds":[1]}]}},
		{"name":"e","exponentialHistogram":{"aggregationTemporality":2,"dataPoints":[{"timeUnixNano":"160000000000","count":"3","sum":4}]}},
		{"name":"q","summary":{"dataPoints":[{"timeUnixNano":"160000000000","count":"4","sum":5}]}},
		{"name":"empty"}
	]}]}]}`
	got, err := otlp.Decode(otlp.Payload{Signal: otlp.Metrics, Encoding: otlp.JSON, Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	none := otlp.Attributes{}
	want := otlp.Records{Points: []otlp.Point{
		{
			Name: "s", Unit: "tokens", Kind: otlp.Sum, Value: 7, Delta: true, Monotonic: true, Start: start, Time: at,
			Attributes: otlp.Attributes{"k": []any{true, map[string]any{"n": int64(3)}}},
		},
		{Name: "c", Kind: otlp.Sum, Value: 0.5, Time: at, Attributes: none},
		{Name: "g", Kind: otlp.Gauge, Value: 1.5, Time: at, Attributes: none},
		{Name: "h", Kind: otlp.Histogram, Value: 9, Count: 2, Delta: true, Time: at, Attributes: none},
		{Name: "e", Kind: otlp.ExponentialHistogram, Value: 4, Count: 3, Time: at, Attributes: none},
		{Name: "q", Kind: otlp.Summary, Value: 5, Count: 4, Time: at, Attributes: none},
	}}
	other, err := otlp.Decode(otlp.Payload{Signal: otlp.Metrics, Encoding: otlp.JSON, Body: []byte(strings.ReplaceAll(body, "never mixed in", "another"))})
	if err != nil {
		t.Fatal(err)
	}
	for i := range want.Points { // all of one resource, which is not the other's
		if want.Points[i].Resource = got.Points[0].Resource; got.Points[i].Resource == "" || got.Points[i].Resource == other.Points[i].Resource {
			t.Errorf("point %d is of resource %q, the other's of %q", i, got.Points[i].Resource, other.Points[i].Resource)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestDecodeEventNames(t *testing.T) {
	body := `{"resourceLogs":[{"scopeLogs":[{"logRecords":[
		{"timeUnixNano":"1000000000","eventName":"field","attributes":[{"key":"event.name","value":{"stringValue":"attribute"}}]},
		{"observedTimeUnixNano":"2000000000","eventName":"field","body":{"stringValue":"text"}}
	]}]}]}`
	got, err := otlp.Decode(otlp.Payload{Signal: otlp.Logs, Encoding: otlp.JSON, Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	want := otlp.Records{Events: []otlp.Event{
		{Name: "attribute", Time: time.Unix(1, 0).UTC(), Attributes: otlp.Attributes{"event.name": "attribute"}},
		{Name: "field", Body: "text", Time: time.Unix(2, 0).UTC(), Attributes: otlp.Attributes{}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestDecodeErrors(t *testing.T) {
	tests := map[string]struct {
		payload otlp.Payload
		want    string
	}{
		"unknown signal":      {otlp.Payload{Signal: "profiles", Encoding: otlp.Protobuf}, `decoding profiles (pb): unknown signal "profiles"`},
		"unknown encoding":    {otlp.Payload{Signal: otlp.Logs, Encoding: "xml"}, `decoding logs (xml): unknown encoding "xml"`},
		"text as JSON":        {otlp.Payload{Signal: otlp.Logs, Encoding: otlp.JSON, Body: []byte("hello")}, "decoding logs (json): the body is not one JSON value"},
		"more after the JSON": {otlp.Payload{Signal: otlp.Logs, Encoding: otlp.JSON, Body: []byte("{} {}")}, "decoding logs (json): the body is not one JSON value"},
		"nested too deeply":   {otlp.Payload{Signal: otlp.Logs, Encoding: otlp.Protobuf, Body: nestedLog(60)}, "decoding logs (pb): values are nested deeper than 100"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := otlp.Decode(tt.payload)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// One bad body does not take the good ones with it.
func TestDecodeAllKeepsWhatCanBeRead(t *testing.T) {
	payloads := capture(t, "l-headers-pb")
	whole, _ := otlp.DecodeAll(payloads)
	damaged := append([]otlp.Payload{{Signal: otlp.Traces, Encoding: otlp.Protobuf, Body: []byte("\x0a\xff")}}, payloads...)
	got, errs := otlp.DecodeAll(damaged)
	if len(errs) != 1 {
		t.Errorf("%d errors, want 1: %v", len(errs), errs)
	}
	if diff := cmp.Diff(whole, got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

// capture reads a real agent's session from testdata.
func capture(t testing.TB, name string) []otlp.Payload {
	t.Helper()
	payloads := otlptest.ReadDir(t, filepath.Join("testdata", "captures", name))
	if len(payloads) == 0 {
		t.Fatalf("no payloads in %s", name)
	}
	return payloads
}

// countWithPdata counts with the library's own counters.
func countWithPdata(t *testing.T, payloads []otlp.Payload) (n struct{ points, events, spans int }) {
	t.Helper()
	for _, p := range payloads {
		var err error
		var metrics pmetric.Metrics
		var logs plog.Logs
		var traces ptrace.Traces
		switch {
		case p.Signal == otlp.Metrics && p.Encoding == otlp.JSON:
			metrics, err = new(pmetric.JSONUnmarshaler).UnmarshalMetrics(p.Body)
			n.points += metrics.DataPointCount()
		case p.Signal == otlp.Metrics:
			metrics, err = new(pmetric.ProtoUnmarshaler).UnmarshalMetrics(p.Body)
			n.points += metrics.DataPointCount()
		case p.Signal == otlp.Logs && p.Encoding == otlp.JSON:
			logs, err = new(plog.JSONUnmarshaler).UnmarshalLogs(p.Body)
			n.events += logs.LogRecordCount()
		case p.Signal == otlp.Logs:
			logs, err = new(plog.ProtoUnmarshaler).UnmarshalLogs(p.Body)
			n.events += logs.LogRecordCount()
		case p.Encoding == otlp.JSON:
			traces, err = new(ptrace.JSONUnmarshaler).UnmarshalTraces(p.Body)
			n.spans += traces.SpanCount()
		default:
			traces, err = new(ptrace.ProtoUnmarshaler).UnmarshalTraces(p.Body)
			n.spans += traces.SpanCount()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// FuzzDecode feeds foreign bytes. What decodes must decode the same after the
// library has written it again.
func FuzzDecode(f *testing.F) {
	signals := []otlp.Signal{otlp.Traces, otlp.Metrics, otlp.Logs}
	for _, name := range []string{"l-headers-pb", "a-simple-http-json"} {
		for _, p := range capture(f, name) {
			for i, s := range signals {
				if s == p.Signal {
					f.Add(i, p.Encoding == otlp.JSON, p.Body)
				}
			}
		}
	}
	f.Add(2, false, nestedLog(40))
	f.Fuzz(func(t *testing.T, signal int, isJSON bool, body []byte) {
		if signal < 0 || signal >= len(signals) {
			return
		}
		p := otlp.Payload{Signal: signals[signal], Encoding: otlp.Protobuf, Body: body}
		if isJSON {
			p.Encoding = otlp.JSON
		}
		first, err := otlp.Decode(p)
		if err != nil {
			return
		}
		second, err := otlp.Decode(otlp.Payload{Signal: p.Signal, Encoding: otlp.Protobuf, Body: reencode(t, p)})
		if err != nil {
			t.Fatalf("re-encoded body: %v", err)
		}
		if diff := cmp.Diff(first, second, equateNaNs); diff != "" {
			t.Errorf("decode, encode, decode (-first +second):\n%s", diff)
		}
	})
}

var equateNaNs = cmp.Comparer(func(a, b float64) bool { return a == b || a != a && b != b })

func reencode(t *testing.T, p otlp.Payload) []byte {
	t.Helper()
	var request interface {
		UnmarshalProto([]byte) error
		UnmarshalJSON([]byte) error
		MarshalProto() ([]byte, error)
	}
	switch p.Signal {
	case otlp.Traces:
		request = ptraceotlp.NewExportRequest()
	case otlp.Metrics:
		request = pmetricotlp.NewExportRequest()
	default:
		request = plogotlp.NewExportRequest()
	}
	unmarshal := request.UnmarshalProto
	if p.Encoding == otlp.JSON {
		unmarshal = request.UnmarshalJSON
	}
	if err := unmarshal(p.Body); err != nil {
		t.Fatal(err)
	}
	b, err := request.MarshalProto()
	if err != nil {
		t.Fatal(err)
	}
	return b
}
