package otlp_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/benchgate/benchgate/internal/otlp"
)

func TestHTTPAnswers(t *testing.T) {
	const pb, js = "application/x-protobuf", "application/json"
	tests := map[string]struct {
		method      string
		path        string // TOKEN stands for the trial's token
		contentType string
		encoding    string
		body        string
		status      int
		code        codes.Code // of the Status message; OK: there is none
		refused     int
	}{
		"protobuf":              {"POST", "/TOKEN/v1/logs", pb, "", "x", 200, codes.OK, 0},
		"json":                  {"POST", "/TOKEN/v1/traces", js, "", "{}", 200, codes.OK, 0},
		"json with charset":     {"POST", "/TOKEN/v1/metrics", js + "; charset=utf-8", "", "{}", 200, codes.OK, 0},
		"gzip":                  {"POST", "/TOKEN/v1/logs", pb, "gzip", zipped("x"), 200, codes.OK, 0},
		"empty":                 {"POST", "/TOKEN/v1/logs", pb, "", "", 200, codes.OK, 0},
		"largest":               {"POST", "/TOKEN/v1/logs", pb, "", strings.Repeat("x", 100), 200, codes.OK, 0},
		"unknown token":         {"POST", "/SOMEBODY/v1/logs", pb, "", "x", 401, codes.Unauthenticated, 0},
		"unknown token, json":   {"POST", "/SOMEBODY/v1/logs", js, "", "{}", 401, codes.Unauthenticated, 0},
		"too large":             {"POST", "/TOKEN/v1/logs", pb, "", strings.Repeat("x", 101), 413, codes.ResourceExhausted, 1},
		"too large, json":       {"POST", "/TOKEN/v1/logs", js, "", strings.Repeat(" ", 101), 413, codes.ResourceExhausted, 1},
		"GZIP":                  {"POST", "/TOKEN/v1/logs", pb, "GZIP", zipped("x"), 200, codes.OK, 0},
		"x-gzip":                {"POST", "/TOKEN/v1/logs", pb, "x-gzip", zipped("x"), 200, codes.OK, 0},
		"zip bomb":              {"POST", "/TOKEN/v1/logs", pb, "gzip", zipped(strings.Repeat("x", 5000)), 413, codes.ResourceExhausted, 1},
		"not gzip":              {"POST", "/TOKEN/v1/logs", pb, "gzip", "plain text", 400, codes.InvalidArgument, 1},
		"gzip cut short":        {"POST", "/TOKEN/v1/logs", pb, "gzip", zipped("some text")[:15], 400, codes.InvalidArgument, 1},
		"unknown encoding":      {"POST", "/TOKEN/v1/logs", pb, "zstd", "x", 415, codes.InvalidArgument, 1},
		"no content type":       {"POST", "/TOKEN/v1/logs", "", "", "x", 415, codes.OK, 1},
		"other content type":    {"POST", "/TOKEN/v1/logs", "text/plain", "", "x", 415, codes.OK, 1},
		"content type, no such": {"POST", "/SOMEBODY/v1/logs", "text/plain", "", "x", 415, codes.OK, 0},
		"get":                   {"GET", "/TOKEN/v1/logs", pb, "", "", 405, codes.OK, 0},
		"put":                   {"PUT", "/TOKEN/v1/logs", pb, "", "x", 405, codes.OK, 0},
		"no token":              {"POST", "/v1/logs", pb, "", "x", 404, codes.OK, 0},
		"other signal":          {"POST", "/TOKEN/v1/profiles", pb, "", "x", 404, codes.OK, 0},
		"other path":            {"POST", "/", pb, "", "x", 404, codes.OK, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := otlp.NewReceiver(otlp.Options{MaxBytes: 100})
			path := strings.Replace(tt.path, "TOKEN", r.Admit("trial"), 1)
			req := httptest.NewRequest(tt.method, path, strings.NewReader(tt.body))
			req.Header.Set("Content-Type", tt.contentType)
			if tt.encoding != "" {
				req.Header.Set("Content-Encoding", tt.encoding)
			}
			w := httptest.NewRecorder()
			r.Handler().ServeHTTP(w, req)

			if w.Code != tt.status {
				t.Errorf("status %d, want %d", w.Code, tt.status)
			}
			if tt.code != codes.OK {
				checkStatusMessage(t, w, tt.contentType, tt.code)
			}
			if tt.status == 200 {
				checkExportResponse(t, w, tt.contentType)
			}
			kept := len(r.Payloads("trial"))
			if want := map[bool]int{true: 1}[tt.status == 200]; kept != want {
				t.Errorf("%d payloads kept, want %d", kept, want)
			}
			if got := r.Refused("trial"); got != tt.refused {
				t.Errorf("%d refused, want %d", got, tt.refused)
			}
		})
	}
}

// The answer to a failure is a google.rpc.Status in the request's encoding.
func checkStatusMessage(t *testing.T, w *httptest.ResponseRecorder, contentType string, want codes.Code) {
	t.Helper()
	if got := w.Header().Get("Content-Type"); got != contentType {
		t.Errorf("content type %q, want the request's %q", got, contentType)
	}
	var message spb.Status
	var err error
	if contentType == "application/json" {
		err = protojson.Unmarshal(w.Body.Bytes(), &message)
	} else {
		err = proto.Unmarshal(w.Body.Bytes(), &message)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := codes.Code(message.Code); got != want || message.Message == "" {
		t.Errorf("status message %v %q, want %v and a sentence", got, message.Message, want)
	}
}

func checkExportResponse(t *testing.T, w *httptest.ResponseRecorder, contentType string) {
	t.Helper()
	response := plogotlp.NewExportResponse()
	unmarshal := response.UnmarshalProto
	if strings.HasPrefix(contentType, "application/json") {
		unmarshal = response.UnmarshalJSON
	}
	if err := unmarshal(w.Body.Bytes()); err != nil {
		t.Errorf("response %q: %v", w.Body, err)
	}
	if got := w.Header().Get("Content-Type"); !strings.HasPrefix(contentType, got) {
		t.Errorf("content type %q, want the request's %q", got, contentType)
	}
}

// An agent that is killed while it sends leaves half a body.
func TestHTTPBodyBreaksOff(t *testing.T) {
	r := otlp.NewReceiver(otlp.Options{})
	half := io.MultiReader(strings.NewReader("half"), brokenReader{})
	req := httptest.NewRequest("POST", "/"+r.Admit("trial")+"/v1/logs", half)
	req.Header.Set("Content-Type", "application/x-protobuf")
	r.Handler().ServeHTTP(httptest.NewRecorder(), req)
	if kept, refused := len(r.Payloads("trial")), r.Refused("trial"); kept != 0 || refused != 1 {
		t.Errorf("%d kept, %d refused, want 0 and 1", kept, refused)
	}
}

// Revoke is a line: a request that is half in when it falls is not kept.
func TestHTTPRevokedWhileSending(t *testing.T) {
	r := otlp.NewReceiver(otlp.Options{})
	token := r.Admit("trial")
	body := io.MultiReader(strings.NewReader("x"), readerFunc(func([]byte) (int, error) {
		r.Revoke(token)
		return 0, io.EOF
	}))
	req := httptest.NewRequest("POST", "/"+token+"/v1/logs", body)
	req.Header.Set("Content-Type", "application/x-protobuf")
	w := httptest.NewRecorder()
	r.Handler().ServeHTTP(w, req)
	if kept := len(r.Payloads("trial")); w.Code != 401 || kept != 0 {
		t.Errorf("status %d, %d kept, want 401 and 0", w.Code, kept)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

// FuzzHTTP sends any request; the handler answers all of them, and keeps
// nothing that came without the token.
func FuzzHTTP(f *testing.F) {
	f.Add("POST", "/token/v1/logs", "application/x-protobuf", "gzip", []byte(zipped("x")))
	f.Add("POST", "/other/v1/traces", "application/json", "", []byte("{}"))
	f.Add("GET", "//v1/..", "text/plain; x", "identity", []byte{})
	f.Fuzz(func(t *testing.T, method, path, contentType, encoding string, body []byte) {
		r := otlp.NewReceiver(otlp.Options{MaxBytes: 1 << 10})
		token := r.Admit("trial")
		withToken := strings.HasPrefix(path, "/token/")
		if withToken {
			path = "/" + token + strings.TrimPrefix(path, "/token")
		}
		req, err := http.NewRequest(method, "http://localhost"+path, bytes.NewReader(body))
		if err != nil {
			return
		}
		req.Header.Set("Content-Type", contentType)
		req.Header.Set("Content-Encoding", encoding)
		w := httptest.NewRecorder()
		r.Handler().ServeHTTP(w, req)
		kept := r.Payloads("trial")
		if len(kept) > 0 && (!withToken || w.Code != 200 || len(kept[0].Body) > 1<<10) {
			t.Errorf("kept %d payloads, status %d", len(kept), w.Code)
		}
		if w.Code == 200 && len(kept) != 1 {
			t.Errorf("acknowledged and kept %d payloads", len(kept))
		}
	})
}

// BenchmarkAcknowledgeHTTP is what an agent waits for one export.
func BenchmarkAcknowledgeHTTP(b *testing.B) {
	payloads := capture(b, "a-simple-http-protobuf")
	r := otlp.NewReceiver(otlp.Options{MaxTrialBytes: 1 << 40})
	handler, token := r.Handler(), r.Admit("trial")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%1000 == 0 {
			r.Forget("trial")
			token = r.Admit("trial")
		}
		p := payloads[i%len(payloads)]
		req := httptest.NewRequest("POST", "/"+token+"/v1/"+string(p.Signal), bytes.NewReader(p.Body))
		req.Header.Set("Content-Type", "application/x-protobuf")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, req)
		if w.Code != 200 {
			b.Fatal(w.Code)
		}
	}
}

func zipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, s)
	w.Close()
	return b.String()
}

func serveHTTP(t *testing.T, r *otlp.Receiver) (url string) {
	t.Helper()
	server := httptest.NewServer(r.Handler())
	t.Cleanup(server.Close)
	return server.URL
}

func post(t *testing.T, url, token, signal, body string) (status int) {
	t.Helper()
	res, err := http.Post(url+"/"+token+"/v1/"+signal, "application/x-protobuf", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}
