package otlp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/url"
	"time"
)

// Protocol is how OTLP is spoken to a target.
type Protocol string

// The protocols: protobuf over HTTP, and gRPC.
const (
	HTTP Protocol = "http"
	GRPC Protocol = "grpc"
)

// Destination is an OTLP endpoint of others.
type Destination struct {
	// Endpoint is "https://host:port", or http without TLS. Over HTTP a path may
	// follow, to which /v1/traces and its siblings are added.
	Endpoint string
	Protocol Protocol
	Headers  map[string]string // with every request; of gRPC, its metadata
	Trusted  *x509.CertPool    // certificates; nil: the system's
	Gzip     bool
	Timeout  time.Duration // of one request; 0 is ten seconds
}

// Answer is what a target that took a request said of it.
type Answer struct {
	Rejected int64  // records that it will never take
	Message  string // of the target, which may warn also where it took everything
}

// RefusedError is what became of a request that was not taken.
type RefusedError struct {
	How RefusedHow

	// After is how long the target asks to be left alone; 0: it does not say.
	After time.Duration

	Said string // why: by the target, or by the network
}

func (e *RefusedError) Error() string { return e.Said }

// RefusedHow says what to do about a request that was not taken.
type RefusedHow string

// The ways.
const (
	Later    RefusedHow = "later"    // the same request may be taken later
	ThisOne  RefusedHow = "this one" // this request will not be taken, others may
	AllOfIts RefusedHow = "all"      // none of this signal will be: wrong key, wrong path, a signal that the target does not have
)

// Exporter sends batches to one destination. Its method Export may be called
// concurrently.
type Exporter struct {
	send  func(ctx context.Context, b Batch) (Answer, error)
	close func() error
}

// NewExporter connects to nothing yet: only an impossible destination is an error.
func NewExporter(d Destination) (*Exporter, error) {
	u, err := url.Parse(d.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("sending OTLP: %q is no URL of http or https", d.Endpoint)
	}
	if d.Timeout == 0 {
		d.Timeout = 10 * time.Second
	}
	if d.Protocol == GRPC {
		return newGRPCExporter(d, u)
	}
	return newHTTPExporter(d), nil
}

// Export sends one batch. What is not taken is a [RefusedError], and nothing else but
// the context's own error.
func (e *Exporter) Export(ctx context.Context, b Batch) (Answer, error) {
	answer, err := e.send(ctx, b)
	if err != nil && ctx.Err() != nil {
		return Answer{}, ctx.Err()
	}
	return answer, err
}

// Close ends the connections.
func (e *Exporter) Close() error { return e.close() }

func (d Destination) tls() *tls.Config {
	return &tls.Config{RootCAs: d.Trusted, MinVersion: tls.VersionTLS12}
}
