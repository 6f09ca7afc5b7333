package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
)

// outputDelay is how long output is still read after a command has ended, when
// processes that it started hold its streams open. Docker waits as long.
const outputDelay = 2 * time.Second

// Shells use these codes for programs that cannot be run.
const (
	notRunnable = 126
	notFound    = 127
)

// Exec implements sandbox.Sandbox. Each command has a process group of its
// own.
func (d *directory) Exec(ctx context.Context, cmd sandbox.Command) (sandbox.Exit, error) {
	if err := ctx.Err(); err != nil {
		return sandbox.Exit{}, err
	}
	stdin := &detachableReader{from: cmd.Stdin}
	stdout, stderr := &detachableWriter{to: cmd.Stdout}, &detachableWriter{to: cmd.Stderr}
	c := d.command(cmd)
	c.Stdout, c.Stderr = stdout, stderr
	if cmd.Stdin != nil {
		c.Stdin = stdin
	}
	if c.Path == "" {
		return refuse(stderr, notFound, fmt.Errorf("%s: program not found", cmd.Argv[0]))
	}
	ended, err := d.start(c, cmd.Started)
	if errors.Is(err, errRemoved) {
		return sandbox.Exit{}, fmt.Errorf("running %s: %w", cmd.Argv[0], err)
	}
	if err != nil {
		return refuse(stderr, notRunnable, err)
	}
	select {
	case err := <-ended:
		return exitOf(c, err)
	case <-ctx.Done():
		// The command runs on, its output discarded, until it is stopped.
		stdin.detach()
		stdout.detach()
		stderr.detach()
		return sandbox.Exit{}, ctx.Err()
	}
}

func refuse(stderr io.Writer, code int, reason error) (sandbox.Exit, error) {
	if _, err := fmt.Fprintln(stderr, reason); err != nil {
		return sandbox.Exit{}, fmt.Errorf("writing stderr: %w", err)
	}
	return sandbox.Exit{Code: code}, nil
}

// command fills in everything but the streams. Path is empty when there is no
// such program.
func (d *directory) command(cmd sandbox.Command) *exec.Cmd {
	workdir := cmd.Workdir
	if workdir == "" {
		workdir = d.workdir
	}
	env := maps.Clone(d.env)
	maps.Copy(env, cmd.Env)
	env[rootVariable] = d.root
	c := &exec.Cmd{
		Args:        cmd.Argv,
		Dir:         d.Path(workdir),
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true},
		WaitDelay:   outputDelay,
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		c.Env = append(c.Env, name+"="+env[name])
	}
	c.Path = findProgram(cmd.Argv[0], c.Dir, env["PATH"])
	return c
}

// findProgram looks a program up as the command's own environment says, not
// as benchgate's does.
func findProgram(name, dir, path string) string {
	if filepath.IsAbs(name) {
		return name
	}
	if strings.Contains(name, "/") {
		return filepath.Join(dir, name)
	}
	for _, folder := range filepath.SplitList(path) {
		if !filepath.IsAbs(folder) {
			folder = filepath.Join(dir, folder)
		}
		program := filepath.Join(folder, name)
		if info, err := os.Stat(program); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return program
		}
	}
	return ""
}

var errRemoved = fmt.Errorf("the sandbox was removed: %w", fs.ErrClosed)

// start starts the command and a goroutine that waits for its end and sends its
// error. Remove waits for that goroutine.
func (d *directory) start(c *exec.Cmd, started func(pid int)) (<-chan error, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.removed {
		return nil, errRemoved
	}
	if err := c.Start(); err != nil {
		if _, statErr := os.Stat(d.root); errors.Is(statErr, fs.ErrNotExist) {
			return nil, errRemoved // a sweep has removed the directory
		}
		return nil, err
	}
	group := c.Process.Pid
	d.groups[group] = true
	if started != nil {
		started(group)
	}
	ended := make(chan error, 1)
	d.running.Go(func() {
		err := c.Wait()
		d.forgetEmpty(group)
		ended <- err
	})
	return ended, nil
}

// forgetEmpty drops a process group without members, because the kernel may give
// its number to another group, which must not be killed.
func (d *directory) forgetEmpty(group int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if syscall.Kill(-group, 0) == syscall.ESRCH {
		delete(d.groups, group)
	}
}

func exitOf(c *exec.Cmd, err error) (sandbox.Exit, error) {
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) {
		return sandbox.Exit{}, fmt.Errorf("running %s: %w", c.Path, err)
	}
	if status, ok := c.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return sandbox.Exit{Code: 128 + int(status.Signal())}, nil
	}
	return sandbox.Exit{Code: c.ProcessState.ExitCode()}, nil
}

// RunEntrypoint implements sandbox.Sandbox: there is no image.
func (d *directory) RunEntrypoint(context.Context, sandbox.Entrypoint) (sandbox.Exit, error) {
	return sandbox.Exit{}, fmt.Errorf("running the image's ENTRYPOINT: %w: only an engine has images", sandbox.ErrUnsupported)
}
