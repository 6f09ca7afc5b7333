package docker_test

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/realparts"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/docker"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
)

const busybox = "busybox:latest"

// TestMain has four tests wait for the engine at a time, on however few CPUs, where
// -parallel does not say another number.
func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", "4"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// engine returns an engine of this machine that has busybox, for a test that is
// asked to use one.
func engine(t *testing.T) *docker.Engine {
	t.Helper()
	realparts.Need(t, realparts.Docker)
	e, err := docker.New(t.Context(), docker.Options{Run: "test"})
	if err != nil {
		realparts.Lacking(t, realparts.Docker, err.Error())
	}
	ensureBusybox(t)
	t.Cleanup(func() { closeEngine(t, e) })
	return e
}

// closeEngine removes what the engine made for itself. Twice is no error.
func closeEngine(t *testing.T, e *docker.Engine) {
	if err := e.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Errorf("closing the engine: %v", err)
	}
}

// raw is the engine's own interface, to see what benchgate really asked for.
func raw(t *testing.T) *client.Client {
	t.Helper()
	api, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { api.Close() })
	return api
}

// ensureBusybox makes the image from this machine's static busybox when no
// registry gave it.
func ensureBusybox(t *testing.T) {
	t.Helper()
	api := raw(t)
	_, err := api.ImageInspect(t.Context(), busybox)
	if err == nil {
		return
	}
	if !errdefs.IsNotFound(err) {
		t.Fatal(err)
	}
	binary, err := os.ReadFile("/bin/busybox")
	if err != nil {
		realparts.Lacking(t, realparts.Docker, "neither the engine nor this machine has busybox (apt-get install busybox-static)")
	}
	applets, err := exec.Command("/bin/busybox", "--list").Output()
	if err != nil {
		t.Fatal(err)
	}
	progress, err := api.ImageImport(t.Context(), image.ImportSource{Source: rootOf(t, binary, strings.Fields(string(applets))), SourceName: "-"},
		busybox, image.ImportOptions{Changes: []string{`CMD ["sh"]`}})
	if err != nil {
		t.Fatal(err)
	}
	defer progress.Close()
	if _, err := io.Copy(io.Discard, progress); err != nil {
		t.Fatal(err)
	}
}

func rootOf(t *testing.T, binary []byte, applets []string) io.Reader {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	add := func(h *tar.Header, content []byte) {
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	add(&tar.Header{Typeflag: tar.TypeReg, Name: "bin/busybox", Mode: 0o755, Size: int64(len(binary))}, binary)
	for _, name := range applets {
		if name != "busybox" {
			add(&tar.Header{Typeflag: tar.TypeSymlink, Name: "bin/" + name, Linkname: "busybox"}, nil)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &buf
}

// prepare returns busybox as an image of the engine.
func prepare(t *testing.T, e sandbox.Engine) sandbox.Image {
	t.Helper()
	img, err := e.Prepare(t.Context(), suite.Environment{Image: busybox}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// fillerName is the name that only one process at a time can hold.
func fillerName(tools string) string {
	return fmt.Sprintf("benchgate-fill-%.12x", sha256.Sum256([]byte(tools)))
}
