package docker_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/docker"
	"github.com/benchgate/benchgate/internal/suite"
)

// hostsLab is a sandbox that may reach some hosts of an internet that a name server
// knows, and the meter.
func hostsLab(t *testing.T, access suite.Access) (sb sandbox.Sandbox, net *internet, names *zone, meter string) {
	t.Helper()
	image := probeImage(t)
	net = beyond(t, "203.0.113.10", "203.0.113.11", "203.0.113.12", "203.0.113.13", "203.0.113.33", "10.99.7.1")
	for _, last := range []string{"10", "11", "12", "13", "33"} {
		net.says("203.0.113."+last+":80", "host "+last)
	}
	net.says("203.0.113.10:8443", "host 10, too")
	net.says("10.99.7.1:80", "a private host")
	names = &zone{names: map[string][]string{
		"files.example":    {"203.0.113.10"},
		"other.example":    {"203.0.113.11"},
		"cdn.example":      {"edge.example"},
		"edge.example":     {"203.0.113.12"},
		"wild.example":     {"203.0.113.11"},
		"a.b.wild.example": {"203.0.113.12"},
		"rebound.example":  {"169.254.169.254", "10.99.7.1"},
		"alias.example":    {"rebound.example"},
		"mixed.example":    {"10.99.7.1", "203.0.113.12"},
		"many.example":     many("203.0.113.", 40),
	}}
	e, err := docker.New(t.Context(), docker.Options{Run: "test", Resolver: names.resolver(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeEngine(t, e) })
	spec := sandbox.Spec{Run: "test-" + strings.ToLower(rand.Text()[:10]), Trial: "trial", Image: image, Network: suite.Public, Access: access}
	t.Cleanup(func() { nothingLeft(t, e, spec.Run) })
	gateway, err := e.Gateway(t.Context(), spec.Run, spec.Network)
	if err != nil {
		t.Fatal(err)
	}
	meter = serve(t, gateway)
	spec.Reach = []string{meter}
	if sb, err = e.Create(t.Context(), spec); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sb.Remove(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return sb, net, names, meter
}

func many(prefix string, n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprint(prefix, 100+i))
	}
	return all
}

func allow(hosts ...string) suite.Access {
	return suite.Access{Network: suite.Allowlist, Hosts: hosts}
}

func testHostsOfTheList(t *testing.T) {
	sb, _, names, meter := hostsLab(t, allow("files.example", "cdn.example", "*.wild.example", "missing.example", "many.example", "203.0.113.13", "203.0.113.32/28"))
	dials(t, sb, meter, "meter")
	dials(t, sb, "203.0.113.10:80", "") // nobody has asked for its name yet
	dials(t, sb, "files.example:80", "host 10")
	dials(t, sb, "FILES.Example:8443", "host 10, too")
	dials(t, sb, "203.0.113.10:8443", "host 10, too")
	dials(t, sb, "a.b.wild.example:80", "host 12")
	dials(t, sb, "203.0.113.13:80", "host 13")
	dials(t, sb, "203.0.113.33:80", "host 33")

	dials(t, sb, "wild.example:80", "") // the names below it, as Harbor's proxy takes it
	dials(t, sb, "other.example:80", "")
	dials(t, sb, "203.0.113.11:80", "")
	dials(t, sb, "edge.example:80", "")
	dials(t, sb, "notfiles.example:80", "")
	dials(t, sb, "files.example.evil.test:80", "")
	dials(t, sb, "[2001:db8::1]:80", "")
	dials(t, sb, "169.254.169.254:80", "")
	dials(t, sb, "missing.example:80", "")
	dials(t, sb, "cdn.example:80", "host 12")

	if exit, out := sh(t, sb, "nslookup many.example | grep -c 203.0.113"); exit.Code != 0 || strings.TrimSpace(out) != "12" {
		t.Errorf("a name with 40 addresses: %s", out)
	}
	for _, target := range []string{"udp 203.0.113.10:443", "udp 203.0.113.11:53", "icmp 203.0.113.11"} {
		if exit, out := sh(t, sb, "/probe send "+target); exit.Code == 0 {
			t.Errorf("%s is sent: %s", target, out)
		}
	}
	for _, name := range []string{"other.example", "wild.example", "notfiles.example"} {
		if names.wasAsked(name) {
			t.Errorf("somebody was asked for %s", name)
		}
	}
	refused, err := sb.Refused(t.Context())
	if err != nil || refused.Packets == 0 {
		t.Fatalf("refused: %+v, %v", refused, err)
	}
	for _, want := range []string{"name other.example", "name wild.example", "name files.example.evil.test", "tcp 203.0.113.10:80", "tcp 203.0.113.11:80", "udp 203.0.113.11:53", "tcp 169.254.169.254:80"} {
		if !slices.Contains(refused.To, want) {
			t.Errorf("%q is not among what was refused: %q", want, refused.To)
		}
	}
	if slices.Contains(refused.To, "name files.example") || slices.Contains(refused.To, "tcp "+meter) {
		t.Errorf("what is open was refused: %q", refused.To)
	}
}

// A name server of somebody else says where an allowed name is.
func testPrivateAddressOfAName(t *testing.T) {
	sb, _, _, _ := hostsLab(t, allow("rebound.example", "alias.example", "mixed.example", "0.0.0.0/0"))
	for _, name := range []string{"rebound.example", "alias.example"} {
		dials(t, sb, name+":80", "")
	}
	dials(t, sb, "mixed.example:80", "host 12")
	dials(t, sb, "10.99.7.1:80", "")
	dials(t, sb, "169.254.169.254:80", "")
	for _, addr := range ownAddrs(t) {
		dials(t, sb, addr+":22", "")
	}
	refused, err := sb.Refused(t.Context())
	for _, want := range []string{"name rebound.example 169.254.169.254", "name mixed.example 10.99.7.1"} {
		if err != nil || !slices.Contains(refused.To, want) {
			t.Errorf("%q is not among what was refused: %q, %v", want, refused.To, err)
		}
	}
}

// What an agent with root tries against the list.
func testListUnderAttack(t *testing.T) {
	sb, internet, names, meter := hostsLab(t, allow("files.example"))
	var other net.PacketConn
	internet.in(func() (err error) {
		other, err = net.ListenPacket("udp", "203.0.113.11:53")
		return err
	})
	got := make(chan int)
	go func() {
		buf := make([]byte, 512)
		for n := 0; ; n++ {
			if _, _, err := other.ReadFrom(buf); err != nil {
				got <- n
				return
			}
		}
	}()
	for _, script := range []string{
		"nslookup other.example 203.0.113.11",
		"nslookup secret.other.example 127.0.0.11; nslookup secret.other.example 127.0.0.1",
		"echo nameserver 203.0.113.11 > /etc/resolv.conf; nslookup secret.other.example; echo nameserver 127.0.0.1 > /etc/resolv.conf",
		`/benchgate/helper guard '{"public":true}'`,
		`/benchgate/helper guard '{"public":true,"answer":true}'`,
		"kill -9 1; kill -TERM 1; true",
		"/probe mark 203.0.113.11:80 1",
		"/probe mark 203.0.113.11:80 2",
		"/probe forge 203.0.113.11",
	} {
		sh(t, sb, script)
		dials(t, sb, "203.0.113.11:80", "")
	}
	other.Close()
	if queries := <-got; queries > 0 {
		t.Errorf("%d packets reached another name server", queries)
	}
	if names.wasAsked("secret.other.example") || names.wasAsked("other.example") {
		t.Error("a name that is not on the list was asked for")
	}
	if exit, out := sh(t, sb, "/probe names 127.0.0.1:53"); exit.Code == 0 || !strings.Contains(out, "in use") {
		t.Errorf("a sandbox can be its own name server: %s", out)
	}
	sh(t, sb, "for i in $(seq 100); do nslookup name$i.evil.test 127.0.0.1 & done >/dev/null 2>&1; wait")
	dials(t, sb, "files.example:80", "host 10")
	dials(t, sb, meter, "meter")
}

// Many programs at once ask for names and connect.
func testManyNamesAtOnce(t *testing.T) {
	sb, _, _, _ := hostsLab(t, allow("files.example", "*.wild.example"))
	exit, out := sh(t, sb, `for i in $(seq 60); do (/probe dial files.example:80 || echo failed) & done; wait`)
	if n := strings.Count(out, "host 10"); n != 60 || exit.Code != 0 {
		t.Errorf("%d of 60: %.500s", n, out)
	}
}

func testAccessChanges(t *testing.T) {
	sb, internet, _, meter := hostsLab(t, suite.Access{Network: suite.NoNetwork})
	set := func(access suite.Access) {
		t.Helper()
		if err := sb.SetAccess(t.Context(), access); err != nil {
			t.Fatal(err)
		}
		dials(t, sb, meter, "meter")
	}
	dials(t, sb, "files.example:80", "")
	dials(t, sb, "203.0.113.10:80", "")

	set(suite.Access{Network: suite.Public})
	dials(t, sb, "files.example:80", "host 10")
	dials(t, sb, "other.example:80", "host 11")
	dials(t, sb, "203.0.113.12:80", "host 12")
	dials(t, sb, "10.99.7.1:80", "")
	lines := internet.listen("203.0.113.10:7000").(*net.TCPListener)
	if err := lines.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	heard := make(chan string, 1000)
	go func() {
		defer close(heard)
		conn, err := lines.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		for line := make([]byte, 64); ; {
			n, err := conn.Read(line)
			if err != nil {
				return
			}
			heard <- string(line[:n])
		}
	}()
	sh(t, sb, "(while sleep 0.1; do echo here; done) | nc 203.0.113.10 7000 >/dev/null 2>&1 &")
	if first, connected := <-heard; !connected {
		t.Fatalf("nobody connects: %q", first)
	}

	set(allow("other.example"))
	dials(t, sb, "other.example:80", "host 11")
	dials(t, sb, "files.example:80", "")
	dials(t, sb, "203.0.113.10:80", "")
	dials(t, sb, "203.0.113.12:80", "")
	time.Sleep(300 * time.Millisecond) // what was under way
	for len(heard) > 0 {
		<-heard
	}
	time.Sleep(500 * time.Millisecond)
	if n := len(heard); n > 0 {
		t.Errorf("a connection that is not allowed any more goes on: %d lines", n)
	}
	lines.Close()

	set(suite.Access{Network: suite.NoNetwork})
	dials(t, sb, "other.example:80", "")
	dials(t, sb, "203.0.113.11:80", "") // open a moment ago
}

// Without guards such a task is refused, and says why.
func TestAListNeedsAGuard(t *testing.T) {
	t.Parallel()
	e := withoutGuards(t, nil)
	spec := sandbox.Spec{Run: "test-unguarded-list", Trial: "trial", Image: probeImage(t), Network: suite.Public, Access: allow("files.example")}
	t.Cleanup(func() { nothingLeft(t, e, spec.Run) })
	sb, err := e.Create(t.Context(), spec)
	if err == nil {
		sb.Remove(t.Context())
	}
	if err == nil || !strings.Contains(err.Error(), "careful") || !strings.Contains(err.Error(), "not supported") {
		t.Errorf("it says %v", err)
	}
}
