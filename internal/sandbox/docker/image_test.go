package docker_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/sandboxtest"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
)

// removeImage keeps the engine as it was.
func removeImage(t *testing.T, id string) {
	t.Helper()
	_, err := raw(t).ImageRemove(context.WithoutCancel(t.Context()), id, image.RemoveOptions{Force: true, PruneChildren: true})
	if err != nil && !errdefs.IsNotFound(err) {
		t.Error(err)
	}
}

func TestBuildTellsItsLogAndIsReused(t *testing.T) {
	t.Parallel()
	e := engine(t)
	env := sandboxtest.Environment(t, map[string]string{
		"docker/Dockerfile": "FROM busybox:latest\nARG WORD\nUSER 1000\nWORKDIR /work\nCOPY note.txt .\nRUN echo built-with-$WORD\n",
		"note.txt":          rand.Text(),
	})
	env.Dockerfile = "docker/Dockerfile"
	env.BuildArgs = map[string]string{"WORD": "care"}

	var wg sync.WaitGroup
	logs := make([]bytes.Buffer, 2)
	images := make([]sandbox.Image, 2)
	for i := range 2 {
		wg.Go(func() {
			img, err := e.Prepare(t.Context(), env, &logs[i])
			if err != nil {
				t.Error(err)
			}
			images[i] = img
		})
	}
	wg.Wait()
	t.Cleanup(func() { removeImage(t, images[0].ID) })
	if !reflect.DeepEqual(images[0], images[1]) {
		t.Errorf("two images of one task: %+v, %+v", images[0], images[1])
	}
	if img := images[0]; img.Workdir != "/work" || img.User != "1000" || img.OS != "linux" || img.Libc != "" {
		t.Errorf("image: %+v", img)
	}
	if builds := strings.Count(logs[0].String()+logs[1].String(), "built-with-care\n"); builds != 1 {
		t.Errorf("built %d times, want once; logs:\n%s\n%s", builds, &logs[0], &logs[1])
	}
}

func TestBuildFailsWithTheBuildersWords(t *testing.T) {
	t.Parallel()
	e := engine(t)
	var log bytes.Buffer
	_, err := e.Prepare(t.Context(), sandboxtest.Environment(t, map[string]string{
		"Dockerfile": "FROM busybox:latest\nRUN echo the reason is " + rand.Text() + "; exit 9\n",
	}), &log)
	if err == nil || !strings.Contains(err.Error(), "non-zero code: 9") || errors.Is(err, sandbox.ErrEngine) {
		t.Errorf("Prepare = %v, want the builder's error, which is not the engine's fault", err)
	}
	if !strings.Contains(log.String(), "the reason is") {
		t.Errorf("log:\n%s", &log)
	}
}

func TestBuildTimeout(t *testing.T) {
	t.Parallel()
	e := engine(t)
	env := sandboxtest.Environment(t, map[string]string{"Dockerfile": "FROM busybox:latest\nRUN sleep 60; echo " + rand.Text() + "\n"})
	env.BuildTimeout = 1500 * time.Millisecond
	began := time.Now()
	_, err := e.Prepare(t.Context(), env, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "longer than its timeout of 1.5s") {
		t.Errorf("Prepare = %v, want its timeout", err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("Prepare came back after %v", took)
	}
}

func TestImageThatCannotBePulled(t *testing.T) {
	t.Parallel()
	e := engine(t)
	const ref = "127.0.0.1:1/no/such:image" // a registry where nobody listens
	_, err := e.Prepare(t.Context(), suite.Environment{Image: ref}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), ref+" is not on this engine") {
		t.Errorf("Prepare = %v, want one that names the image", err)
	}
}

func TestLibcOfImages(t *testing.T) {
	t.Parallel()
	e := engine(t)
	const loader = "FROM busybox:latest\nRUN mkdir -p /lib /lib64 && touch "
	for libc, dockerfile := range map[string]string{
		"glibc": loader + "/lib/ld-musl-x86_64.so.1 /lib64/ld-linux-x86-64.so.2\n",
		"musl":  loader + "/lib/ld-musl-x86_64.so.1\n",
	} {
		img, err := e.Prepare(t.Context(), sandboxtest.Environment(t, map[string]string{"Dockerfile": dockerfile}), io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { removeImage(t, img.ID) })
		if img.Libc != libc {
			t.Errorf("libc = %q, want %q", img.Libc, libc)
		}
	}
}

// A sandbox needs nothing of its image but the platform that the helper is for.
func TestAnImageNeedsNoShell(t *testing.T) {
	t.Parallel()
	e := engine(t)
	img, err := e.Prepare(t.Context(), sandboxtest.Environment(t, map[string]string{
		"Dockerfile": "FROM scratch\nCOPY file /\n", "file": rand.Text(),
	}), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { removeImage(t, img.ID) })
	spec := sandbox.Spec{Run: "test-" + strings.ToLower(rand.Text()[:10]), Trial: "t", Image: img, Network: suite.Public}
	t.Cleanup(func() { nothingLeft(t, e, spec.Run) })
	sb, err := e.Create(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	if err := sb.StopProcesses(t.Context(), time.Second); err != nil {
		t.Error(err)
	}
	if exit, err := sb.Exec(t.Context(), sandbox.Command{Argv: []string{"sh"}}); err == nil && exit.Code != 126 && exit.Code != 127 {
		t.Errorf("a shell that is not there: %+v", exit)
	}
	if fate, err := sb.Fate(t.Context()); err != nil || fate.Kind != sandbox.Lives {
		t.Errorf("fate = %+v, %v", fate, err)
	}
	if err := sb.Remove(t.Context()); err != nil {
		t.Error(err)
	}
	spec.Image.Arch = "riscv64"
	if _, err := e.Create(t.Context(), spec); !errors.Is(err, sandbox.ErrUnsupported) || !strings.Contains(err.Error(), "riscv64") {
		t.Errorf("another platform: %v, want one matching ErrUnsupported", err)
	}
}

// Two engines in one process share nothing but the Docker engine, as two
// processes do.
func TestTwoProcessesFillToolsOnce(t *testing.T) {
	t.Parallel()
	one, two := engine(t), engine(t)
	name := "test tools " + rand.Text()
	keepOthers := func(n string) bool { return n != name }
	t.Cleanup(func() {
		if removed, err := one.RemoveTools(context.WithoutCancel(t.Context()), keepOthers); err != nil || len(removed) != 1 {
			t.Errorf("RemoveTools = %q, %v, want the one volume", removed, err)
		}
	})
	fills := make(chan struct{}, 2)
	spec := sandbox.Spec{Run: "test-" + strings.ToLower(rand.Text()[:10]), Trial: "t", Image: prepare(t, one), Network: suite.Public}
	spec.Tools = []sandbox.Tools{{Name: name, Path: "/opt/tool", Fill: func(_ context.Context, w io.Writer) error {
		fills <- struct{}{}
		time.Sleep(300 * time.Millisecond) // long enough for the other to come
		return sandboxtest.WriteTar(w, "content", "complete")
	}}}
	// A process that died while it filled has left the lock.
	t.Run("after one that died", func(t *testing.T) { leaveFiller(t, spec, name) })

	var wg sync.WaitGroup
	for _, e := range []sandbox.Engine{one, two} {
		wg.Go(func() {
			sb, err := e.Create(t.Context(), spec)
			if err != nil {
				t.Error(err)
				return
			}
			if exit, out := sh(t, sb, "cat /opt/tool/content && ! touch /opt/tool/x 2>/dev/null"); exit.Code != 0 || out != "complete" {
				t.Errorf("tool holds %q, exit %d: it must be complete and read-only", out, exit.Code)
			}
			if err := sb.Remove(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(fills) != 1 {
		t.Errorf("filled %d times, want once", len(fills))
	}
	for _, e := range []sandbox.Engine{one, two} {
		if err := e.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	nothingLeft(t, one, spec.Run)
}

// leaveFiller makes the container that a dead process fills the tools through.
func leaveFiller(t *testing.T, spec sandbox.Spec, tools string) {
	t.Helper()
	owner, err := sandbox.Self()
	if err != nil {
		t.Fatal(err)
	}
	owner.PID, owner.Start = 1<<22+1, "1"
	_, err = raw(t).ContainerCreate(t.Context(), &container.Config{Image: spec.Image.ID, Cmd: []string{"sh"}, Labels: map[string]string{
		"benchgate.run": "dead", "benchgate.owner": owner.String(), "benchgate.tools": tools,
	}}, nil, nil, nil, fillerName(tools))
	if err != nil {
		t.Fatal(err)
	}
}
