package docker

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/benchgate/benchgate/internal/helper/pid1"
	"github.com/docker/docker/api/types/container"
)

// StopProcesses implements sandbox.Sandbox: PID 1 ends every other process. Where
// it does not answer in time the container is restarted: with the PID namespace
// the kernel ends every process, and the files are kept. Lost are then the
// contents of tmpfs mounts and of /dev/shm; /etc/hosts, /etc/hostname and
// /etc/resolv.conf are written anew.
func (b *box) StopProcesses(ctx context.Context, grace time.Duration) error {
	_, err := b.ask(ctx, grace+answerTime, pid1.Stop, inMilliseconds(grace))
	if err == nil {
		return nil
	}
	b.engine.log.WarnContext(ctx, "a sandbox is restarted, because its processes could not be stopped", "container", b.id, "error", err)
	noWait := 0
	err = b.engine.api.ContainerRestart(ctx, b.id, container.StopOptions{Timeout: &noWait})
	if err != nil {
		err = b.startAgain(ctx, err)
	}
	if err != nil {
		return err
	}
	return b.noteStart(ctx)
}

// StopTree implements sandbox.Sandbox.
func (b *box) StopTree(ctx context.Context, pid int, grace time.Duration) error {
	_, err := b.ask(ctx, grace+answerTime, pid1.Tree, strconv.Itoa(pid), inMilliseconds(grace))
	return err
}

func inMilliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// Remove implements sandbox.Sandbox.
func (b *box) Remove(ctx context.Context) error {
	if b.guard == nil {
		return b.engine.removeContainer(ctx, b.id)
	}
	guard := make(chan error, 1)
	go func() { guard <- b.engine.removeContainer(ctx, b.guard.id) }()
	return errors.Join(b.engine.removeContainer(ctx, b.id), <-guard)
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
