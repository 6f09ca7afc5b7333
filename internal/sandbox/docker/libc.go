package docker

import (
	"context"
	"fmt"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
)

// loaders are the dynamic loaders by which a C library is known. An image
// with both is a glibc image that has musl installed.
var loaders = []struct{ path, libc string }{
	{"/lib64/ld-linux-x86-64.so.2", "glibc"},
	{"/lib/ld-linux-aarch64.so.1", "glibc"},
	{"/lib/ld-musl-x86_64.so.1", "musl"},
	{"/lib/ld-musl-aarch64.so.1", "musl"},
}

// libcOf returns "glibc", "musl" or "", when not known, for an image. It makes a
// container to look for the files and never starts it.
func (e *Engine) libcOf(ctx context.Context, imageID string) (string, error) {
	unlock, err := e.images.Lock(ctx, imageID)
	if err != nil {
		return "", err
	}
	defer unlock()
	e.mu.Lock()
	libc, known := e.libc[imageID]
	e.mu.Unlock()
	if known {
		return libc, nil
	}
	id, err := e.createIdle(ctx, "look-"+unique(), &container.Config{Image: imageID, Labels: e.labels(e.run)}, nil)
	if err != nil {
		return "", fmt.Errorf("looking into image %s: %w", imageID, err)
	}
	defer e.discard(ctx, id)
	for _, loader := range loaders {
		_, err := e.api.ContainerStatPath(ctx, id, loader.path)
		if err == nil {
			libc = loader.libc
			break
		}
		if !errdefs.IsNotFound(err) {
			return "", failed("looking into image "+imageID, err)
		}
	}
	e.mu.Lock()
	e.libc[imageID] = libc
	e.mu.Unlock()
	return libc, nil
}
