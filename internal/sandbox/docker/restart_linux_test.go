package docker_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/realparts"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
)

// An engine is restarted while a command runs, for an update say. Nothing of that
// may be taken for the doing of what ran in it.
func TestTheEngineIsRestarted(t *testing.T) {
	if testing.Short() {
		t.Skip("starts engines of its own")
	}
	for name, args := range map[string][]string{
		"and stops its containers":   nil,
		"and its containers live on": {"--live-restore"},
	} {
		t.Run(name, func(t *testing.T) {
			d := startDaemon(t, args...)
			e := engine(t)
			spec := sandbox.Spec{Run: "restart", Trial: "restart", Image: prepare(t, e), Network: suite.Public}
			sb, err := e.Create(t.Context(), spec)
			if err != nil {
				t.Fatal(err)
			}
			stdout, up := io.Pipe()
			restarted := make(chan struct{})
			go func() {
				defer close(restarted)
				_, _ = stdout.Read(make([]byte, 8))
				d.end()
				d.start()
			}()
			exit, err := sb.Exec(t.Context(), sandbox.Command{Argv: []string{"sh", "-c", "echo up; " + endless}, Stdout: up})
			<-restarted
			fate, fateErr := sb.Fate(t.Context())
			t.Logf("the command: %+v, %v; the sandbox: %+v, %v", exit, err, fate, fateErr)
			// Either the engine knows no end of the container, or it fails to
			// say how the command ended. Which one is a matter of time.
			outside := fate.Kind == sandbox.EndedOutside || fate.Kind == sandbox.EngineLost
			if !outside && !errors.Is(err, sandbox.ErrEngine) && !errors.Is(fateErr, sandbox.ErrEngine) {
				t.Error("nobody says that it was the engine")
			}
			if err := sb.Remove(t.Context()); err != nil {
				t.Error(err)
			}
			if err := e.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// daemon is an engine of the test's own, beside this machine's.
type daemon struct {
	t    *testing.T
	argv []string
	cmd  *exec.Cmd
	said *tail
}

// tail keeps the last of what was written.
type tail struct{ text []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-2000):]
	return len(p), nil
}

// startDaemon starts an engine and makes it the test's. BENCHGATE_DOCKERD is its
// program with the arguments that it needs, by default the one in PATH.
func startDaemon(t *testing.T, args ...string) *daemon {
	t.Helper()
	realparts.Need(t, realparts.Docker)
	argv := strings.Fields(cmp.Or(os.Getenv("BENCHGATE_DOCKERD"), "dockerd"))
	if _, err := exec.LookPath(argv[0]); err != nil || os.Getuid() != 0 {
		realparts.Lacking(t, realparts.Docker, "an engine of its own needs dockerd and root")
	}
	dir, err := os.MkdirTemp("", "engine") // a short name, as sockets need
	if err != nil {
		t.Fatal(err)
	}
	host := "unix://" + filepath.Join(dir, "docker.sock")
	t.Setenv("DOCKER_HOST", host)
	d := &daemon{t: t, said: new(tail)}
	d.argv = append(append(argv, "--host", host, "--data-root", filepath.Join(dir, "data"), "--exec-root", filepath.Join(dir, "exec"),
		"--pidfile", filepath.Join(dir, "pid"), "--bridge", "none", "--iptables=false", "--ip6tables=false"), args...)
	d.start()
	t.Cleanup(func() {
		d.end()
		// An engine whose containers may live on, or were on its machine's network,
		// leaves mounts behind.
		for _, mount := range []string{"data", "exec/netns/default"} {
			_ = syscall.Unmount(filepath.Join(dir, mount), syscall.MNT_DETACH)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return d
}

// start returns when the engine answers.
func (d *daemon) start() {
	d.t.Helper()
	d.cmd = exec.Command(d.argv[0], d.argv[1:]...)
	d.cmd.Stdout, d.cmd.Stderr = d.said, d.said
	// In this machine's own network it would remove the bridge of the other engine.
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if err := d.cmd.Start(); err != nil {
		d.t.Error(err)
		return
	}
	api := raw(d.t)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		_, err := api.Ping(context.WithoutCancel(d.t.Context()))
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			d.t.Errorf("the engine does not answer: %v\n%s", err, d.said.text)
			return
		}
	}
}

func (d *daemon) end() {
	_ = d.cmd.Process.Signal(syscall.SIGTERM)
	_ = d.cmd.Wait() // its exit code says how it was ended
}
