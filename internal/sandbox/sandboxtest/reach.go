package sandboxtest

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/benchgate/benchgate/internal/suite"
)

// testReach is about engines that isolate: where a sandbox gets to. It uses what
// busybox has, so that it also runs where nothing can be built.
func testReach(t *testing.T, l *lab) {
	info, err := l.engine.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !info.Isolated {
		t.Skip("this engine bounds nothing")
	}
	for _, kind := range []suite.Network{suite.Public, suite.NoNetwork} {
		t.Run(string(kind), func(t *testing.T) {
			gateway, err := l.engine.Gateway(t.Context(), l.run, kind)
			if err != nil {
				t.Fatal(err)
			}
			meter, service := Listen(t, gateway.ListenHost, "meter"), Listen(t, gateway.ListenHost, "service")
			spec := l.spec("reach-1-" + string(kind))
			spec.Network, spec.Reach = kind, []string{net.JoinHostPort(gateway.DialHost, meter)}
			one := l.create(t, spec)
			spec.Trial = "reach-2-" + string(kind)
			two := l.create(t, spec)

			dial := func(host, port string) string { return "nc -w 5 " + host + " " + port + " </dev/null 2>/dev/null" }
			if got := run(t, one, shell(dial(gateway.DialHost, meter))); got.Stdout != "meter" {
				t.Errorf("what is open answers %q", got.Stdout)
			}
			if got := run(t, one, shell(dial(gateway.DialHost, service))); got.Stdout != "" {
				t.Errorf("what is not open answers %q", got.Stdout)
			}
			refused, err := one.Refused(t.Context())
			if want := "tcp " + net.JoinHostPort(gateway.DialHost, service); err != nil || refused.Packets == 0 || len(refused.To) != 1 || refused.To[0] != want {
				t.Errorf("refused: %+v, %v, want %s", refused, err, want)
			}

			run(t, one, shell("nc -ll -p 8080 -e echo secret >/dev/null 2>&1 & until "+dial("127.0.0.1", "8080")+" | grep -q secret; do :; done"))
			addr := strings.TrimSpace(output(t, one, "hostname -i"))
			if got := run(t, one, shell(dial(addr, "8080"))); strings.TrimSpace(got.Stdout) != "secret" {
				t.Errorf("a sandbox does not reach itself at %s: %q", addr, got.Stdout)
			}
			if got := run(t, two, shell(dial(addr, "8080"))); got.Stdout != "" {
				t.Errorf("another sandbox reads %q", got.Stdout)
			}
		})
	}
}

// Listen says a word to everyone who connects, and returns the port.
func Listen(t *testing.T, host, word string) (port string) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // closed by the clean-up
			}
			_, _ = io.WriteString(conn, word)
			_ = conn.Close()
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		serving.Wait()
	})
	if _, port, err = net.SplitHostPort(listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	return port
}
