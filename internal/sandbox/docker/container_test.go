package docker_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/docker"
	"github.com/benchgate/benchgate/internal/sandbox/sandboxtest"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"
	"golang.org/x/sync/errgroup"
)

// lab makes a sandbox on a run of its own; all of it is gone after the test,
// which is checked.
func lab(t *testing.T, change func(*sandbox.Spec)) (*docker.Engine, sandbox.Spec, sandbox.Sandbox) {
	t.Helper()
	e := engine(t)
	spec := sandbox.Spec{
		Run:     "test-" + strings.ToLower(rand.Text()[:10]),
		Trial:   "candidate/hello world/1.1",
		Image:   prepare(t, e),
		Network: suite.Public,
	}
	if change != nil {
		change(&spec)
	}
	t.Cleanup(func() { nothingLeft(t, e, spec.Run) })
	sb, err := e.Create(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sb.Remove(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return e, spec, sb
}

func nothingLeft(t *testing.T, e *docker.Engine, run string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	if err := e.Close(ctx); err != nil {
		t.Error(err)
	}
	left, err := e.Sweep(ctx, run)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}

func sh(t *testing.T, sb sandbox.Sandbox, script string) (sandbox.Exit, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var out bytes.Buffer
	exit, err := sb.Exec(ctx, sandbox.Command{Argv: []string{"sh", "-c", script}, Stdout: &out, Stderr: &out})
	if err != nil {
		t.Fatalf("script %q: %v", script, err)
	}
	return exit, out.String()
}

func TestContainerIsMadeAsPromised(t *testing.T) {
	t.Setenv("ANTHROPIC_API_KEY", "sk-must-not-travel")
	_, spec, sb := lab(t, func(s *sandbox.Spec) {
		s.CPUs, s.MemoryMB, s.PIDs = 0.5, 64, 100
		s.Env = map[string]string{"TASK": "x"}
	})
	got, err := raw(t).ContainerInspect(t.Context(), sb.ID())
	if err != nil {
		t.Fatal(err)
	}
	h := got.HostConfig
	if h.NanoCPUs != 5e8 || h.Memory != 64<<20 || h.MemorySwap != h.Memory || h.PidsLimit == nil || *h.PidsLimit != 100 {
		t.Errorf("limits: %d nano CPUs, %d memory, %d with swap, %v PIDs", h.NanoCPUs, h.Memory, h.MemorySwap, h.PidsLimit)
	}
	if len(h.Binds) > 0 || len(got.Mounts) != 1 || got.Mounts[0].Destination != "/benchgate" || got.Mounts[0].RW {
		t.Errorf("mounts: %v, %v, want the helper program's volume, read-only", h.Binds, got.Mounts)
	}
	if l := got.Config.Labels; l["benchgate.run"] != spec.Run || l["benchgate.trial"] != spec.Trial || l["benchgate.owner"] == "" {
		t.Errorf("labels: %v", l)
	}
	if env := strings.Join(got.Config.Env, "\n"); strings.Contains(env, "sk-") || !strings.Contains(env, "TASK=x") {
		t.Errorf("environment:\n%s", env)
	}
}

func TestCommandsRunAsTheUserTheyName(t *testing.T) {
	t.Parallel()
	_, _, sb := lab(t, func(s *sandbox.Spec) { s.User = "1000:1000" })
	for user, want := range map[string]string{"": "1000\n", "root": "0\n", "7": "7\n"} {
		var out bytes.Buffer
		exit, err := sb.Exec(t.Context(), sandbox.Command{Argv: []string{"id", "-u"}, User: user, Stdout: &out})
		if err != nil || exit.Code != 0 || out.String() != want {
			t.Errorf("user %q: id says %q, %+v, %v, want %q", user, out.String(), exit, err, want)
		}
	}
	t.Run("and all of them are stopped", func(t *testing.T) {
		if _, out := sh(t, sb, "sleep 100 & echo $!"); out == "" {
			t.Fatal("nothing started")
		}
		began := time.Now()
		if err := sb.StopProcesses(t.Context(), 20*time.Second); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("stopping took %v", took)
		}
	})
}

func TestMemoryLimitIsReported(t *testing.T) {
	t.Parallel()
	_, _, sb := lab(t, func(s *sandbox.Spec) { s.MemoryMB = 32 })
	if exit, out := sh(t, sb, "exit 137"); exit.OutOfMemory {
		t.Errorf("a plain exit 137 is reported as out of memory: %s", out)
	}
	exit, _ := sh(t, sb, "tail /dev/zero; exit 3") // the child is killed, the shell goes on
	if want := (sandbox.Exit{Code: 3, OutOfMemory: true}); exit != want {
		t.Errorf("a child over the limit: %+v, want %+v", exit, want)
	}
	exit, _ = sh(t, sb, "exec tail /dev/zero")
	if want := (sandbox.Exit{Code: 137, OutOfMemory: true}); exit != want {
		t.Errorf("the command over the limit: %+v, want %+v", exit, want)
	}
	if exit, _ := sh(t, sb, "true"); exit != (sandbox.Exit{}) {
		t.Errorf("the next command: %+v, want a clean end", exit)
	}
}

func TestForkBombEndsWithTheTrial(t *testing.T) {
	_, _, sb := lab(t, func(s *sandbox.Spec) { s.PIDs, s.MemoryMB = 64, 64 })
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	bomb := `trap '' TERM; echo kept > /evidence; b() { b & b; }; while :; do (b); done`
	if _, err := sb.Exec(ctx, sandbox.Command{Argv: []string{"sh", "-c", bomb}}); !errors.Is(err, context.DeadlineExceeded) {
		t.Logf("the bomb's command ended by itself: %v", err) // its shell may die of its own fork
	}
	began := time.Now()
	if err := sb.StopProcesses(t.Context(), 500*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	t.Logf("stopped after %v", time.Since(began).Round(time.Millisecond))
	exit, out := sh(t, sb, "cat /evidence; ls /proc | grep -c '^[0-9]'")
	if exit.Code != 0 || !strings.HasPrefix(out, "kept\n") {
		t.Fatalf("after the bomb: %+v, %q", exit, out)
	}
	// PID 1, this shell, ls and grep.
	if n := strings.TrimSpace(strings.TrimPrefix(out, "kept\n")); len(n) != 1 || n > "4" {
		t.Errorf("%s processes are left", n)
	}
}

// probeImage is busybox with a static program of ours that dials and serves.
func probeImage(t *testing.T) sandbox.Image { return probeImageFor(t, runtime.GOARCH) }

func probeImageFor(t *testing.T, arch string) sandbox.Image {
	t.Helper()
	env := sandboxtest.Environment(t, map[string]string{"Dockerfile": "FROM busybox:latest\nCOPY probe /\nRUN chmod u+s /probe\n"})
	if err := os.WriteFile(filepath.Join(env.Context, "probe"), probe(t, arch), 0o755); err != nil {
		t.Fatal(err)
	}
	img, err := engine(t).Prepare(t.Context(), env, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// probes are the programs that were built, by architecture.
var probes struct {
	sync.Mutex
	built map[string][]byte
}

func probe(t *testing.T, arch string) []byte {
	t.Helper()
	probes.Lock()
	defer probes.Unlock()
	if program, built := probes.built[arch]; built {
		return program
	}
	file := filepath.Join(t.TempDir(), "probe")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", file, "./testdata/probe")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the probe: %v\n%s", err, out)
	}
	program, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if probes.built == nil {
		probes.built = make(map[string][]byte)
	}
	probes.built[arch] = program
	return program
}

// addressOf is that of the container whose network the sandbox has.
func addressOf(t *testing.T, sb sandbox.Sandbox) string {
	t.Helper()
	found, err := raw(t).ContainerInspect(t.Context(), sb.ID())
	if err != nil {
		t.Fatal(err)
	}
	if found.HostConfig.NetworkMode.IsContainer() {
		if found, err = raw(t).ContainerInspect(t.Context(), found.HostConfig.NetworkMode.ConnectedContainer()); err != nil {
			t.Fatal(err)
		}
	}
	for _, on := range found.NetworkSettings.Networks {
		return on.IPAddress
	}
	t.Fatal("the container is on no network")
	return ""
}

// answer says a word to everyone who connects, until the test ends.
func answer(t *testing.T, listener net.Listener, word string) {
	t.Helper()
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // closed by the clean-up
			}
			io.WriteString(conn, word)
			conn.Close()
		}
	})
	t.Cleanup(func() {
		listener.Close()
		serving.Wait()
	})
}

// serve says "meter" where the engine wants benchgate to listen, and returns
// what a sandbox dials.
func serve(t *testing.T, gateway sandbox.Gateway) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(gateway.ListenHost, "0"))
	if err != nil {
		t.Fatal(err)
	}
	answer(t, listener, "meter")
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return net.JoinHostPort(gateway.DialHost, port)
}

func TestSweepOfDeadRuns(t *testing.T) {
	e := engine(t)
	img := prepare(t, e)
	api := raw(t)
	owner, err := sandbox.Self()
	if err != nil {
		t.Fatal(err)
	}
	owner.PID, owner.Start = 1<<22+1, "1" // beyond the kernel's largest PID
	labels := map[string]string{"benchgate.run": "dead-" + rand.Text(), "benchgate.owner": owner.String()}

	dead, err := api.ContainerCreate(t.Context(), &container.Config{Image: img.ID, Cmd: []string{"sh"}, Labels: labels}, nil, nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	deadNet, err := api.NetworkCreate(t.Context(), "benchgate-dead-"+strings.ToLower(rand.Text()), network.CreateOptions{Labels: labels})
	if err != nil {
		t.Fatal(err)
	}
	strange, err := api.ContainerCreate(t.Context(), &container.Config{
		Image: img.ID, Cmd: []string{"sh"},
		Labels: map[string]string{"benchgate.run": "strange", "benchgate.owner": "somebody"},
	}, nil, nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		ctx := context.WithoutCancel(t.Context())
		if err := api.ContainerRemove(ctx, strange.ID, container.RemoveOptions{}); err != nil {
			t.Errorf("what has no known owner was not left alone: %v", err)
		}
	}()

	removed, err := e.Sweep(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if len(removed) < 2 {
		t.Errorf("removed %q, want the dead run's container and network", removed)
	}
	byRun := filters.NewArgs(filters.Arg("label", "benchgate.run="+labels["benchgate.run"]))
	containers, err := api.ContainerList(t.Context(), container.ListOptions{All: true, Filters: byRun})
	if err != nil || len(containers) > 0 {
		t.Errorf("container %s is still there: %v", dead.ID, err)
	}
	networks, err := api.NetworkList(t.Context(), network.ListOptions{Filters: byRun})
	if err != nil || len(networks) > 0 {
		t.Errorf("network %s is still there: %v", deadNet.ID, err)
	}
}

// Two processes that sweep at the same time come in each other's way, and neither
// fails. What a living run has stays.
func TestSweepsAtTheSameTime(t *testing.T) {
	t.Parallel()
	e, spec, living := lab(t, nil)
	api := raw(t)
	owner, err := sandbox.Self()
	if err != nil {
		t.Fatal(err)
	}
	owner.PID, owner.Start = 1<<22+1, "1" // beyond the kernel's largest PID
	rounds := 5
	if os.Getenv("BENCHGATE_FULL") != "" {
		rounds = 20
	}
	for range rounds {
		labels := map[string]string{"benchgate.run": "dead-" + rand.Text(), "benchgate.owner": owner.String()}
		net, err := api.NetworkCreate(t.Context(), "benchgate-dead-"+strings.ToLower(rand.Text()), network.CreateOptions{Labels: labels})
		if err != nil {
			t.Fatal(err)
		}
		var starts errgroup.Group
		for range 3 {
			starts.Go(func() error {
				dead, err := api.ContainerCreate(t.Context(), &container.Config{Image: spec.Image.ID, Cmd: []string{"sleep", "1000"}, Labels: labels},
					&container.HostConfig{NetworkMode: container.NetworkMode(net.ID)}, nil, nil, "")
				if err != nil {
					return err
				}
				return api.ContainerStart(t.Context(), dead.ID, container.StartOptions{})
			})
		}
		if err := starts.Wait(); err != nil {
			t.Fatal(err)
		}
		var sweeps sync.WaitGroup
		for range 2 {
			sweeps.Go(func() {
				if _, err := e.Sweep(t.Context(), ""); err != nil {
					t.Errorf("sweeping beside another: %v", err)
				}
			})
		}
		sweeps.Wait()
		byRun := filters.NewArgs(filters.Arg("label", "benchgate.run="+labels["benchgate.run"]))
		if left, err := api.NetworkList(t.Context(), network.ListOptions{Filters: byRun}); err != nil || len(left) > 0 {
			t.Fatalf("%d networks of the dead run are left, %v", len(left), err)
		}
	}
	if exit, _ := sh(t, living, "true"); exit.Code != 0 {
		t.Errorf("the living run's sandbox does not work any more: %+v", exit)
	}
}

func TestAbsentEngineSaysWhatToDo(t *testing.T) {
	began := time.Now()
	_, err := docker.New(t.Context(), docker.Options{Host: "unix://" + t.TempDir() + "/none.sock"})
	if !errors.Is(err, sandbox.ErrEngine) {
		t.Fatalf("New = %v, want one matching ErrEngine", err)
	}
	for _, want := range []string{"none.sock", "start Docker", "DOCKER_HOST", "sandbox: process"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name %q: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("more than one sentence: %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	if _, err := docker.New(t.Context(), docker.Options{Host: "nonsense"}); !errors.Is(err, sandbox.ErrEngine) {
		t.Errorf("New with a bad address = %v, want one matching ErrEngine", err)
	}
}

func TestWhatASandboxWritesIsCounted(t *testing.T) {
	t.Parallel()
	e, _, sb := lab(t, nil)
	if exit, out := sh(t, sb, "dd if=/dev/zero of=/data bs=1M count=5"); exit.Code != 0 {
		t.Fatal(out)
	}
	if written, err := sb.Written(t.Context()); err != nil || written < 5<<20 || written > 6<<20 {
		t.Errorf("%d bytes, %v, want a little over 5 MiB", written, err)
	}
	if free := e.DiskFree(); free <= 0 {
		t.Errorf("the engine's disk has %d bytes left", free)
	}
}
