package relay_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/helper/relay"
)

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// server answers each line with its name and the line, until the client has ended.
func server(t testing.TB, name string) (addr string) {
	t.Helper()
	l := listen(t)
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return // closed by the clean-up
			}
			serving.Go(func() {
				defer conn.Close()
				for lines := bufio.NewScanner(conn); lines.Scan(); {
					fmt.Fprintf(conn, "%s %s\n", name, lines.Text())
				}
				fmt.Fprintf(conn, "%s has read all\n", name)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		serving.Wait()
	})
	return l.Addr().String()
}

// line is a relay before these addresses: where it listens for each, and what ends it.
func line(t testing.TB, addrs ...string) (fronts []string, end *relay.End, cut func()) {
	t.Helper()
	here, there := net.Pipe()
	var listeners []net.Listener
	for range addrs {
		l := listen(t)
		listeners = append(listeners, l)
		fronts = append(fronts, l.Addr().String())
	}
	carried := make(chan error, 1)
	go func() { carried <- relay.Carry(there, listeners) }()
	end, err := relay.Open(here, addrs)
	if err != nil {
		t.Fatal(err)
	}
	if err := end.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		end.Close()
		if err := <-carried; err != nil {
			t.Error(err)
		}
	})
	return fronts, end, func() { here.Close() }
}

func dial(t testing.TB, addr string) *net.TCPConn {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn.(*net.TCPConn)
}

// talk says a line and reads the answer.
func talk(conn net.Conn, said string) (string, error) {
	if _, err := fmt.Fprintln(conn, said); err != nil {
		return "", err
	}
	return bufio.NewReader(conn).ReadString('\n')
}

func TestEachListenerLeadsToItsAddress(t *testing.T) {
	fronts, _, _ := line(t, server(t, "one"), server(t, "two"), "127.0.0.1:1")
	for i, name := range []string{"one", "two"} {
		conn := dial(t, fronts[i])
		if got, err := talk(conn, "hello"); err != nil || got != name+" hello\n" {
			t.Errorf("%q, %v", got, err)
		}
		if err := conn.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if rest, err := io.ReadAll(conn); err != nil || string(rest) != name+" has read all\n" {
			t.Errorf("after the end: %q, %v", rest, err)
		}
	}
	if got, err := io.ReadAll(dial(t, fronts[2])); err != nil || len(got) > 0 {
		t.Errorf("where nobody listens: %q, %v", got, err)
	}
}

// One that is held open, and says nothing for a while, does not hold up the others.
func TestManyConnectionsAtOnce(t *testing.T) {
	fronts, _, _ := line(t, server(t, "one"))
	held := dial(t, fronts[0])
	if got, err := talk(held, "first"); err != nil || got != "one first\n" {
		t.Fatalf("%q, %v", got, err)
	}
	var talking sync.WaitGroup
	errs := make([]error, 300)
	for i := range errs {
		talking.Go(func() {
			conn, err := net.DialTimeout("tcp", fronts[0], 10*time.Second)
			if err != nil {
				errs[i] = err
				return
			}
			defer conn.Close()
			got, err := talk(conn, fmt.Sprint(i))
			if err == nil && got != fmt.Sprintf("one %d\n", i) {
				err = fmt.Errorf("%d: %q", i, got)
			}
			errs[i] = err
		})
	}
	talking.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	if got, err := talk(held, "last"); err != nil || got != "one last\n" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestTheEndOfTheLineEndsAll(t *testing.T) {
	fronts, end, cut := line(t, server(t, "one"))
	held := dial(t, fronts[0])
	if _, err := talk(held, "hello"); err != nil {
		t.Fatal(err)
	}
	cut()
	if err := held.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(held); errors.Is(err, context.DeadlineExceeded) {
		t.Error("a connection outlives its line")
	}
	end.Wait()
	if conn, err := net.DialTimeout("tcp", fronts[0], time.Second); err == nil {
		conn.Close()
		t.Error("it still listens")
	}
}

// Who talks and listens is not ready: it is no relay.
func TestNobodyAtTheOtherEnd(t *testing.T) {
	here, there := net.Pipe()
	go io.Copy(io.Discard, there)
	end, err := relay.Open(here, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := end.Ready(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it is ready: %v", err)
	}
	end.Close()
	there.Close()
}
