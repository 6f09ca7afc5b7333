package realparts

import (
	"cmp"
	"context"
	"io"
	"net"
	"net/url"
	"os"
	"sync"
	"testing"
)

// FarEngine is this machine's Docker engine as one of another machine is reached:
// over TCP. Cut ends all connections to it, as the death of who made them does.
func FarEngine(t *testing.T) (host string, cut func()) {
	t.Helper()
	Need(t, Docker)
	to, err := url.Parse(cmp.Or(os.Getenv("DOCKER_HOST"), "unix:///var/run/docker.sock"))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &forwarder{listener: listener, network: to.Scheme, addr: to.Host + to.Path}
	f.serving.Go(func() { f.accept(context.WithoutCancel(t.Context())) }) // a test cleans up through it, too
	t.Cleanup(func() {
		listener.Close()
		f.cut()
		f.serving.Wait()
	})
	return "tcp://" + listener.Addr().String(), f.cut
}

// forwarder carries connections to an address.
type forwarder struct {
	listener      net.Listener
	network, addr string
	serving       sync.WaitGroup

	mu   sync.Mutex
	open []net.Conn
}

func (f *forwarder) accept(ctx context.Context) {
	for {
		conn, err := f.listener.Accept()
		if err != nil {
			return // closed by the clean-up
		}
		behind, err := new(net.Dialer).DialContext(ctx, f.network, f.addr)
		if err != nil {
			conn.Close()
			continue
		}
		f.mu.Lock()
		f.open = append(f.open, conn, behind)
		f.mu.Unlock()
		f.serving.Go(func() { carry(conn, behind) })
		f.serving.Go(func() { carry(behind, conn) })
	}
}

func carry(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}

func (f *forwarder) cut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, conn := range f.open {
		conn.Close()
	}
	f.open = nil
}
