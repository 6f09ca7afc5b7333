package run_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/realparts"
	"github.com/benchgate/benchgate/internal/run"
	"github.com/benchgate/benchgate/internal/scriptedmodel"
)

// e2eDir holds the acceptance test's tasks, scripts and configuration.
const e2eDir = "testdata/e2e"

// baseImage is what every task here is built from.
const baseImage = "debian:bookworm-slim"

// secretKey is the model API's key in these tests. Nothing but the meter may
// know it: the tests look for secretPart, as a piece of a key is as bad.
const (
	secretKey  = "sk-ant-api03-e2e-3fK9vTq7LwXb2ZyRmN8cPdHs5GjUa1EoVi4BkQx6MtWnCrSzYhDlFpJgAu0IeO-AA"
	secretPart = "3fK9vTq7LwXb2ZyRmN8cPdHs5GjUa1EoVi4BkQx6MtWnCr"
)

// rig is a machine on which the main job runs: a Docker engine, directories of
// its own, an environment, and ears for everything that is said.
type rig struct {
	t     *testing.T
	runs  string
	cache string
	env   map[string]string
	said  *transcript // log, notices, progress

	// onProgress is told of every start and end of a trial, when it is set.
	onProgress func(run.Progress)
}

func newRig(t *testing.T) *rig {
	t.Helper()
	realparts.Need(t, realparts.Docker)
	if _, err := exec.LookPath("docker"); err != nil {
		realparts.Lacking(t, realparts.Docker, "there is no docker command in PATH")
	}
	if _, err := docker(t.Context(), "image", "inspect", baseImage); err != nil {
		realparts.Lacking(t, realparts.Docker, fmt.Sprintf("an engine that has %s: %v", baseImage, err))
	}
	dir := t.TempDir()
	return &rig{
		t: t, runs: filepath.Join(dir, "runs"), cache: filepath.Join(dir, "cache"),
		env: make(map[string]string), said: new(transcript),
	}
}

// scripted serves a script as the model API on loopback, behind the key.
func (r *rig) scripted(file string) *scriptedmodel.Server {
	r.t.Helper()
	f, err := os.Open(file)
	if err != nil {
		r.t.Fatal(err)
	}
	defer f.Close()
	script, err := scriptedmodel.Decode(f, file)
	if err != nil {
		r.t.Fatal(err)
	}
	server := scriptedmodel.New(script, scriptedmodel.Options{Key: secretKey})
	address, stop, err := server.Listen(r.t.Context(), "127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		if err := stop(); err != nil {
			r.t.Error(err)
		}
	})
	r.env["ANTHROPIC_BASE_URL"], r.env["ANTHROPIC_API_KEY"] = address, secretKey
	r.env["OPENAI_BASE_URL"], r.env["OPENAI_API_KEY"] = address+"/v1", secretKey
	return server
}

// run does the main job for a configuration's text, whose paths start in
// e2eDir.
func (r *rig) run(ctx context.Context, text string) (*run.Result, error) {
	r.t.Helper()
	return r.runIn(ctx, e2eDir, text)
}

// runIn is run with paths that start in another directory.
func (r *rig) runIn(ctx context.Context, dir, text string) (*run.Result, error) {
	r.t.Helper()
	dir, err := filepath.Abs(dir)
	if err != nil {
		r.t.Fatal(err)
	}
	c, err := config.Parse([]byte(text), "benchgate.yaml", dir, config.Flags{})
	if err != nil {
		r.t.Fatal(err)
	}
	return run.Run(ctx, run.Options{
		Config: c, Store: baselines.NewDirectory(c.Baselines.Dir), Version: "v0.0.0-e2e", Now: time.Now, RunsDir: r.runs, CacheDir: r.cache,
		LookupEnv: func(name string) (string, bool) { v, ok := r.env[name]; return v, ok },
		Log:       slog.New(slog.NewTextHandler(r.said, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Notice:    func(text string) { fmt.Fprintln(r.said, "notice:", text) },
		Progress:  r.progress,
	})
}

func (r *rig) progress(p run.Progress) {
	record, err := json.Marshal(p.Trial)
	fmt.Fprintf(r.said, "progress: %+v %s %v\n", p, record, err)
	if r.onProgress != nil {
		r.onProgress(p)
	}
}

// mustRun is run, where a failure ends the test.
func (r *rig) mustRun(text string) *run.Result {
	r.t.Helper()
	result, err := r.run(r.t.Context(), text)
	if err != nil {
		r.t.Fatalf("%v\n%s", err, r.said)
	}
	return result
}

// onlyRun is the directory of the one run that was made.
func (r *rig) onlyRun() string {
	r.t.Helper()
	entries, err := os.ReadDir(r.runs)
	if err != nil || len(entries) != 1 {
		r.t.Fatalf("the runs' directory holds %v (%v); want one run", entries, err)
	}
	return filepath.Join(r.runs, entries[0].Name())
}

// transcript collects text from several goroutines.
type transcript struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *transcript) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(p)
}

func (s *transcript) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

// docker runs the docker command and returns what it prints.
func docker(ctx context.Context, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, "docker", args...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return "", fmt.Errorf("docker %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(exit.Stderr))
	}
	return strings.TrimSpace(string(out)), err
}
