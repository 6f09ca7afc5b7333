package site

import (
	"io"
	"net"
	"testing"
	"time"
)

// An address that opens more connections than it may loses those beyond, and gets
// new ones when it has closed some.
func TestConnectionsOfOneAddressAreBounded(t *testing.T) {
	l, err := listen(t.Context(), "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	front := bounded(l, 2)
	defer front.Close()
	served := make(chan struct{})
	go func() {
		defer close(served)
		for {
			conn, err := front.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = io.WriteString(conn, "+")
				_, _ = io.Copy(io.Discard, conn) // until the other side closes
			}()
		}
	}()
	dial := func() (conn net.Conn, answered bool) {
		t.Helper()
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		_, err = io.ReadFull(conn, make([]byte, 1))
		return conn, err == nil
	}
	one, first := dial()
	two, second := dial()
	three, third := dial()
	three.Close()
	if !first || !second || third {
		t.Errorf("three connections are served: %v, %v, %v; want the third closed", first, second, third)
	}
	one.Close()
	again := false
	for range 100 { // the server notices the close a moment later
		conn, ok := dial()
		conn.Close()
		if again = ok; ok {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if !again {
		t.Error("a connection that was closed still counts")
	}
	two.Close()
	front.Close()
	<-served
}
