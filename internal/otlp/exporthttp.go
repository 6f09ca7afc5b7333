package otlp

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"
)

// maxAnswer bounds what is read of a target's answer.
const maxAnswer = 64 << 10

func newHTTPExporter(d Destination) *Exporter {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = d.tls()
	client := &http.Client{
		Transport: transport, Timeout: d.Timeout,
		// Headers with keys would follow a redirect to any host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	send := func(ctx context.Context, b Batch) (Answer, error) {
		request, err := newRequest(ctx, d, b)
		if err != nil {
			return Answer{}, &RefusedError{How: AllOfIts, Said: err.Error()}
		}
		response, err := client.Do(request)
		if err != nil {
			return Answer{}, &RefusedError{How: Later, Said: reason(err)}
		}
		defer response.Body.Close()
		said, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
		if response.StatusCode/100 != 2 {
			return Answer{}, refusedByStatus(response, said, time.Now())
		}
		if err != nil { // taken, as far as is known
			return Answer{}, &RefusedError{How: Later, Said: "its answer broke off"}
		}
		return readAnswer(b.Signal, said), nil
	}
	return &Exporter{send: send, close: func() error { client.CloseIdleConnections(); return nil }}
}

func newRequest(ctx context.Context, d Destination, b Batch) (*http.Request, error) {
	body := b.Body
	if d.Gzip {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, _ = w.Write(body) // a Buffer takes everything
		_ = w.Close()
		body = packed.Bytes()
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.Endpoint+"/v1/"+string(b.Signal), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, value := range d.Headers {
		request.Header.Set(name, value)
	}
	request.Header.Set("Content-Type", "application/x-protobuf")
	request.Header.Set("User-Agent", "benchgate")
	if d.Gzip {
		request.Header.Set("Content-Encoding", "gzip")
	}
	return request, nil
}

// reason is a network error without the URL, which whoever tells of it names.
func reason(err error) string {
	if wrapped := new(url.Error); errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return err.Error()
}

// refusedByStatus reads a status as OTLP wants it read:
// https://opentelemetry.io/docs/specs/otlp/#failures-1.
func refusedByStatus(response *http.Response, body []byte, now time.Time) *RefusedError {
	e := &RefusedError{How: ThisOne, Said: fmt.Sprintf("%d %s", response.StatusCode, http.StatusText(response.StatusCode))}
	if said := statusText(response, body); said != "" {
		e.Said += ": " + said
	}
	switch code := response.StatusCode; {
	case code == http.StatusTooManyRequests, code == http.StatusBadGateway, code == http.StatusServiceUnavailable, code == http.StatusGatewayTimeout:
		e.How, e.After = Later, retryAfter(response.Header.Get("Retry-After"), now)
	case code == http.StatusUnauthorized, code == http.StatusForbidden, code == http.StatusNotFound, code == http.StatusMethodNotAllowed, code/100 == 3:
		e.How = AllOfIts
	}
	return e
}

// statusText is the message of a Status, or the text itself where it is text.
func statusText(response *http.Response, body []byte) string {
	if encoding, ok := encodingOf(response.Header.Get("Content-Type")); ok && encoding == Protobuf {
		var message spb.Status
		if proto.Unmarshal(body, &message) == nil {
			return message.GetMessage()
		}
	}
	if len(body) > 500 {
		body = body[:500]
	}
	return string(bytes.ToValidUTF8(bytes.TrimSpace(body), nil))
}

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(min(max(0, seconds), 24*3600)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
