package process

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
)

// homeDir is the HOME of commands, below the sandbox's root.
const homeDir = "/home"

// directory is one sandbox: a root directory and the processes started in it.
type directory struct {
	root    string
	workdir string            // of commands that name none, as the task writes it
	env     map[string]string // of every command
	log     *slog.Logger

	running sync.WaitGroup // the goroutines that wait for a command's end
	mu      sync.Mutex
	groups  map[int]bool // process groups that may have members
	removed bool
}

var _ sandbox.Sandbox = (*directory)(nil)

func newDirectory(root string, r recipe, spec sandbox.Spec, log *slog.Logger) *directory {
	d := &directory{root: root, workdir: r.workdir, log: log, groups: make(map[int]bool)}
	if spec.Workdir != "" {
		d.workdir = spec.Workdir
	}
	d.env = hostVariables(os.LookupEnv, os.Environ())
	for _, v := range r.env {
		d.env[v.name] = v.value
	}
	d.env["HOME"] = d.Path(homeDir)
	d.env["TMPDIR"] = d.Path("/tmp")
	for name, value := range spec.Env {
		d.env[name] = value
	}
	return d
}

// ID implements sandbox.Sandbox.
func (d *directory) ID() string { return d.root }

// Path implements sandbox.Sandbox: the task's root is a directory here.
func (d *directory) Path(abs string) string {
	return filepath.Join(d.root, filepath.FromSlash(path.Clean("/"+abs)))
}

// inside is the path relative to the root, for os.Root.
func inside(abs string) string {
	rel := strings.TrimPrefix(path.Clean("/"+abs), "/")
	if rel == "" {
		return "."
	}
	return rel
}

// CopyIn implements sandbox.Sandbox. Files belong to this user. Links that
// lead out of the sandbox are not followed.
func (d *directory) CopyIn(ctx context.Context, dir string, archive io.Reader) error {
	root, err := os.OpenRoot(d.root)
	if err != nil {
		return failed("copying into "+dir, err)
	}
	defer root.Close()
	if err := extract(ctx, root, inside(dir), archive); err != nil {
		return failed("copying into "+dir, err)
	}
	return nil
}

// Written implements sandbox.Sandbox: nobody counts.
func (d *directory) Written(context.Context) (int64, error) { return 0, nil }

// SetAccess implements sandbox.Sandbox: it cannot.
func (d *directory) SetAccess(context.Context, suite.Access) error {
	return fmt.Errorf("changing what a sandbox reaches: %w: this task needs `sandbox: docker`", sandbox.ErrUnsupported)
}

// Refused implements sandbox.Sandbox: nothing is bounded.
func (d *directory) Refused(context.Context) (sandbox.Refused, error) { return sandbox.Refused{}, nil }

// Asked implements sandbox.Sandbox: nobody looks.
func (d *directory) Asked(context.Context, ...string) (sandbox.Asked, error) {
	return sandbox.Asked{}, nil
}

// Remove implements sandbox.Sandbox.
func (d *directory) Remove(ctx context.Context) error {
	d.mu.Lock()
	d.removed = true
	d.mu.Unlock()
	if err := d.StopProcesses(ctx, 0); err != nil {
		return err
	}
	d.running.Wait()
	if err := removeAll(d.root); err != nil {
		return fmt.Errorf("removing sandbox: %w", err)
	}
	return nil
}
