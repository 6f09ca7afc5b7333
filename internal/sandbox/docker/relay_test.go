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

	"github.com/benchgate/benchgate/internal/realparts"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/docker"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/docker/docker/api/types/container"
)

// farAway is this machine's engine as one of another machine is reached.
func farAway(t *testing.T) (e *docker.Engine, cut func()) {
	t.Helper()
	host, cut := realparts.FarEngine(t)
	e, err := docker.New(t.Context(), docker.Options{Host: host, Run: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeEngine(t, e) })
	return e, cut
}

// farLab is a sandbox of an engine far away, and what it dials for the meter and for
// a listener of benchgate's machine that is not for it.
func farLab(t *testing.T, kind suite.Network) (e *docker.Engine, spec sandbox.Spec, sb sandbox.Sandbox, other string, cut func()) {
	t.Helper()
	image := probeImage(t)
	e, cut = farAway(t)
	spec = sandbox.Spec{Run: "test-" + strings.ToLower(rand.Text()[:10]), Trial: "trial", Image: image, Network: kind}
	t.Cleanup(func() { nothingLeft(t, e, spec.Run) })
	gateway, err := e.Gateway(t.Context(), spec.Run, kind)
	if err != nil {
		t.Fatal(err)
	}
	meter := serve(t, gateway)
	spec.Reach = []string{meter}
	other = serve(t, gateway)
	sb, err = e.Create(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sb.Remove(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return e, spec, sb, other, cut
}

func TestSandboxesOfAnEngineFarAwayReachBenchgate(t *testing.T) {
	t.Parallel()
	for _, kind := range bothKinds {
		t.Run(string(kind), func(t *testing.T) {
			e, spec, sb, other, _ := farLab(t, kind)
			meter := spec.Reach[0]
			dials(t, sb, meter, "meter")
			dials(t, sb, other, "")
			for _, addr := range ownAddrs(t) {
				_, port, _ := net.SplitHostPort(meter)
				dials(t, sb, net.JoinHostPort(addr, port), "")
			}
			if err := sb.StopProcesses(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			dials(t, sb, meter, "meter")
			none := 0
			if err := raw(t).ContainerRestart(t.Context(), sb.ID(), container.StopOptions{Timeout: &none}); err != nil {
				t.Fatal(err)
			}
			dials(t, sb, meter, "meter")
			if exit, out := sh(t, sb, "/probe serve "+meter[strings.LastIndex(meter, ":")+1:]+" me"); exit.Code == 0 || !strings.Contains(out, "in use") {
				t.Errorf("a sandbox can stand in for benchgate: %s", out)
			}

			spec.Trial = "the next" // whose guard was made ahead
			next, err := e.Create(t.Context(), spec)
			if err != nil {
				t.Fatal(err)
			}
			dials(t, next, meter, "meter")
			if err := next.Remove(t.Context()); err != nil {
				t.Error(err)
			}
			dials(t, sb, meter, "meter")
		})
	}
}

// The p50 of a connection, with its answer, is printed.
func TestManyConnectionsFromFarAway(t *testing.T) {
	t.Parallel()
	_, spec, sb, _, _ := farLab(t, suite.NoNetwork)
	const n = 200
	exit, out := sh(t, sb, fmt.Sprintf("/probe many %s %d", spec.Reach[0], n))
	took := strings.Fields(out)
	if exit.Code != 0 || len(took) != n {
		t.Fatalf("%d of %d: %.500s", len(took), n, out)
	}
	var all []time.Duration
	for _, text := range took {
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	slices.Sort(all)
	t.Logf("%d connections at once: p50 %s, p90 %s, longest %s", n, all[n/2], all[n*9/10], all[n-1])
	exit, out = sh(t, sb, fmt.Sprintf("for i in 1 2 3 4 5 6 7; do /probe many %s 1; done", spec.Reach[0]))
	t.Logf("one after the other, exit %d: %s", exit.Code, strings.Fields(out))
}

// When benchgate dies, the relay ends in the guard; the guard is removed as what dead
// runs left is.
func TestARelayEndsWithBenchgate(t *testing.T) {
	t.Parallel()
	_, spec, sb, _, cut := farLab(t, suite.Public)
	found, err := raw(t).ContainerInspect(t.Context(), sb.ID())
	if err != nil {
		t.Fatal(err)
	}
	guard := found.HostConfig.NetworkMode.ConnectedContainer()
	programs := func() int {
		top, err := raw(t).ContainerTop(t.Context(), guard, nil)
		if err != nil {
			t.Fatal(err)
		}
		return len(top.Processes)
	}
	if n := programs(); n != 2 {
		t.Errorf("%d programs run in the guard, want itself and the relay", n)
	}
	cut()
	for deadline := time.Now().Add(10 * time.Second); programs() != 1; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the relay outlives benchgate")
		}
	}
	dials(t, sb, spec.Reach[0], "")
}
