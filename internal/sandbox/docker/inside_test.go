package docker_test

import (
	"archive/tar"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/pkg/stdcopy"
)

// The Action runs benchgate in a container with the engine's socket. There it
// must join the run's network, and leave it before it removes it.
func TestInsideAContainerOfTheEngine(t *testing.T) {
	t.Parallel()
	engine(t)
	api := raw(t)
	socket, local := strings.CutPrefix(api.DaemonHost(), "unix://")
	if !local {
		t.Skipf("the engine at %s has no socket to hand on", api.DaemonHost())
	}
	made, err := api.ContainerCreate(t.Context(), &container.Config{
		Image: busybox,
		Cmd:   []string{"/contract.test", "-test.run=^TestContract$/^(Gateway|Isolation|Reach|Removal)$"},
		Env:   []string{"TMPDIR=/", "BENCHGATE_REQUIRE=docker", "DOCKER_HOST=unix:///docker.sock"},
	}, &container.HostConfig{Binds: []string{socket + ":/docker.sock"}}, nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		if err := api.ContainerRemove(ctx, made.ID, container.RemoveOptions{Force: true}); err != nil {
			t.Error(err)
		}
	})
	if err := api.CopyToContainer(t.Context(), made.ID, "/", testBinary(t), container.CopyToContainerOptions{}); err != nil {
		t.Fatal(err)
	}
	ended, failed := api.ContainerWait(t.Context(), made.ID, container.WaitConditionNextExit)
	if err := api.ContainerStart(t.Context(), made.ID, container.StartOptions{}); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-failed:
		t.Fatal(err)
	case end := <-ended:
		logs, err := api.ContainerLogs(t.Context(), made.ID, container.LogsOptions{ShowStdout: true, ShowStderr: true})
		if err != nil {
			t.Fatal(err)
		}
		defer logs.Close()
		var out bytes.Buffer
		if _, err := stdcopy.StdCopy(&out, &out, logs); err != nil {
			t.Fatal(err)
		}
		if end.StatusCode != 0 || !strings.Contains(out.String(), "PASS") {
			t.Errorf("the contract inside a container: exit %d\n%s", end.StatusCode, &out)
		}
	}
}

// testBinary packs this package's tests as a static program.
func testBinary(t *testing.T) *bytes.Buffer {
	t.Helper()
	path := filepath.Join(t.TempDir(), "contract.test")
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the test: %v\n%s", err, out)
	}
	binary, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "contract.test", Mode: 0o755, Size: int64(len(binary))}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(binary); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &archive
}
