package otlp_test

import (
	"compress/gzip"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/otlp/otlptest"
)

// Our own receiver takes what the exporter sends, over both protocols, plain and
// compressed.
func TestAnExporterSpeaksToAReceiver(t *testing.T) {
	r := otlp.NewReceiver(otlp.Options{})
	address := serve(t, r)
	var sent []otlp.Batch
	for _, p := range otlptest.ReadDir(t, "testdata/captures/a-simple-http-protobuf") {
		sent = append(sent, otlp.Batch{Signal: p.Signal, Body: p.Body})
	}
	for _, protocol := range []otlp.Protocol{otlp.HTTP, otlp.GRPC} {
		for _, gzip := range []bool{false, true} {
			token := r.Admit(string(protocol))
			d := otlp.Destination{Endpoint: "http://" + address, Protocol: protocol, Gzip: gzip}
			if protocol == otlp.HTTP {
				d.Endpoint += "/" + token
			} else {
				d.Headers = map[string]string{"authorization": "Bearer " + token}
			}
			for _, b := range sent {
				if answer, err := export(t, d, b); err != nil || answer != (otlp.Answer{}) {
					t.Fatalf("%s, gzip %v: answer %+v, error %v", protocol, gzip, answer, err)
				}
			}
			var got []otlp.Batch
			for _, p := range r.Payloads(string(protocol)) {
				got = append(got, otlp.Batch{Signal: p.Signal, Body: p.Body})
			}
			if diff := cmp.Diff(sent, got); diff != "" {
				t.Errorf("%s, gzip %v (-sent +got):\n%s", protocol, gzip, diff)
			}
			r.Forget(string(protocol))
		}
	}
}

func export(t *testing.T, d otlp.Destination, b otlp.Batch) (otlp.Answer, error) {
	t.Helper()
	e, err := otlp.NewExporter(d)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	return e.Export(t.Context(), b)
}

var aLog = otlp.Batch{Signal: otlp.Logs, Records: 1, Body: []byte{}}

func TestWhatAnHTTPTargetAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		header map[string]string
		body   string
		want   otlp.RefusedError
	}{
		"busy":                  {429, map[string]string{"Retry-After": "7"}, "slow down", otlp.RefusedError{How: otlp.Later, After: 7 * time.Second, Said: "429 Too Many Requests: slow down"}},
		"busy, without a time":  {503, nil, "", otlp.RefusedError{How: otlp.Later, Said: "503 Service Unavailable"}},
		"a bad gateway":         {502, map[string]string{"Retry-After": "soon"}, "", otlp.RefusedError{How: otlp.Later, Said: "502 Bad Gateway"}},
		"a date that is over":   {504, map[string]string{"Retry-After": "Mon, 02 Jan 2006 15:04:05 GMT"}, "", otlp.RefusedError{How: otlp.Later, Said: "504 Gateway Timeout"}},
		"a wrong key":           {401, nil, "no such key", otlp.RefusedError{How: otlp.AllOfIts, Said: "401 Unauthorized: no such key"}},
		"a path that is not":    {404, nil, "", otlp.RefusedError{How: otlp.AllOfIts, Said: "404 Not Found"}},
		"a redirect":            {307, map[string]string{"Location": "https://elsewhere.example"}, "", otlp.RefusedError{How: otlp.AllOfIts, Said: "307 Temporary Redirect"}},
		"bad data":              {400, map[string]string{"Content-Type": "application/x-protobuf"}, "\x12\x08bad data", otlp.RefusedError{How: otlp.ThisOne, Said: "400 Bad Request: bad data"}},
		"too large":             {413, nil, "", otlp.RefusedError{How: otlp.ThisOne, Said: "413 Request Entity Too Large"}},
		"a failure of its own":  {500, nil, strings.Repeat("x", 2000), otlp.RefusedError{How: otlp.ThisOne, Said: "500 Internal Server Error: " + strings.Repeat("x", 500)}},
		"something that is not": {600, nil, "", otlp.RefusedError{How: otlp.ThisOne, Said: "600 "}},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/plain")
				for key, value := range tt.header {
					w.Header().Set(key, value)
				}
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			}))
			defer server.Close()
			_, err := export(t, otlp.Destination{Endpoint: server.URL, Protocol: otlp.HTTP}, aLog)
			refused := new(otlp.RefusedError)
			if !errors.As(err, &refused) {
				t.Fatalf("error is %v, want a refusal", err)
			}
			if diff := cmp.Diff(tt.want, *refused); diff != "" {
				t.Errorf("refusal (-want +got):\n%s", diff)
			}
		})
	}
}

func TestARequestOverHTTP(t *testing.T) {
	var got *http.Request
	var body string
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		got = req
		unzipped, err := gzip.NewReader(req.Body)
		if err != nil {
			t.Error(err)
			return
		}
		text, _ := io.ReadAll(unzipped)
		body = string(text)
		answer := plogotlp.NewExportResponse()
		answer.PartialSuccess().SetRejectedLogRecords(2)
		answer.PartialSuccess().SetErrorMessage("two are too old")
		encoded, _ := answer.MarshalProto()
		_, _ = w.Write(encoded)
	}))
	defer server.Close()
	d := otlp.Destination{Endpoint: server.URL + "/api/v1/otlp", Protocol: otlp.HTTP, Headers: map[string]string{"Signoz-Ingestion-Key": "k"}, Gzip: true}

	// A certificate that nobody vouches for is refused; with its own it is trusted.
	_, err := export(t, d, otlp.Batch{Signal: otlp.Logs, Body: []byte("the batch")})
	refused := new(otlp.RefusedError)
	if !errors.As(err, &refused) || refused.How != otlp.Later || !strings.Contains(refused.Said, "certificate") || got != nil {
		t.Fatalf("with a certificate of nobody: %v", err)
	}
	d.Trusted = poolOf(server.Certificate())
	answer, err := export(t, d, otlp.Batch{Signal: otlp.Logs, Body: []byte("the batch")})
	if err != nil {
		t.Fatal(err)
	}
	if want := (otlp.Answer{Rejected: 2, Message: "two are too old"}); answer != want {
		t.Errorf("answer %+v, want %+v", answer, want)
	}
	if got.Method != "POST" || got.URL.Path != "/api/v1/otlp/v1/logs" || body != "the batch" ||
		got.Header.Get("signoz-ingestion-key") != "k" || got.Header.Get("Content-Type") != "application/x-protobuf" {
		t.Errorf("%s %s with %v: %q", got.Method, got.URL.Path, got.Header, body)
	}
}

func poolOf(certificate *x509.Certificate) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(certificate)
	return pool
}

// Keys must not follow a redirect to another host.
func TestHeadersDoNotFollowARedirect(t *testing.T) {
	asked := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer other.Close()
	server := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusPermanentRedirect))
	defer server.Close()
	if _, err := export(t, otlp.Destination{Endpoint: server.URL, Headers: map[string]string{"x-key": "k"}}, aLog); err == nil || asked {
		t.Errorf("error %v, the other host was asked: %v", err, asked)
	}
}

// logServer is OpenTelemetry's own service for logs, with an answer of the test's.
type logServer struct {
	plogotlp.UnimplementedGRPCServer
	export func(context.Context, plogotlp.ExportRequest) (plogotlp.ExportResponse, error)
}

func (s logServer) Export(ctx context.Context, r plogotlp.ExportRequest) (plogotlp.ExportResponse, error) {
	return s.export(ctx, r)
}

// serveGRPC serves it, and gives its address.
func serveGRPC(t *testing.T, s logServer, options ...grpc.ServerOption) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(options...)
	plogotlp.RegisterGRPCServer(server, &s)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

func TestWhatAGRPCTargetAnswers(t *testing.T) {
	busy, err := status.New(codes.ResourceExhausted, "slow down").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(3 * time.Second)})
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		status *status.Status
		want   otlp.RefusedError
	}{
		"not there":       {status.New(codes.Unavailable, "starting"), otlp.RefusedError{How: otlp.Later, Said: "Unavailable: starting"}},
		"busy":            {busy, otlp.RefusedError{How: otlp.Later, After: 3 * time.Second, Said: "ResourceExhausted: slow down"}},
		"too large":       {status.New(codes.ResourceExhausted, "4 MiB"), otlp.RefusedError{How: otlp.ThisOne, Said: "ResourceExhausted: 4 MiB"}},
		"bad data":        {status.New(codes.InvalidArgument, "what?"), otlp.RefusedError{How: otlp.ThisOne, Said: "InvalidArgument: what?"}},
		"a wrong key":     {status.New(codes.Unauthenticated, "who?"), otlp.RefusedError{How: otlp.AllOfIts, Said: "Unauthenticated: who?"}},
		"not such signal": {status.New(codes.Unimplemented, "no logs"), otlp.RefusedError{How: otlp.AllOfIts, Said: "Unimplemented: no logs"}},
	} {
		t.Run(name, func(t *testing.T) {
			address := serveGRPC(t, logServer{export: func(context.Context, plogotlp.ExportRequest) (plogotlp.ExportResponse, error) {
				return plogotlp.NewExportResponse(), tt.status.Err()
			}})
			_, err := export(t, otlp.Destination{Endpoint: "http://" + address, Protocol: otlp.GRPC}, aLog)
			refused := new(otlp.RefusedError)
			if !errors.As(err, &refused) {
				t.Fatalf("error is %v, want a refusal", err)
			}
			if diff := cmp.Diff(tt.want, *refused); diff != "" {
				t.Errorf("refusal (-want +got):\n%s", diff)
			}
		})
	}
}

// OpenTelemetry's own server, over TLS with a certificate of its own, gets the records
// and the header, and may reject some.
func TestARequestOverGRPC(t *testing.T) {
	certified := httptest.NewTLSServer(nil) // for its certificate
	defer certified.Close()
	var key []string
	records := 0
	address := serveGRPC(t, logServer{export: func(ctx context.Context, r plogotlp.ExportRequest) (plogotlp.ExportResponse, error) {
		key = metadata.ValueFromIncomingContext(ctx, "signoz-ingestion-key")
		records = r.Logs().LogRecordCount()
		answer := plogotlp.NewExportResponse()
		answer.PartialSuccess().SetRejectedLogRecords(1)
		answer.PartialSuccess().SetErrorMessage("too old")
		return answer, nil
	}}, grpc.Creds(credentials.NewServerTLSFromCert(&certified.TLS.Certificates[0])))

	logs := plog.NewLogs()
	scope := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty()
	scope.LogRecords().AppendEmpty().SetEventName("one")
	scope.LogRecords().AppendEmpty().SetEventName("two")
	answer, err := export(t, otlp.Destination{
		Endpoint: "https://" + address, Protocol: otlp.GRPC, Headers: map[string]string{"Signoz-Ingestion-Key": "k"}, Gzip: true, Trusted: poolOf(certified.Certificate()),
	}, otlp.Batch{Signal: otlp.Logs, Records: 2, Body: logsPayload(t, logs).Body})
	if err != nil {
		t.Fatal(err)
	}
	if want := (otlp.Answer{Rejected: 1, Message: "too old"}); answer != want || records != 2 || !cmp.Equal(key, []string{"k"}) {
		t.Errorf("answer %+v, %d records, key %v", answer, records, key)
	}
}

// Nobody there is a matter of time, and says so at once.
func TestNobodyIsThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	for _, protocol := range []otlp.Protocol{otlp.HTTP, otlp.GRPC} {
		_, err := export(t, otlp.Destination{Endpoint: "http://" + address, Protocol: protocol}, aLog)
		refused := new(otlp.RefusedError)
		if !errors.As(err, &refused) || refused.How != otlp.Later || !strings.Contains(refused.Said, "connection refused") {
			t.Errorf("%s: %v, want a refusal of the connection", protocol, err)
		}
	}
	for _, endpoint := range []string{"", "ftp://x", "https://", "127.0.0.1:4317"} {
		if _, err := otlp.NewExporter(otlp.Destination{Endpoint: endpoint}); err == nil {
			t.Errorf("%q was taken for an endpoint", endpoint)
		}
	}
}

// Whatever a target answers, it is taken or refused, and nothing breaks.
func FuzzAnswersOfTargets(f *testing.F) {
	f.Add(200, "application/x-protobuf", "", []byte("\x0a\x04\x08\x02\x12\x00"))
	f.Add(200, "text/html", "", []byte("<html>"))
	f.Add(503, "application/x-protobuf", "120", []byte("\x12\x08bad data"))
	f.Add(429, "", "Mon, 02 Jan 2006 15:04:05 GMT", []byte{})
	f.Fuzz(func(t *testing.T, code int, contentType, retryAfter string, body []byte) {
		code = 200 + (code%400+400)%400
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"], w.Header()["Retry-After"] = []string{contentType}, []string{retryAfter}
			w.WriteHeader(code)
			_, _ = w.Write(body)
		}))
		defer server.Close()
		_, err := export(t, otlp.Destination{Endpoint: server.URL}, aLog)
		refused := new(otlp.RefusedError)
		if errors.As(err, &refused) {
			if refused.After < 0 || refused.Said == "" {
				t.Errorf("refused for %q, to come after %v", refused.Said, refused.After)
			}
		} else if err != nil {
			t.Errorf("an error that is no refusal: %v", err)
		}
	})
}
