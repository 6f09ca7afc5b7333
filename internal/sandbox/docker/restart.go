package docker

import (
	"context"
	"fmt"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
)

// startAgain tries to start a container whose restart failed because of first.
// When it cannot, the question is whose fault that is: what ran in it may have
// put a file where the engine mounts something, or in place of the working
// directory. A fresh
// container of the same make tells: if the engine can start that one, the
// files of this one are to blame.
func (b *box) startAgain(ctx context.Context, first error) error {
	err := first
	for range 2 {
		select {
		case <-ctx.Done():
			return b.giveUp(failed("restarting the sandbox", ctx.Err()))
		case <-time.After(500 * time.Millisecond):
		}
		if err = b.engine.api.ContainerStart(ctx, b.id, container.StartOptions{}); err == nil {
			b.engine.log.WarnContext(ctx, "the engine started a sandbox again only when asked twice", "container", b.id, "error", first)
			return nil
		}
	}
	if errdefs.IsNotFound(err) && !b.exists(ctx) {
		return b.giveUp(failed("restarting the sandbox", err))
	}
	if freshErr := b.startFresh(ctx); freshErr != nil {
		return b.giveUp(failed("restarting the sandbox", fmt.Errorf("%w; a fresh one cannot be started either: %w", err, freshErr)))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken = err.Error()
	return fmt.Errorf("restarting the sandbox, while a fresh one can be started: %w", err)
}

// giveUp keeps an error of the engine for Fate: that the container does not run
// now is benchgate's own doing and says nothing.
func (b *box) giveUp(err error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failure = err
	return err
}

func (b *box) exists(ctx context.Context) bool {
	_, err := b.engine.api.ContainerInspect(ctx, b.id)
	return !errdefs.IsNotFound(err)
}

// startFresh starts a container that is made as this one was, and removes it.
func (b *box) startFresh(ctx context.Context) error {
	config := *b.config
	id, err := b.engine.createIdle(ctx, "benchgate-compare-"+unique(), &config, b.host)
	if err != nil {
		return err
	}
	defer b.engine.discard(ctx, id)
	return b.engine.api.ContainerStart(ctx, id, container.StartOptions{})
}
