package meter

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http/httptrace"
	"sync"
	"syscall"
	"time"
)

// delivery follows how far one request gets.
type delivery struct {
	mu      sync.Mutex
	conn    *tellingConn // nil: none yet, or not one of [NewTransport]
	before  progress     // of the connection, when the request got it
	written bool         // the whole request was handed to a connection
}

// trace makes a request under ctx tell the delivery. The transport may call from
// other goroutines.
func (d *delivery) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			d.mu.Lock()
			defer d.mu.Unlock()
			if d.conn = telling(info.Conn); d.conn != nil {
				d.before = d.conn.progress()
			}
		},
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.written = info.Err == nil
		},
	})
}

// mayHaveArrived reports whether the API may have got the whole request of this
// size in bytes, which then failed with err before any answer.
//
// Without all of its body no request is run. And a server that closes a connection
// which was idle may do so while the request is on its way: it then never takes a
// byte of it. TCP tells that apart from a server that took the request and died:
// the close of a connection acknowledges what came before it, and two full segments
// are acknowledged at once (RFC 1122, section 4.2.3.2).
func (d *delivery) mayHaveArrived(size int, err error) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.written || d.conn == nil {
		return d.written
	}
	now := d.conn.progress()
	if !now.known || !d.before.known || now.acknowledged > d.before.acknowledged {
		return true
	}
	// EPIPE: closed by the other side, and reset since.
	closed := errors.Is(err, io.EOF) || errors.Is(err, syscall.EPIPE)
	return !closed && uint64(size) < 2*uint64(now.segment)
}

// progress is what TCP knows of what was sent on a connection.
type progress struct {
	known        bool // the system tells
	acknowledged uint64
	segment      uint32 // the largest, in bytes
}

// tellingConn is a connection whose progress can still be asked for when it is
// closed.
type tellingConn struct {
	net.Conn

	mu   sync.Mutex
	last progress
}

// dialTelling dials as dial does.
func dialTelling(dial func(ctx context.Context, network, address string) (net.Conn, error)) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &tellingConn{Conn: conn}, nil
	}
}

// telling finds the connection under TLS; nil when it is another's.
func telling(conn net.Conn) *tellingConn {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	told, _ := conn.(*tellingConn)
	return told
}

func (c *tellingConn) progress() progress {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := progressOf(c.Conn); now.known {
		c.last = now
	}
	return c.last
}

// Close keeps what is known at the end.
func (c *tellingConn) Close() error {
	c.progress()
	return c.Conn.Close()
}

// dialer is that of http.DefaultTransport.
var dialer = net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
