package docker_test

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/docker"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"
)

// A command is under way when its container ends. Its exit is known at once;
// how the container ended must be right at once too, however late the engine
// notices.
func TestFateOfAContainer(t *testing.T) {
	t.Parallel()
	at := new(int) // zero: no time for TERM
	tests := []struct {
		name string
		cmd  string
		from func(ctx context.Context, api *client.Client, id string) error // from outside, while cmd runs
		want sandbox.Fate
	}{
		{
			"somebody kills it", endless,
			func(ctx context.Context, api *client.Client, id string) error {
				return api.ContainerKill(ctx, id, "KILL")
			},
			sandbox.Fate{Kind: sandbox.EndedOutside, Detail: "signal 9"},
		},
		{
			"somebody stops it", endless,
			func(ctx context.Context, api *client.Client, id string) error {
				return api.ContainerStop(ctx, id, container.StopOptions{Timeout: at})
			},
			sandbox.Fate{Kind: sandbox.EndedOutside, Detail: "signal 9"},
		},
		{
			"somebody restarts it", endless,
			func(ctx context.Context, api *client.Client, id string) error {
				return api.ContainerRestart(ctx, id, container.StopOptions{Timeout: at})
			},
			sandbox.Fate{Kind: sandbox.EndedOutside, Detail: "signal 9"},
		},
		{
			"somebody removes it", endless,
			func(ctx context.Context, api *client.Client, id string) error {
				return api.ContainerRemove(ctx, id, container.RemoveOptions{Force: true})
			},
			sandbox.Fate{Kind: sandbox.EndedOutside, Detail: "signal 9"},
		},
		{
			"its main process ends", endless,
			func(_ context.Context, api *client.Client, id string) error {
				return signalMain(api, id, syscall.SIGKILL)
			},
			sandbox.Fate{Kind: sandbox.EndedItself, Detail: "exit code 137"},
		},
		{
			// Of what is in memory file systems no process is the owner, so the
			// kernel kills whoever has most, and at last PID 1.
			"a file takes the memory", "dd if=/dev/zero of=/dev/shm/full bs=64k count=1000; " + endless, nil,
			sandbox.Fate{Kind: sandbox.OverMemory},
		},
		{
			"a command takes the memory", "exec tail /dev/zero", nil,
			sandbox.Fate{Kind: sandbox.Lives},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, sb := lab(t, func(s *sandbox.Spec) { s.MemoryMB = 32 })
			acted := make(chan error, 1)
			stdout, started := io.Pipe()
			go func() {
				_, err := stdout.Read(make([]byte, 8))
				if tt.from != nil && err == nil {
					err = tt.from(context.WithoutCancel(t.Context()), raw(t), sb.ID())
				}
				go io.Copy(io.Discard, stdout)
				acted <- err
			}()
			exit, err := sb.Exec(t.Context(), sandbox.Command{Argv: []string{"/bin/busybox", "sh", "-c", "echo up; " + tt.cmd}, Stdout: started})
			if err != nil || exit.Code != 137 {
				t.Errorf("the command ended with %+v, %v, want exit code 137", exit, err)
			}
			began := time.Now()
			if got, err := sb.Fate(t.Context()); err != nil || got != tt.want {
				t.Errorf("fate = %+v, %v, want %+v", got, err, tt.want)
			}
			t.Logf("known after %v", time.Since(began).Round(time.Millisecond))
			started.Close()
			if err := <-acted; err != nil {
				t.Error(err)
			}
		})
	}
}

const endless = "while :; do :; done"

// signalMain sends a signal to the main process of a container, past the engine.
func signalMain(api *client.Client, id string, sig syscall.Signal) error {
	found, err := api.ContainerInspect(context.Background(), id)
	if err != nil {
		return err
	}
	return syscall.Kill(found.State.Pid, sig)
}

// What a command did to the files can keep the container from starting again:
// that is no failure of the engine.
func TestAContainerThatCannotBeStartedAgain(t *testing.T) {
	t.Parallel()
	e, spec, sb := lab(t, func(s *sandbox.Spec) { s.Workdir = "/app" })
	sh(t, sb, "cd /; rm -rf /app; touch /app")
	if err := signalMain(raw(t), sb.ID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	err := sb.StopProcesses(t.Context(), 0)
	if err == nil || errors.Is(err, sandbox.ErrEngine) {
		t.Errorf("stopping = %v, want an error that does not blame the engine", err)
	}
	got, err := sb.Fate(t.Context())
	if err != nil || got.Kind != sandbox.Broken || got.Detail == "" {
		t.Errorf("fate = %+v, %v, want that it is broken, and why", got, err)
	}
	if left, err := e.Sweep(t.Context(), spec.Run); err != nil || len(left) != 3 {
		t.Errorf("the run has %q (%v), want its one sandbox, that one's guard, and its network", left, err)
	}
}

// An engine that cannot be reached any more is not asked for long, and nobody
// else is blamed.
func TestFateWhenTheEngineIsGone(t *testing.T) {
	t.Parallel()
	direct := engine(t)
	front := newFront(t)
	e, err := docker.New(t.Context(), docker.Options{Run: "test", Host: front.host})
	if err != nil {
		t.Fatal(err)
	}
	spec := sandbox.Spec{Run: "test-" + strings.ToLower(t.Name()), Trial: "gone", Image: prepare(t, e), Network: "public"}
	sb, err := e.Create(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := direct.Sweep(context.WithoutCancel(t.Context()), spec.Run); err != nil {
			t.Error(err)
		}
	})
	front.close()
	if _, err := sb.Exec(t.Context(), sandbox.Command{Argv: []string{"true"}}); !errors.Is(err, sandbox.ErrEngine) {
		t.Errorf("a command = %v, want an error of the engine", err)
	}
	if got, err := sb.Fate(t.Context()); !errors.Is(err, sandbox.ErrEngine) {
		t.Errorf("fate = %+v, %v, want an error of the engine", got, err)
	}
}

// front is a socket before the engine's, which can be closed.
type front struct {
	host  string
	close func()
}

func newFront(t *testing.T) front {
	t.Helper()
	socket, local := strings.CutPrefix(raw(t).DaemonHost(), "unix://")
	if !local {
		t.Skip("the engine has no local socket")
	}
	path := filepath.Join(t.TempDir(), "front.sock")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go pass(ctx, conn, socket)
		}
	}()
	stop := func() { listener.Close(); cancel() }
	t.Cleanup(stop)
	return front{host: "unix://" + path, close: stop}
}

// pass connects two ends until one closes or ctx ends.
func pass(ctx context.Context, conn net.Conn, socket string) {
	defer conn.Close()
	back, err := net.Dial("unix", socket)
	if err != nil {
		return
	}
	defer back.Close()
	defer context.AfterFunc(ctx, func() { conn.Close(); back.Close() })()
	go func() {
		io.Copy(back, conn)
		back.(*net.UnixConn).CloseWrite()
	}()
	io.Copy(conn, back)
}
