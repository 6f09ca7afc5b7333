package otlp

import (
	"context"
	"net/url"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

func newGRPCExporter(d Destination, u *url.URL) (*Exporter, error) {
	secure, address := insecure.NewCredentials(), u.Host
	if u.Port() == "" && u.Scheme == "http" {
		address += ":80" // of https grpc knows the port
	}
	if u.Scheme == "https" {
		secure = credentials.NewTLS(d.tls())
	}
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(secure), grpc.WithUserAgent("benchgate"))
	if err != nil {
		return nil, err
	}
	send := func(ctx context.Context, b Batch) (Answer, error) {
		ctx, cancel := context.WithTimeout(ctx, d.Timeout)
		defer cancel()
		conn.ResetConnectBackoff() // whoever sends has waited already
		options := []grpc.CallOption{grpc.ForceCodecV2(rawCodec{})}
		if d.Gzip {
			options = append(options, grpc.UseCompressor("gzip"))
		}
		var answer []byte
		ctx = metadata.NewOutgoingContext(ctx, metadata.New(d.Headers))
		if err := conn.Invoke(ctx, "/"+services[b.Signal]+"/Export", &b.Body, &answer, options...); err != nil {
			return Answer{}, refusedByCode(status.Convert(err))
		}
		return readAnswer(b.Signal, answer), nil
	}
	return &Exporter{send: send, close: conn.Close}, nil
}

// refusedByCode reads a gRPC error as OTLP wants it read:
// https://opentelemetry.io/docs/specs/otlp/#failures.
func refusedByCode(s *status.Status) *RefusedError {
	e := &RefusedError{How: ThisOne, Said: s.Code().String() + ": " + s.Message()}
	retry := retryInfo(s)
	switch s.Code() {
	case codes.Canceled, codes.DeadlineExceeded, codes.Aborted, codes.OutOfRange, codes.Unavailable, codes.DataLoss:
		e.How = Later
	case codes.ResourceExhausted: // for good, as when a message is too large, unless it says when to come again
		if retry != nil {
			e.How = Later
		}
	case codes.Unauthenticated, codes.PermissionDenied, codes.Unimplemented:
		e.How = AllOfIts
	}
	if e.How == Later && retry != nil {
		e.After = max(0, *retry)
	}
	return e
}

func retryInfo(s *status.Status) *time.Duration {
	for _, detail := range s.Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			d := info.GetRetryDelay().AsDuration()
			return &d
		}
	}
	return nil
}
