package docker

import "github.com/benchgate/benchgate/internal/sandbox"

// box is one running container.
type box struct {
	engine   *Engine
	id       string
	user     string // of commands that name none
	memoryMB int64  // zero: no limit
}

var _ sandbox.Sandbox = (*box)(nil)

func defaultUser(spec sandbox.Spec) string {
	if spec.User != "" {
		return spec.User
	}
	return spec.Image.User
}

// ID implements sandbox.Sandbox.
func (b *box) ID() string { return b.id }

// Path implements sandbox.Sandbox: containers have the task's world as it is.
func (b *box) Path(abs string) string { return abs }
