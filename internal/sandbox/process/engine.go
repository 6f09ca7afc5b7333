// Package process is the sandbox without isolation: a directory and plain
// processes of this machine, as this user. It is for suites that declare
// themselves trusted, where no Docker engine is at hand.
//
// It refuses tasks that need packages installed or a sandbox without network.
// Users and limits of CPU, memory and processes are accepted and have no effect,
// and tools are not read-only.
package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/buildcontext"
	"github.com/benchgate/benchgate/internal/suite"
)

// Options says where sandboxes lie.
type Options struct {
	Dir string       // parent of all sandboxes, made when missing; empty: "benchgate" in the system's temporary directory
	Run string       // the run of sandboxes whose Spec names none
	Log *slog.Logger // nil: nothing is logged
}

// Engine is a sandbox.Engine on this machine's processes.
type Engine struct {
	dir   string
	run   string
	log   *slog.Logger
	owner sandbox.Owner
	tools sandbox.KeyedMutex // by name: filled once

	mu      sync.Mutex
	recipes map[string]recipe // by image ID, from Prepare for Create
	runs    map[string]string // directories of runs, by run
}

var _ sandbox.Engine = (*Engine)(nil)

// New makes the parent directory and returns the engine.
func New(opts Options) (*Engine, error) {
	dir := opts.Dir
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "benchgate")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("finding the sandboxes' directory: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the sandboxes' directory: %w", err)
	}
	// Programs print their working directory with links resolved; it must begin
	// with this directory's name.
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, fmt.Errorf("finding the sandboxes' directory: %w", err)
	}
	owner, err := sandbox.Self()
	if err != nil {
		return nil, err
	}
	log := opts.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Engine{
		dir:     dir,
		run:     opts.Run,
		log:     log,
		owner:   owner,
		recipes: make(map[string]recipe),
		runs:    make(map[string]string),
	}, nil
}

// Info implements sandbox.Engine.
func (e *Engine) Info(context.Context) (sandbox.Info, error) {
	return sandbox.Info{Engine: "process", OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU()}, nil
}

// Prepare implements sandbox.Engine. It reads the Dockerfile and runs nothing:
// this machine takes the place of the base image.
func (e *Engine) Prepare(ctx context.Context, env suite.Environment, _ io.Writer) (sandbox.Image, error) {
	if env.Context == "" {
		return sandbox.Image{}, fmt.Errorf("preparing image %s: %w: only an engine has images: this task needs `sandbox: docker`", env.Image, sandbox.ErrUnsupported)
	}
	files, err := buildcontext.Open(env.Context, env.Dockerfile)
	if err != nil {
		return sandbox.Image{}, err
	}
	recipe, err := readRecipe(env.Context, files)
	if err != nil {
		return sandbox.Image{}, err
	}
	digest, err := files.Digest(ctx)
	if err != nil {
		return sandbox.Image{}, err
	}
	e.mu.Lock()
	e.recipes[digest] = recipe
	e.mu.Unlock()
	return sandbox.Image{ID: digest, Workdir: recipe.workdir, User: recipe.user, Entrypoint: recipe.entrypoint, OS: runtime.GOOS, Arch: runtime.GOARCH}, nil
}

// Create implements sandbox.Engine.
func (e *Engine) Create(ctx context.Context, spec sandbox.Spec) (sandbox.Sandbox, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("creating a sandbox for %s: %w", spec.Trial, err)
	}
	if spec.Network != suite.Public {
		return nil, fmt.Errorf("creating a sandbox for %s: network %s: %w: this task needs `sandbox: docker`", spec.Trial, spec.Network, sandbox.ErrUnsupported)
	}
	if spec.Access.Network != "" {
		return nil, fmt.Errorf("creating a sandbox for %s: hosts that it may reach, or a network that changes: %w: this task needs `sandbox: docker`", spec.Trial, sandbox.ErrUnsupported)
	}
	e.mu.Lock()
	recipe, prepared := e.recipes[spec.Image.ID]
	e.mu.Unlock()
	if !prepared {
		return nil, fmt.Errorf("creating a sandbox for %s: image %q was not prepared by this engine", spec.Trial, spec.Image.ID)
	}
	root, err := e.newRoot(spec)
	if err != nil {
		return nil, fmt.Errorf("creating a sandbox for %s: %w", spec.Trial, err)
	}
	d := newDirectory(root, recipe, spec, e.log)
	if err := e.furnish(ctx, d, recipe, spec); err != nil {
		return nil, errors.Join(err, d.Remove(context.WithoutCancel(ctx)))
	}
	return d, nil
}

// furnish makes a new sandbox's directories, copies what the Dockerfile copies,
// and links the tools.
func (e *Engine) furnish(ctx context.Context, d *directory, recipe recipe, spec sandbox.Spec) error {
	for _, dir := range []string{"/tmp", homeDir, d.workdir} {
		if err := os.MkdirAll(d.Path(dir), 0o755); err != nil {
			return fmt.Errorf("making %s: %w", dir, err)
		}
	}
	if err := recipe.apply(ctx, d.root); err != nil {
		return err
	}
	for _, tools := range spec.Tools {
		if err := e.linkTools(ctx, d, tools); err != nil {
			return fmt.Errorf("putting %s into the sandbox: %w", tools.Name, err)
		}
	}
	return nil
}

// Gateway implements sandbox.Engine: the sandbox is on this machine.
func (e *Engine) Gateway(_ context.Context, _ string, network suite.Network) (sandbox.Gateway, error) {
	if network != suite.Public {
		return sandbox.Gateway{}, fmt.Errorf("network %s: %w: this task needs `sandbox: docker`", network, sandbox.ErrUnsupported)
	}
	return sandbox.Gateway{ListenHost: "127.0.0.1", DialHost: "127.0.0.1"}, nil
}

// DiskFree implements sandbox.Engine: the suite is trusted with the disk, too.
func (e *Engine) DiskFree() int64 { return 0 }

// Close implements sandbox.Engine: it removes the directories of runs that
// hold no sandbox any more.
func (e *Engine) Close(context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	var errs []error
	for run, dir := range e.runs {
		trials, err := os.ReadDir(filepath.Join(dir, trialsDir))
		if len(trials) > 0 {
			continue
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
		errs = append(errs, os.RemoveAll(dir))
		delete(e.runs, run)
	}
	return errors.Join(errs...)
}
