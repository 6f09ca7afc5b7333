package docker_test

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// zone is a name server of the test's, which knows these names: each has addresses,
// or is an alias. It notes what it is asked for.
type zone struct {
	names map[string][]string

	mu    sync.Mutex
	asked map[string]int
}

// resolver starts the name server and returns a resolver that asks it.
func (z *zone) resolver(t *testing.T) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	z.asked = make(map[string]int)
	var serving sync.WaitGroup
	serving.Go(func() {
		query := make([]byte, 4<<10)
		for {
			n, from, err := conn.ReadFrom(query)
			if err != nil {
				return // closed by the clean-up
			}
			conn.WriteTo(z.answer(t, query[:n]), from)
		}
	})
	t.Cleanup(func() {
		conn.Close()
		serving.Wait()
	})
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func (z *zone) answer(t *testing.T, query []byte) []byte {
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil || len(m.Questions) != 1 {
		t.Errorf("a query that is none: %v", err)
		return nil
	}
	q := m.Questions[0]
	name := strings.TrimSuffix(q.Name.String(), ".")
	z.mu.Lock()
	z.asked[name]++
	z.mu.Unlock()
	m.Header = dnsmessage.Header{ID: m.ID, Response: true, RecursionAvailable: true}
	m.Additionals = nil
	if _, known := z.names[name]; !known {
		m.RCode = dnsmessage.RCodeNameError
	}
	for rest := z.names[name]; len(rest) > 0; rest = rest[1:] {
		header := dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName(name + "."), Class: q.Class, TTL: 5}
		addr, err := netip.ParseAddr(rest[0])
		switch {
		case err != nil:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.CNAMEResource{CNAME: dnsmessage.MustNewName(rest[0] + ".")}})
			name, rest = rest[0], append(rest[:1:1], z.names[rest[0]]...)
		case q.Type == dnsmessage.TypeA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: addr.As4()}})
		}
	}
	answer, err := m.Pack()
	if err != nil {
		t.Errorf("answering for %s: %v", name, err)
	}
	return answer
}

// wasAsked reports whether somebody asked for a name.
func (z *zone) wasAsked(name string) bool {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.asked[name] > 0
}
