package otlp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Serve takes OTLP over HTTP/1.1, HTTP/2 without TLS, and gRPC, all on one
// listener, until ctx ends, which is no error. Then it closes the listener and
// gives requests that have begun two seconds to end.
func (r *Receiver) Serve(ctx context.Context, l net.Listener) error {
	grpcServer := r.grpcServer()
	defer grpcServer.Stop()
	server := &http.Server{
		Handler:           r.bounded(byProtocol(grpcServer, r.Handler())),
		Protocols:         new(http.Protocols),
		ReadHeaderTimeout: 10 * time.Second,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(r.log.Handler(), slog.LevelDebug),
	}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetUnencryptedHTTP2(true)

	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	select {
	case err := <-served:
		return fmt.Errorf("serving OTLP: %w", err)
	case <-ctx.Done():
	}

	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	err := server.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	<-served
	if err != nil {
		return fmt.Errorf("closing the OTLP receiver: %w", err)
	}
	return nil
}

// byProtocol passes requests with gRPC's content type to one handler and all
// others to the other.
func byProtocol(grpc, plain http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if isGRPC(req) {
			grpc.ServeHTTP(w, req)
			return
		}
		plain.ServeHTTP(w, req)
	})
}
