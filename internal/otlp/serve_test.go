package otlp_test

import (
	"context"
	"net"
	"net/http"
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
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/benchgate/benchgate/internal/otlp"
)

// One listener serves every protocol that an agent may choose.
func TestServeAllProtocolsOnOneListener(t *testing.T) {
	r := otlp.NewReceiver(otlp.Options{})
	address := serve(t, r)
	token := r.Admit("trial")

	if code := post(t, "http://"+address, token, "logs", "http/1.1"); code != 200 {
		t.Errorf("HTTP/1.1: status %d, want 200", code)
	}
	h2 := &http.Client{Transport: &http.Transport{Protocols: new(http.Protocols)}}
	h2.Transport.(*http.Transport).Protocols.SetUnencryptedHTTP2(true)
	t.Cleanup(h2.CloseIdleConnections)
	res, err := h2.Post("http://"+address+"/"+token+"/v1/logs", "application/x-protobuf", strings.NewReader("h2"))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 || res.ProtoMajor != 2 {
		t.Errorf("HTTP/2: status %d over %s, want 200 over HTTP/2", res.StatusCode, res.Proto)
	}
	if _, err := plogotlp.NewGRPCClient(dial(t, address)).Export(withToken(token), plogotlp.NewExportRequest()); err != nil {
		t.Errorf("gRPC: %v", err)
	}

	var bodies []string
	for _, p := range r.Payloads("trial") {
		bodies = append(bodies, string(p.Body))
	}
	if diff := cmp.Diff([]string{"http/1.1", "h2", ""}, bodies); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
}

// The clients are OpenTelemetry's own; what they sent comes out of Decode.
func TestGRPCRealClients(t *testing.T) {
	r := otlp.NewReceiver(otlp.Options{})
	address := serve(t, r)
	for name, options := range map[string][]grpc.CallOption{
		"plain": nil,
		"gzip":  {grpc.UseCompressor("gzip")},
	} {
		t.Run(name, func(t *testing.T) {
			conn, ctx := dial(t, address), withToken(r.Admit(name))

			logs := plog.NewLogs()
			record := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
			record.SetEventName("hello")
			if _, err := plogotlp.NewGRPCClient(conn).Export(ctx, plogotlp.NewExportRequestFromLogs(logs), options...); err != nil {
				t.Fatal(err)
			}
			metrics := pmetric.NewMetrics()
			metric := metrics.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
			metric.SetName("count")
			metric.SetEmptySum().DataPoints().AppendEmpty().SetIntValue(3)
			if _, err := pmetricotlp.NewGRPCClient(conn).Export(ctx, pmetricotlp.NewExportRequestFromMetrics(metrics), options...); err != nil {
				t.Fatal(err)
			}
			traces := ptrace.NewTraces()
			traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty().SetName("work")
			if _, err := ptraceotlp.NewGRPCClient(conn).Export(ctx, ptraceotlp.NewExportRequestFromTraces(traces), options...); err != nil {
				t.Fatal(err)
			}

			got, errs := otlp.DecodeAll(r.Payloads(name))
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			none := otlp.Attributes{}
			want := otlp.Records{
				Points: []otlp.Point{{Name: "count", Kind: otlp.Sum, Value: 3, Attributes: none}},
				Events: []otlp.Event{{Name: "hello", Attributes: none}},
				Spans:  []otlp.Span{{Name: "work", Attributes: none}},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
		})
	}
}

func TestGRPCRefusals(t *testing.T) {
	r := otlp.NewReceiver(otlp.Options{MaxBytes: 200})
	address := serve(t, r)
	token, revoked := r.Admit("trial"), r.Admit("trial")
	r.Revoke(revoked)
	large := plog.NewLogs()
	large.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().SetEventName(strings.Repeat("x", 300))

	tests := map[string]struct {
		ctx     context.Context
		request plogotlp.ExportRequest
		want    codes.Code
		refused int
	}{
		"no token":      {t.Context(), plogotlp.NewExportRequest(), codes.Unauthenticated, 0},
		"unknown token": {withToken("SOMEBODY"), plogotlp.NewExportRequest(), codes.Unauthenticated, 0},
		"revoked token": {withToken(revoked), plogotlp.NewExportRequest(), codes.Unauthenticated, 0},
		"too large":     {withToken(token), plogotlp.NewExportRequestFromLogs(large), codes.ResourceExhausted, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			before := r.Refused("trial")
			_, err := plogotlp.NewGRPCClient(dial(t, address)).Export(tt.ctx, tt.request)
			if got := status.Code(err); got != tt.want {
				t.Errorf("code %v (%v), want %v", got, err, tt.want)
			}
			if got := r.Refused("trial") - before; got != tt.refused {
				t.Errorf("%d refused, want %d", got, tt.refused)
			}
		})
	}
	if got := len(r.Payloads("trial")); got != 0 {
		t.Errorf("%d payloads kept, want 0", got)
	}
}

// Serve returns when its context ends, also while a client holds a request
// open.
func TestServeEnds(t *testing.T) {
	r := otlp.NewReceiver(otlp.Options{})
	l := listen(t)
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- r.Serve(ctx, l) }()

	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("POST /" + r.Admit("trial") + "/v1/logs HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: 10\r\n\r\nhalf")); err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case err := <-served:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Serve does not return")
	}
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Error("the listener is still open")
	}
}

func TestServeReportsABrokenListener(t *testing.T) {
	l := listen(t)
	l.Close()
	if err := otlp.NewReceiver(otlp.Options{}).Serve(t.Context(), l); err == nil {
		t.Error("no error")
	}
}

// BenchmarkAcknowledgeGRPC is what an agent waits for one export, network
// included.
func BenchmarkAcknowledgeGRPC(b *testing.B) {
	r := otlp.NewReceiver(otlp.Options{MaxTrialBytes: 1 << 40})
	address := serve(b, r)
	client, ctx := plogotlp.NewGRPCClient(dial(b, address)), withToken(r.Admit("trial"))
	request := plogotlp.NewExportRequest()
	if err := request.UnmarshalProto(capture(b, "a-simple-grpc")[1].Body); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.Export(ctx, request); err != nil {
			b.Fatal(err)
		}
	}
}

func serve(t testing.TB, r *otlp.Receiver) (address string) {
	t.Helper()
	l := listen(t)
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- r.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func dial(t testing.TB, address string) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func withToken(token string) context.Context {
	return metadata.AppendToOutgoingContext(context.Background(), "authorization", "Bearer "+token)
}
