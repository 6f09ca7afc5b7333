package meter_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/benchgate/benchgate/internal/meter"
)

// rawUpstream serves connections by hand: it answers the first request of each in
// full, gives the connection to next (nil: it is done with it), and closes it. The
// channel tells of each that is closed.
func rawUpstream(t *testing.T, next func(*net.TCPConn, *bufio.Reader)) (at *url.URL, closed chan struct{}) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed = make(chan struct{}, 8)
	var served sync.WaitGroup
	served.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			served.Go(func() {
				defer func() { conn.Close(); closed <- struct{}{} }()
				in := bufio.NewReader(conn)
				r, err := http.ReadRequest(in)
				if err != nil {
					return
				}
				_, _ = io.Copy(io.Discard, r.Body)
				body := streamOf(opus, `{"input_tokens":10,"output_tokens":1}`, `{"output_tokens":2}`)
				fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
				if next != nil {
					next(conn.(*net.TCPConn), in)
				}
			})
		}
	})
	t.Cleanup(func() { l.Close(); served.Wait() })
	return &url.URL{Scheme: "http", Host: l.Addr().String()}, closed
}

// blindConn sees the other side's close only when it sends the second request: what
// happens when a close is on its way while a request is.
type blindConn struct {
	*net.TCPConn
	second *atomic.Bool // the second request is next
	sent   chan struct{}
	once   sync.Once
}

func (c *blindConn) Write(b []byte) (int, error) {
	n, err := c.TCPConn.Write(b)
	if c.second.Load() {
		c.once.Do(func() { close(c.sent) })
	}
	return n, err
}

func (c *blindConn) Read(b []byte) (int, error) {
	n, err := c.TCPConn.Read(b)
	if err != nil {
		<-c.sent
	}
	return n, err
}

// A request that never arrived costs nothing; one that may have is cut, and its
// cost estimated.
func TestWhatNeverArrivedCostsNothing(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells what was acknowledged")
	}
	readAll := func(in *bufio.Reader) {
		if r, err := http.ReadRequest(in); err == nil {
			_, _ = io.Copy(io.Discard, r.Body)
		}
	}
	short, long := request(opus), strings.Replace(request(opus), "private", strings.Repeat("private ", 1<<20), 1)
	for name, test := range map[string]struct {
		next func(*net.TCPConn, *bufio.Reader)
		body string
		cut  bool
	}{
		"closed while it was idle":    {nil, short, false},
		"closed, and a long request":  {nil, long, false},
		"taken, then closed":          {func(_ *net.TCPConn, in *bufio.Reader) { readAll(in) }, short, true},
		"long, taken, then closed":    {func(_ *net.TCPConn, in *bufio.Reader) { readAll(in) }, long, true},
		"taken, then reset":           {func(c *net.TCPConn, in *bufio.Reader) { readAll(in); _ = c.SetLinger(0) }, short, true},
		"long, taken, then reset":     {func(c *net.TCPConn, in *bufio.Reader) { readAll(in); _ = c.SetLinger(0) }, long, true},
		"reset after its first bytes": {func(c *net.TCPConn, in *bufio.Reader) { _, _ = in.ReadByte(); _ = c.SetLinger(0) }, long, false},
	} {
		t.Run(name, func(t *testing.T) {
			var second atomic.Bool
			upstream, closed := rawUpstream(t, test.next)
			r := newRig(t, nil, func(o *meter.Options) {
				o.Upstream = upstream
				o.Transport = meter.TransportWith(func(ctx context.Context, network, address string) (net.Conn, error) {
					conn, err := new(net.Dialer).DialContext(ctx, network, address)
					if err != nil {
						return nil, err
					}
					return &blindConn{TCPConn: conn.(*net.TCPConn), second: &second, sent: make(chan struct{})}, nil
				})
			})
			base := r.admit("t")
			if resp, _, err := r.ask(base, opus); err != nil || resp.StatusCode != 200 {
				t.Fatal(resp, err)
			}
			r.settled("t")
			if second.Store(true); test.next == nil {
				<-closed
			}
			if resp, _, err := post(t.Context(), base+"/v1/messages", test.body); err != nil || resp.StatusCode != 502 {
				t.Fatal(resp, err)
			}
			line := r.last("t")
			if line.Request != 2 || line.Status != 0 || line.Cut != test.cut || line.Tokens != nil || line.Retry != meter.Network {
				t.Errorf("line %+v; want cut %v", line, test.cut)
			}
		})
	}
}
