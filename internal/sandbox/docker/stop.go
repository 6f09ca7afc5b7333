package docker

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/docker/docker/api/types/container"
)

// StopProcesses implements sandbox.Sandbox. It restarts the container: with the
// PID namespace the kernel ends every process in it, daemons and fork bombs as
// well, and the files are kept. Lost are the contents of tmpfs mounts and of
// /dev/shm; /etc/hosts, /etc/hostname and /etc/resolv.conf are written anew.
func (b *box) StopProcesses(ctx context.Context, grace time.Duration) error {
	if grace > 0 {
		b.terminate(ctx, grace)
	}
	noWait := 0
	err := b.engine.api.ContainerRestart(ctx, b.id, container.StopOptions{Timeout: &noWait})
	if err != nil {
		err = b.startAgain(ctx, err)
	}
	if err != nil {
		return err
	}
	return b.noteStart(ctx)
}

// terminate sends TERM to all processes and waits until they have ended, at most
// grace. It returns no error: where TERM cannot be sent, because no further
// process can be started, the restart ends them all the same.
func (b *box) terminate(ctx context.Context, grace time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	exit, err := b.Exec(ctx, sandbox.Command{
		// The shell's own kill, because many images have no such program.
		Argv: []string{"/bin/sh", "-c", "kill -TERM -1"},
		User: "root",
	})
	if err != nil || exit.Code == 126 || exit.Code == 127 {
		b.engine.log.InfoContext(ctx, "processes could not be asked to end", "container", b.id, "exit", exit.Code, "error", err)
		return
	}
	const between = 100 * time.Millisecond
	for b.busy(ctx) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(between):
		}
	}
}

// busy reports whether anything but PID 1 and its sleep runs. When the engine
// does not answer, it says true until ctx, and with it the grace, has ended.
func (b *box) busy(ctx context.Context) bool {
	state, err := b.engine.api.ContainerInspect(ctx, b.id)
	if err != nil || state.State == nil {
		return ctx.Err() == nil
	}
	if !state.State.Running {
		return false
	}
	top, err := b.engine.api.ContainerTop(ctx, b.id, []string{"-eo", "pid,ppid"})
	if err != nil {
		return ctx.Err() == nil
	}
	return othersThan(strconv.Itoa(state.State.Pid), top.Processes)
}

// othersThan reports whether rows of pid and ppid show more processes than init
// and one child, its sleep. Orphans become children of init, too, so more than
// one child means that another process runs.
func othersThan(init string, rows [][]string) bool {
	children := 0
	for _, row := range rows {
		switch {
		case len(row) < 2:
			return true
		case row[0] == init:
		case row[1] == init:
			children++
		default:
			return true
		}
	}
	return children > 1
}

// Remove implements sandbox.Sandbox.
func (b *box) Remove(ctx context.Context) error {
	return b.engine.removeContainer(ctx, b.id)
}

// removeContainer removes a container in any state, with its anonymous
// volumes. It waits for a removal that is already under way.
func (e *Engine) removeContainer(ctx context.Context, id string) error {
	options := container.RemoveOptions{Force: true, RemoveVolumes: true}
	ctx, cancel := context.WithTimeout(ctx, cleanUpTime)
	defer cancel()
	for {
		err := ignoreMissing(e.api.ContainerRemove(ctx, id, options))
		if err == nil {
			return nil
		}
		if !isUnderWay(err) && !e.beingRemoved(ctx, id) {
			return failed("removing container "+id, err)
		}
		select {
		case <-ctx.Done():
			return failed("removing container "+id, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (e *Engine) beingRemoved(ctx context.Context, id string) bool {
	found, err := e.api.ContainerInspect(ctx, id)
	if err != nil {
		return ignoreMissing(err) == nil
	}
	return found.State != nil && slices.Contains([]string{"removing", "dead"}, found.State.Status)
}
