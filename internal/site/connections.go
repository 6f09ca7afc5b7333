package site

import (
	"net"
	"sync"
)

// maxConnections is how many connections one address may have open to meter or
// receiver. A sandbox has one or a few; on one machine all sandboxes without
// isolation share an address, and so do those behind a relay.
const maxConnections = 1024

// boundedListener closes connections at once that are more than its address may
// have, so that no sandbox takes what others need.
type boundedListener struct {
	net.Listener

	most int
	mu   sync.Mutex
	open map[string]int // by address
}

func bounded(l net.Listener, most int) *boundedListener {
	return &boundedListener{Listener: l, most: most, open: make(map[string]int)}
}

// Accept implements [net.Listener].
func (l *boundedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := addressOf(conn)
		if l.enter(from) {
			return &boundedConn{Conn: conn, leave: sync.OnceFunc(func() { l.leave(from) })}, nil
		}
		_ = conn.Close() // whoever it is gets no answer
	}
}

func (l *boundedListener) enter(from string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[from] >= l.most {
		return false
	}
	l.open[from]++
	return true
}

func (l *boundedListener) leave(from string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[from]--; l.open[from] == 0 {
		delete(l.open, from)
	}
}

// addressOf is the other side's address without its port.
func addressOf(conn net.Conn) string {
	address := conn.RemoteAddr().String()
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return address
}

// boundedConn is a connection that counts until it is closed.
type boundedConn struct {
	net.Conn

	leave func()
}

// Close implements [net.Conn].
func (c *boundedConn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
