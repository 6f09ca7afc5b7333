package site

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// servers are the meter and the telemetry receiver, listening wherever the
// engine's sandboxes can reach this process.
type servers struct {
	gateways trial.Gateways
	cancel   context.CancelFunc
	group    *errgroup.Group
}

// serve opens both on each of the networks.
func serve(ctx context.Context, engine sandbox.Engine, runID string, networks []suite.Network, m *meter.Meter, r *otlp.Receiver, log *slog.Logger) (*servers, error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	group, ctx := errgroup.WithContext(ctx)
	s := &servers{gateways: make(trial.Gateways), cancel: cancel, group: group}
	for _, network := range networks {
		gateway, err := s.open(ctx, engine, runID, network, m, r, log)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("listening for sandboxes: %w", err), s.close())
		}
		s.gateways[network] = gateway
	}
	return s, nil
}

func (s *servers) open(ctx context.Context, engine sandbox.Engine, runID string, network suite.Network, m *meter.Meter, r *otlp.Receiver, log *slog.Logger) (trial.Gateway, error) {
	at, err := engine.Gateway(ctx, runID, network)
	if err != nil {
		return trial.Gateway{}, err
	}
	api, err := listen(ctx, at.ListenHost)
	if err != nil {
		return trial.Gateway{}, err
	}
	telemetry, err := listen(ctx, at.ListenHost)
	if err != nil {
		return trial.Gateway{}, errors.Join(err, api.Close())
	}
	s.group.Go(func() error { return serveHTTP(ctx, bounded(api, maxConnections), m, log) })
	s.group.Go(func() error { return r.Serve(ctx, bounded(telemetry, maxConnections)) })
	return trial.Gateway{API: baseURL(at.DialHost, api), OTLP: baseURL(at.DialHost, telemetry)}, nil
}

func listen(ctx context.Context, host string) (net.Listener, error) {
	return new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, "0"))
}

func baseURL(host string, l net.Listener) string {
	_, port, _ := net.SplitHostPort(l.Addr().String()) // a listener's address has a port
	return "http://" + net.JoinHostPort(host, port)
}

// serveHTTP serves until ctx ends. Answers are streams that may take minutes: only
// reading a request's head is bounded here, and the meter bounds its body.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10,
		// Who connects decides what is said there: nothing for a user's eyes.
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the model API: %w", err)
	}
	return nil
}

// close stops serving and waits for it.
func (s *servers) close() error {
	s.cancel()
	return s.group.Wait()
}

// networksOf lists the networks of the tasks, each once.
func networksOf(tasks []*suite.Task) []suite.Network {
	var all []suite.Network
	for _, t := range tasks {
		if !slices.Contains(all, t.Network) {
			all = append(all, t.Network)
		}
	}
	return all
}
