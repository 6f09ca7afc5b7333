package run_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/realparts"
)

// Of an image that two tasks run in, whose environments are prepared at the same time,
// a run asks the registry once for each part, however many trials it has.
func TestAnImageOfTwoTasksIsPulledOnce(t *testing.T) {
	r := newRig(t)
	r.scripted(filepath.Join(e2eDir, "settings.yaml"))
	registry := startRegistry(t)
	ref := registry.newImage(t)
	dir := t.TempDir()
	for _, task := range []string{"first", "second"} {
		for file, text := range map[string]string{
			"task.toml":             "schema_version = \"1.4\"\n[task]\nname = \"test/" + task + "\"\n[environment]\nworkdir = \"/app\"\ndocker_image = \"" + ref + "\"\n",
			"instruction.md":        "Do nothing.\n",
			"environment/input.txt": "data\n",
			"tests/test.sh":         "#!/bin/sh\nif [ -e /mark ]; then echo 1; else echo 0; fi >/logs/verifier/reward.txt\n",
		} {
			file = filepath.Join(dir, task, filepath.FromSlash(file))
			if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o755)); err != nil {
				t.Fatal(err)
			}
		}
	}
	result, err := r.runIn(t.Context(), dir, `
suite: {name: pulled, tasks: [{path: first}, {path: second}]}
compare: settings
baseline: {agent: command, settings: {command: ["true"]}, from: live}
candidate: {agent: command, settings: {command: ["sh", "-c", "true"]}}
sandbox: docker
limits: {attempts: 1, usd: 1, usd_per_trial: 0.1, workers: 2}
gate: {mode: fixed}
`)
	if err != nil {
		t.Fatalf("%v\n%s", err, r.said)
	}
	for task, got := range byTask(result.Candidate) {
		if !got.IsSolved() {
			t.Errorf("%s did not run in the image: %s (%s)", task, got.Ended, got.Reason)
		}
	}
	pulls := 0
	for part, times := range registry.given() {
		t.Logf("%d times %s", times, part)
		if times != 1 {
			t.Errorf("the registry gave %s %d times, want once", part, times)
		}
		if strings.Contains(part, "/manifests/") {
			pulls++
		}
	}
	if pulls == 0 {
		t.Error("the registry gave no manifest: the image was there without it")
	}
}

// countingRegistry is a registry for images, and what was got from it.
type countingRegistry struct {
	*httptest.Server
	mu  sync.Mutex
	got map[string]int
}

// startRegistry starts the real one behind a door that counts.
func startRegistry(t *testing.T) *countingRegistry {
	t.Helper()
	program := realparts.RegistryProgram(t)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host := free.Addr().String()
	free.Close()
	dir := t.TempDir()
	file := filepath.Join(dir, "config.yml")
	text := fmt.Sprintf("version: 0.1\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: %q}\n", filepath.Join(dir, "images"), host)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	serving := exec.CommandContext(t.Context(), program, "serve", file)
	said, err := serving.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := serving.Start(); err != nil {
		realparts.Lacking(t, realparts.Registry, err.Error())
	}
	lines := bufio.NewScanner(said)
	for ready := false; !ready; {
		if !lines.Scan() {
			t.Fatal("the registry ended before it listened")
		}
		ready = strings.Contains(lines.Text(), "listening on")
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		_, _ = io.Copy(io.Discard, said)
	}()
	c := &countingRegistry{got: make(map[string]int)}
	c.Server = httptest.NewServer(c.count(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: host})
		r.Out.Host = r.In.Host // where the registry says that a push goes on
	}}))
	t.Cleanup(func() {
		c.Close()
		_ = serving.Process.Kill()
		<-drained
		_ = serving.Wait() // killed
	})
	return c
}

// count counts what is got, not what is only asked for (HEAD) or sent.
func (c *countingRegistry) count(registry http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && (strings.Contains(r.URL.Path, "/manifests/") || strings.Contains(r.URL.Path, "/blobs/sha256:")) {
			c.mu.Lock()
			c.got[r.URL.Path]++
			c.mu.Unlock()
		}
		registry.ServeHTTP(w, r)
	})
}

func (c *countingRegistry) given() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.got
}

// newImage makes an image that the engine does not have, and the registry has.
func (c *countingRegistry) newImage(t *testing.T) (ref string) {
	t.Helper()
	ref = strings.TrimPrefix(c.URL, "http://") + "/pulled:1"
	dir := t.TempDir()
	dockerfile := fmt.Sprintf("FROM busybox\nRUN echo %d >/mark\n", time.Now().UnixNano()) // small: all of it is pushed
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte(dockerfile), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = docker(context.WithoutCancel(t.Context()), "image", "rm", "-f", ref) // of the run, where it got so far
	})
	for _, args := range [][]string{{"build", "-q", "-t", ref, dir}, {"push", "-q", ref}, {"image", "rm", ref}} {
		if _, err := docker(t.Context(), args...); err != nil {
			t.Fatal(err)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.got) // pushing asks what is there already
	return ref
}
