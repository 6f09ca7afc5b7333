package docker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/docker"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/docker/docker/api/types/container"
)

// withoutGuards is this machine's engine behind a proxy that lets no container have
// the right to set rules, as the plug-in of a careful administrator does.
func withoutGuards(t *testing.T, log *slog.Logger) *docker.Engine {
	t.Helper()
	engine(t)
	socket, local := strings.CutPrefix(raw(t).DaemonHost(), "unix://")
	if !local {
		t.Skip("the engine is behind no socket")
	}
	to := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: "engine"})
	to.Transport = &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}
	proxy := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/containers/create") {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			var asked struct{ HostConfig container.HostConfig }
			if err := json.Unmarshal(body, &asked); err != nil || len(asked.HostConfig.CapAdd) > 0 {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusForbidden)
				io.WriteString(w, `{"message":"authorization denied by plugin careful"}`)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		to.ServeHTTP(w, r)
	}))
	proxy.Listener.Close()
	listener, err := net.Listen("unix", filepath.Join(t.TempDir(), "docker.sock"))
	if err != nil {
		t.Fatal(err)
	}
	proxy.Listener = listener
	proxy.Start()
	t.Cleanup(proxy.Close)
	e, err := docker.New(t.Context(), docker.Options{Host: "unix://" + listener.Addr().String(), Run: "test", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Trials run there too, on a plain bridge, and it is said once.
func TestWhereNoGuardCanBeHadItIsSaid(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	e := withoutGuards(t, slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelWarn})))
	for _, kind := range bothKinds {
		spec := sandbox.Spec{Run: "test-unguarded-" + string(kind), Trial: "trial", Image: probeImage(t), Network: kind}
		t.Cleanup(func() { nothingLeft(t, e, spec.Run) })
		gateway, err := e.Gateway(t.Context(), spec.Run, kind)
		if err != nil {
			t.Fatal(err)
		}
		meter := serve(t, gateway)
		spec.Reach = []string{meter}
		sb, err := e.Create(t.Context(), spec)
		if err != nil {
			t.Fatal(err)
		}
		dials(t, sb, meter, "meter")
		if kind == suite.NoNetwork {
			dials(t, sb, "1.1.1.1:443", "")
		}
		refused, err := sb.Refused(t.Context())
		if err != nil || refused.Packets != 0 {
			t.Errorf("refused: %+v, %v", refused, err)
		}
		if err := sb.Remove(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if n := strings.Count(said.String(), "what sandboxes reach is not bounded here"); n != 1 || !strings.Contains(said.String(), "careful") {
		t.Errorf("said %d times:\n%s", n, &said)
	}
}
