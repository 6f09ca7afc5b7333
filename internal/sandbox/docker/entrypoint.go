package docker

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/benchgate/benchgate/internal/helper"
	"github.com/benchgate/benchgate/internal/helper/pid1"
	"github.com/benchgate/benchgate/internal/sandbox"
)

// RunEntrypoint implements sandbox.Sandbox. The helper is PID 1 of a container, so
// that the image's ENTRYPOINT is a command as any other: it ends with them, and a
// container that is started again does not run it once more.
func (b *box) RunEntrypoint(ctx context.Context, e sandbox.Entrypoint) (sandbox.Exit, error) {
	if len(b.spec.Image.Entrypoint) == 0 {
		return sandbox.Exit{}, fmt.Errorf("running the image's ENTRYPOINT: %w: it has none", sandbox.ErrUnsupported)
	}
	said := &marker{rest: orDiscard(e.Output), mark: []byte(pid1.Waits), tell: e.Waits}
	return b.Exec(ctx, sandbox.Command{
		Argv: append(slices.Clone(b.spec.Image.Entrypoint), helper.Path, "wait"),
		User: e.User, Workdir: e.Workdir, Stdout: said, Stderr: orDiscard(e.Output),
	})
}

// marker is a writer that tells once when a mark has passed.
type marker struct {
	rest io.Writer
	mark []byte
	tell func()
	last []byte // of what passed: less than a mark
}

func (m *marker) Write(p []byte) (int, error) {
	if m.tell != nil {
		m.last = append(m.last, p...)
		if bytes.Contains(m.last, m.mark) {
			m.tell()
			m.tell, m.last = nil, nil
		} else if n := len(m.last) - len(m.mark) + 1; n > 0 {
			m.last = slices.Clone(m.last[n:])
		}
	}
	return m.rest.Write(p)
}
