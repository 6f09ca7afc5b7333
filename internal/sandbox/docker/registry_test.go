package docker_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/realparts"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/docker"
	"github.com/benchgate/benchgate/internal/sandbox/sandboxtest"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/registry"
)

// The one account of the registry, and its line in a file of htpasswd (bcrypt).
const (
	registryUser     = "gate"
	registryPassword = "a-password-for-tests-only"
	htpasswd         = registryUser + ":$2b$04$4yfPgeqjFPBnPADnpCH22esCMfM2bPNQSRe0SlQIMYfpkfcGl6FeO\n"
)

// privateRegistry starts a registry that lets only its account in and returns its
// host.
func privateRegistry(t *testing.T) (host string) {
	t.Helper()
	program := realparts.RegistryProgram(t)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host = free.Addr().String()
	free.Close()
	dir := t.TempDir()
	configuration := fmt.Sprintf("version: 0.1\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: %q}\nauth: {htpasswd: {realm: test, path: %s}}\n",
		filepath.Join(dir, "images"), host, filepath.Join(dir, "htpasswd"))
	for name, text := range map[string]string{"config.yml": configuration, "htpasswd": htpasswd} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	serving := exec.CommandContext(ctx, program, "serve", filepath.Join(dir, "config.yml"))
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
	t.Cleanup(func() {
		stop()
		<-drained
		_ = serving.Wait() // killed
	})
	return host
}

// push puts busybox into the registry under a name and takes the name off the
// engine.
func push(t *testing.T, host, name string) (ref string) {
	t.Helper()
	ref = host + "/" + name
	api := raw(t)
	if err := api.ImageTag(t.Context(), busybox, ref); err != nil {
		t.Fatal(err)
	}
	login, err := registry.EncodeAuthConfig(registry.AuthConfig{Username: registryUser, Password: registryPassword, ServerAddress: host})
	if err != nil {
		t.Fatal(err)
	}
	progress, err := api.ImagePush(t.Context(), ref, image.PushOptions{RegistryAuth: login})
	if err != nil {
		t.Fatal(err)
	}
	defer progress.Close()
	said, err := io.ReadAll(progress)
	if err != nil || !bytes.Contains(said, []byte("digest: sha256:")) {
		t.Fatalf("pushing: %v\n%s", err, said)
	}
	forget(t, ref)
	t.Cleanup(func() { forget(t, ref) })
	return ref
}

// forget takes a name off the engine, if it is there.
func forget(t *testing.T, ref string) {
	_, err := raw(t).ImageRemove(context.WithoutCancel(t.Context()), ref, image.RemoveOptions{})
	if err != nil && !strings.Contains(err.Error(), "No such image") {
		t.Error(err)
	}
}

// loggedIn are logins as the variable has them.
func loggedIn(host, password string) string {
	return fmt.Sprintf(`{"auths": {%q: {"auth": %q}}}`, host, base64.StdEncoding.EncodeToString([]byte(registryUser+":"+password)))
}

func TestAPrivateImageIsPulledWithTheJobsLogin(t *testing.T) {
	_ = engine(t)
	host := privateRegistry(t)
	ref := push(t, host, "private:1")
	// DOCKER_CONFIG keeps this machine's own logins out of the test.
	t.Setenv("DOCKER_CONFIG", t.TempDir())
	var log bytes.Buffer
	e, err := docker.New(t.Context(), docker.Options{Run: "test", Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeEngine(t, e) })
	pull := func() (sandbox.Image, error) {
		return e.Prepare(t.Context(), suite.Environment{Image: ref}, &log)
	}
	for _, tt := range []struct{ variable, want string }{
		{"", "there is no login of " + host + ": log in before"},
		{loggedIn(host, "another-password"), "the login of " + host + " in DOCKER_AUTH_CONFIG was sent: it may be wrong"},
	} {
		t.Setenv("DOCKER_AUTH_CONFIG", tt.variable)
		if _, err := pull(); err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "another-password") {
			t.Fatalf("error is %v, want %s", err, tt.want)
		}
	}
	t.Setenv("DOCKER_AUTH_CONFIG", loggedIn(host, registryPassword))
	img, err := pull()
	if err != nil {
		t.Fatal(err)
	}
	nowhere(t, e, img, log.String())
}

func TestABaseImageIsPulledWithTheLoginOfDockersFile(t *testing.T) {
	e := engine(t)
	host := privateRegistry(t)
	ref := push(t, host, "base:1")
	dir := t.TempDir()
	t.Setenv("DOCKER_CONFIG", dir)
	t.Setenv("DOCKER_AUTH_CONFIG", "")
	var log bytes.Buffer
	env := sandboxtest.Environment(t, map[string]string{"Dockerfile": "FROM " + ref + "\nRUN env && cat /proc/self/environ\n"})
	if _, err := e.Prepare(t.Context(), env, &log); err == nil || !strings.Contains(err.Error(), "there is no login of any registry: log in before") {
		t.Fatalf("error is %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(loggedIn(host, registryPassword)), 0o600); err != nil {
		t.Fatal(err)
	}
	img, err := e.Prepare(t.Context(), env, &log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		closeEngine(t, e) // a container made ahead has the image
		removeImage(t, img.ID)
	})
	nowhere(t, e, img, log.String())
}

// nowhere looks for the login where an agent or a reader could find it.
func nowhere(t *testing.T, e *docker.Engine, img sandbox.Image, log string) {
	t.Helper()
	sb, err := e.Create(t.Context(), sandbox.Spec{Run: "test", Trial: "login", Image: img, Network: suite.NoNetwork})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sb.Remove(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	places := map[string]string{"the log": log}
	var inside bytes.Buffer
	if _, err := sb.Exec(t.Context(), sandbox.Command{Argv: []string{"sh", "-c", "env; cat /proc/*/environ; find / -xdev -name '*docker*'"}, Stdout: &inside}); err != nil {
		t.Fatal(err)
	}
	places["the sandbox"] = inside.String()
	api := raw(t)
	found, err := api.ImageInspect(t.Context(), img.ID)
	if err != nil {
		t.Fatal(err)
	}
	history, err := api.ImageHistory(t.Context(), img.ID)
	if err != nil {
		t.Fatal(err)
	}
	known, err := json.Marshal([]any{found, history})
	if err != nil {
		t.Fatal(err)
	}
	places["what the engine knows of the image"] = string(known)
	encoded := base64.StdEncoding.EncodeToString([]byte(registryUser + ":" + registryPassword))
	for place, text := range places {
		if text == "" || strings.Contains(text, registryPassword) || strings.Contains(text, encoded) {
			t.Errorf("%s has the login, or nothing at all:\n%s", place, text)
		}
	}
}
