package docker

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
)

// CopyIn implements sandbox.Sandbox.
func (b *box) CopyIn(ctx context.Context, dir string, archive io.Reader) error {
	if err := b.makeDir(ctx, path.Clean("/"+dir)); err != nil {
		return err
	}
	if err := b.engine.api.CopyToContainer(ctx, b.id, dir, archive, container.CopyToContainerOptions{}); err != nil {
		return refused("copying into "+dir, err)
	}
	return nil
}

// makeDir creates dir and its missing parents. Directories that exist keep
// their owner and mode.
func (b *box) makeDir(ctx context.Context, dir string) error {
	existing, missing := dir, []string(nil)
	for existing != "/" {
		_, err := b.engine.api.ContainerStatPath(ctx, b.id, existing)
		if err == nil {
			break
		}
		if !errdefs.IsNotFound(err) {
			return refused("looking for "+existing, err)
		}
		missing = append(missing, existing)
		existing = path.Dir(existing)
	}
	if len(missing) == 0 {
		return nil
	}
	folders, err := folderTar(existing, missing)
	if err != nil {
		return fmt.Errorf("making %s: %w", dir, err)
	}
	if err := b.engine.api.CopyToContainer(ctx, b.id, existing, folders, container.CopyToContainerOptions{}); err != nil {
		return refused("making "+dir, err)
	}
	return nil
}

// folderTar packs empty folders with names relative to base. The list has the
// deepest first; in the tar a folder comes before those in it.
func folderTar(base string, folders []string) (io.Reader, error) {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for i := len(folders) - 1; i >= 0; i-- {
		name := strings.TrimPrefix(strings.TrimPrefix(folders[i], base), "/") + "/"
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: name, Mode: 0o755}); err != nil {
			return nil, err
		}
	}
	return &buf, w.Close()
}

// CopyOut implements sandbox.Sandbox.
func (b *box) CopyOut(ctx context.Context, name string) (io.ReadCloser, error) {
	archive, _, err := b.engine.api.CopyFromContainer(ctx, b.id, name)
	if errdefs.IsNotFound(err) {
		return nil, fmt.Errorf("copying %s out: %w: %w", name, fs.ErrNotExist, err)
	}
	if err != nil {
		return nil, refused("copying "+name+" out", err)
	}
	return archive, nil
}
