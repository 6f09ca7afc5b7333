package docker

import (
	"sync"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/docker/docker/api/types/container"
)

// box is one running container.
type box struct {
	engine   *Engine
	id       string
	spec     sandbox.Spec
	guard    *sentinel // nil: its network cannot be guarded
	user     string    // of commands that name none
	memoryMB int64     // zero: no limit

	// What the container was made from, for one that is made to compare.
	config *container.Config
	host   *container.HostConfig

	mu      sync.Mutex
	started time.Time // when benchgate started it last, by the engine's clock
	broken  string    // why it cannot be started again though a fresh one can; empty: it can
	failure error     // of the engine, when it did not start it again
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
