package docker_test

import (
	"context"
	"net"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/docker"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
)

var bothKinds = []suite.Network{suite.Public, suite.NoNetwork}

// reachLab is a sandbox to which one listener of this process is open, as the
// meter is, and another is not, as a service of the machine is.
func reachLab(t *testing.T, kind suite.Network) (e *docker.Engine, spec sandbox.Spec, sb sandbox.Sandbox, meter, service string) {
	t.Helper()
	e, spec, sb = lab(t, func(s *sandbox.Spec) {
		s.Network, s.Image = kind, probeImage(t)
		e := engine(t)
		gateway, err := e.Gateway(t.Context(), s.Run, kind)
		if err != nil {
			t.Fatal(err)
		}
		meter, service = serve(t, gateway), serve(t, gateway)
		s.Reach = []string{meter}
	})
	return e, spec, sb, meter, service
}

// dials checks that the sandbox gets an answer, and its word, or none.
func dials(t *testing.T, sb sandbox.Sandbox, target, want string) {
	t.Helper()
	exit, out := sh(t, sb, "/probe dial "+target)
	switch {
	case want == "" && exit.Code == 0:
		t.Errorf("%s answers %q", target, out)
	case want != "" && (exit.Code != 0 || out != want):
		t.Errorf("%s answers %q, exit %d, want %q", target, out, exit.Code, want)
	}
}

func TestASandboxReachesBenchgateAndNoServiceOfTheMachine(t *testing.T) {
	t.Parallel()
	for _, kind := range bothKinds {
		t.Run(string(kind), func(t *testing.T) {
			_, _, sb, meter, service := reachLab(t, kind)
			everywhere, err := net.Listen("tcp", ":0")
			if err != nil {
				t.Fatal(err)
			}
			answer(t, everywhere, "machine")
			_, port, err := net.SplitHostPort(everywhere.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			check := func(t *testing.T) {
				dials(t, sb, meter, "meter")
				dials(t, sb, service, "")
				for _, addr := range ownAddrs(t) {
					dials(t, sb, net.JoinHostPort(addr, port), "")
				}
				dials(t, sb, "169.254.169.254:80", "")
				dials(t, sb, "host.docker.internal:"+port, "")
			}
			check(t)
			t.Run("also after its processes were stopped", func(t *testing.T) {
				if err := sb.StopProcesses(t.Context(), 0); err != nil {
					t.Fatal(err)
				}
				check(t)
			})
			t.Run("also when the engine restarted it", func(t *testing.T) {
				none := 0
				if err := raw(t).ContainerRestart(t.Context(), sb.ID(), container.StopOptions{Timeout: &none}); err != nil {
					t.Fatal(err)
				}
				check(t)
			})
			t.Run("and says what it refused", func(t *testing.T) {
				refused, err := sb.Refused(t.Context())
				named := kind == suite.NoNetwork || slices.Contains(refused.To, "tcp 169.254.169.254:80") // without a route the kernel itself refuses it
				if err != nil || refused.Packets == 0 || !named || !slices.Contains(refused.To, "tcp "+service) {
					t.Errorf("refused: %+v, %v", refused, err)
				}
				if slices.Contains(refused.To, "tcp "+meter) {
					t.Errorf("what is open was refused: %q", refused.To)
				}
			})
		})
	}
}

// ownAddrs are the IPv4 addresses of this machine but its loopback's: the sandbox
// has one of its own.
func ownAddrs(t *testing.T) (all []string) {
	t.Helper()
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addrs {
		if ip := a.(*net.IPNet).IP.To4(); ip != nil && !ip.IsLoopback() {
			all = append(all, ip.String())
		}
	}
	if len(all) == 0 {
		t.Fatal("this machine has no address")
	}
	return all
}

// A stranger stands for the internet: a container on a network of its own, whose
// addresses are nobody's (RFC 5737), as far as the machine's routes go.
func TestWhatGoesOut(t *testing.T) {
	t.Parallel()
	for kind, goes := range map[suite.Network]bool{suite.Public: true, suite.NoNetwork: false} {
		t.Run(string(kind), func(t *testing.T) {
			_, _, sb, _, _ := reachLab(t, kind)
			where, listening := outside(t)
			if !listening {
				t.Skip("nothing beyond this machine answers: BENCHGATE_OUTSIDE names an address, HOST:PORT, that does")
			}
			script := "/probe reach " + where
			if exit, out := sh(t, sb, script); (exit.Code == 0) != goes {
				t.Errorf("%s: exit %d: %s", where, exit.Code, out)
			}
			exit, out := sh(t, sb, "nslookup deb.debian.org")
			if answered := exit.Code == 0 && strings.Contains(out, "Name:"); answered != goes {
				t.Errorf("a name: exit %d: %s", exit.Code, out)
			}
		})
	}
}

// outside is an address beyond this machine and its networks.
func outside(t *testing.T) (addr string, answers bool) {
	t.Helper()
	if addr = os.Getenv("BENCHGATE_OUTSIDE"); addr == "" {
		addr = "deb.debian.org:80"
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		return addr, false
	}
	defer conn.Close()
	ip := conn.RemoteAddr().(*net.TCPAddr).IP
	if ip.IsPrivate() || ip.IsLoopback() {
		return addr, false
	}
	return conn.RemoteAddr().String(), true
}

// Packets of all kinds leave for a public address: they are sent, and whether
// somebody answers is not ours.
func TestAllProtocolsGoOut(t *testing.T) {
	t.Parallel()
	_, _, sb, _, _ := reachLab(t, suite.Public)
	for _, target := range []string{"udp 192.0.2.77:9", "udp 1.1.1.1:123", "icmp 192.0.2.77", "udp 192.0.2.77:53"} {
		if exit, out := sh(t, sb, "/probe send "+target); exit.Code != 0 {
			t.Errorf("%s: %s", target, out)
		}
	}
	for _, target := range []string{"udp 10.1.2.3:9", "udp 169.254.169.254:53", "udp 224.0.0.251:5353", "icmp 192.168.1.1", "icmp 172.17.0.1"} {
		if exit, out := sh(t, sb, "/probe send "+target); exit.Code == 0 {
			t.Errorf("%s is sent: %s", target, out)
		}
	}
	refused, err := sb.Refused(t.Context())
	if err != nil || !slices.Contains(refused.To, "udp 10.1.2.3:9") || !slices.Contains(refused.To, "icmp 192.168.1.1") {
		t.Errorf("refused: %+v, %v", refused, err)
	}
}

func TestSandboxesOfARunCannotTalk(t *testing.T) {
	t.Parallel()
	for _, kind := range bothKinds {
		t.Run(string(kind), func(t *testing.T) {
			e, spec, server, _, _ := reachLab(t, kind)
			spec.Trial = "neighbour"
			neighbour, err := e.Create(t.Context(), spec)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := neighbour.Remove(context.WithoutCancel(t.Context())); err != nil {
					t.Error(err)
				}
			})
			sh(t, server, "/probe serve 8080 secret >/dev/null 2>&1 & until /probe dial 127.0.0.1:8080 >/dev/null 2>&1; do :; done")
			addr := addressOf(t, server) + ":8080"
			dials(t, server, addr, "secret")
			dials(t, neighbour, addr, "")
			if addressOf(t, neighbour) == addressOf(t, server) {
				t.Error("two sandboxes have one address")
			}
		})
	}
}

// A container that is not benchgate's, on the network of a run, is as little there
// for a sandbox as another sandbox, and the other way round.
func TestASandboxIsReachedByNobody(t *testing.T) {
	t.Parallel()
	_, spec, sb, _, _ := reachLab(t, suite.Public)
	api := raw(t)
	found, err := api.ContainerInspect(t.Context(), sb.ID())
	if err != nil {
		t.Fatal(err)
	}
	sentinel, err := api.ContainerInspect(t.Context(), found.HostConfig.NetworkMode.ConnectedContainer())
	if err != nil {
		t.Fatal(err)
	}
	if h := sentinel.HostConfig; h.Privileged || !h.ReadonlyRootfs || !slices.Equal(h.CapAdd, []string{"CAP_NET_ADMIN", "CAP_NET_RAW"}) {
		t.Errorf("the guard: privileged %t, read-only %t, %v", h.Privileged, h.ReadonlyRootfs, h.CapAdd)
	}
	if l := sentinel.Config.Labels; l["benchgate.run"] != spec.Run || l["benchgate.owner"] == "" {
		t.Errorf("the guard's labels: %v", l)
	}
	sh(t, sb, "/probe serve 8080 secret >/dev/null 2>&1 & until /probe dial 127.0.0.1:8080 >/dev/null 2>&1; do :; done")
	stranger, err := api.ContainerCreate(t.Context(), &container.Config{
		Image: spec.Image.ID, Cmd: []string{"/probe", "dial", addressOf(t, sb) + ":8080"}, Labels: sentinel.Config.Labels,
	}, &container.HostConfig{NetworkMode: container.NetworkMode(only(sentinel.NetworkSettings.Networks))}, nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	defer api.ContainerRemove(context.WithoutCancel(t.Context()), stranger.ID, container.RemoveOptions{Force: true})
	ended, failed := api.ContainerWait(t.Context(), stranger.ID, container.WaitConditionNextExit)
	if err := api.ContainerStart(t.Context(), stranger.ID, container.StartOptions{}); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-failed:
		t.Fatal(err)
	case end := <-ended:
		if end.StatusCode == 0 {
			t.Error("a container beside the sandbox reads from it")
		}
	}
}

func only(networks map[string]*network.EndpointSettings) string {
	for name := range networks {
		return name
	}
	return ""
}

// What an agent with root tries against the filter.
func TestTheGuardCannotBeUndone(t *testing.T) {
	t.Parallel()
	_, _, sb, _, service := reachLab(t, suite.NoNetwork)
	for _, script := range []string{
		`/benchgate/helper guard '{"public":true}'`,
		"ip link set eth0 down; ip route add default via " + strings.Split(service, ":")[0],
		"echo 1 > /proc/sys/net/ipv4/ip_forward",
		"echo nameserver 1.1.1.1 > /etc/resolv.conf; cat /etc/hosts >/dev/null; echo 127.0.0.1 x >> /etc/hosts",
		"kill -9 1; kill -TERM 1; true",
		"unshare -Urn true || unshare -rn true",
	} {
		sh(t, sb, script)
		dials(t, sb, service, "")
	}
}
