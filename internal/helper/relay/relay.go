// Package relay carries TCP connections over one line of bytes, for sandboxes on a
// machine from which there is no way to benchgate: the helper listens in the
// sandbox's network, and benchgate, at the other end, connects.
package relay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/hashicorp/yamux"
)

// Most is how many listeners a line can have: the first byte of each stream says
// which one its connection came from.
const Most = 256

// settings are those of both ends. A line without an answer to a ping for a minute
// is broken; machines that run agents can be slow for many seconds.
func settings() *yamux.Config {
	c := yamux.DefaultConfig()
	c.LogOutput = io.Discard // all it has to say is an error somewhere else, too
	c.ConnectionWriteTimeout = time.Minute
	c.StreamCloseTimeout = time.Minute
	return c
}

// Carry hands over each connection that is made to one of the listeners, until the
// line ends. It closes the listeners.
func Carry(line io.ReadWriteCloser, listeners []net.Listener) error {
	if len(listeners) > Most {
		return fmt.Errorf("carrying connections: %d listeners, at most %d", len(listeners), Most)
	}
	session, err := yamux.Client(line, settings())
	if err != nil {
		return fmt.Errorf("carrying connections: %w", err)
	}
	var accepting sync.WaitGroup
	for i, l := range listeners {
		accepting.Go(func() { accept(session, byte(i), l) })
	}
	<-session.CloseChan()
	for _, l := range listeners {
		l.Close()
	}
	accepting.Wait()
	return nil
}

func accept(session *yamux.Session, which byte, l net.Listener) {
	var carried sync.WaitGroup
	defer carried.Wait()
	for {
		conn, err := l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // no more files, for one
			time.Sleep(100 * time.Millisecond)
			continue
		}
		carried.Go(func() {
			stream, err := session.OpenStream()
			if err != nil {
				conn.Close()
				return
			}
			if _, err := stream.Write([]byte{which}); err == nil {
				exchange(conn.(*net.TCPConn), stream)
			}
			conn.Close()
			stream.Close()
		})
	}
}

// End is benchgate's end of a line.
type End struct {
	session *yamux.Session
	serving sync.WaitGroup
}

// Open connects each stream that comes over the line to one of the addresses, in the
// order of the other end's listeners.
func Open(line io.ReadWriteCloser, addrs []string) (*End, error) {
	session, err := yamux.Server(line, settings())
	if err != nil {
		return nil, fmt.Errorf("opening a relay: %w", err)
	}
	e := &End{session: session}
	ctx, cancel := context.WithCancel(context.Background())
	e.serving.Go(func() {
		defer cancel()
		var carried sync.WaitGroup
		defer carried.Wait()
		for {
			stream, err := session.AcceptStream()
			if err != nil {
				return // the line has ended
			}
			carried.Go(func() {
				defer stream.Close()
				connect(ctx, stream, addrs)
			})
		}
	})
	return e, nil
}

// connect carries one stream. What goes wrong with it, the other end sees.
func connect(ctx context.Context, stream *yamux.Stream, addrs []string) {
	var which [1]byte
	if _, err := io.ReadFull(stream, which[:]); err != nil || int(which[0]) >= len(addrs) {
		return
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addrs[which[0]])
	if err != nil {
		return
	}
	defer conn.Close()
	exchange(conn.(*net.TCPConn), stream)
}

// exchange copies both ways until both have ended, or one is broken.
func exchange(conn *net.TCPConn, stream *yamux.Stream) {
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		if _, err := io.Copy(stream, conn); err != nil {
			conn.Close()
		}
		stream.Close() // it still reads
	}()
	if _, err := io.Copy(conn, stream); err != nil {
		conn.Close() // so that the other direction ends, too
	}
	_ = conn.CloseWrite()
	<-sent
}

// Ready waits until the other end listens.
func (e *End) Ready(ctx context.Context) error {
	answered := make(chan error, 1)
	go func() {
		_, err := e.session.Ping()
		answered <- err
	}()
	select {
	case <-ctx.Done():
		e.session.Close()
		<-answered
		return ctx.Err()
	case err := <-answered:
		return err
	}
}

// Wait waits for the end of the line, and of all that it carried.
func (e *End) Wait() { e.serving.Wait() }

// Close ends the line and waits.
func (e *End) Close() {
	e.session.Close()
	e.Wait()
}
