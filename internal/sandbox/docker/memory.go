package docker

import (
	"context"
	"time"

	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"
)

// memoryWatch listens to the engine's own report that a container's memory
// limit killed a process. State.OOMKilled does not say it: before Docker 23 it
// knows PID 1 only. The cgroup's files would, but differ by version and lie on
// the engine's machine.
type memoryWatch struct {
	cancel context.CancelFunc
	ended  chan struct{} // closed when nothing listens any more
	killed chan struct{} // closed at the first report
}

func (b *box) watchMemory(ctx context.Context) *memoryWatch {
	if b.memoryMB == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	w := &memoryWatch{cancel: cancel, ended: make(chan struct{}), killed: make(chan struct{})}
	reports, errs := b.engine.api.Events(ctx, events.ListOptions{Filters: filters.NewArgs(
		filters.Arg("container", b.id), filters.Arg("event", string(events.ActionOOM)))})
	go func() {
		defer close(w.ended)
		select {
		case <-reports:
			close(w.killed)
			cancel()
			<-errs
		case <-errs:
		}
	}()
	return w
}

// exceeded reports whether a kill was seen. The report can come a moment after
// a command that was killed itself.
func (w *memoryWatch) exceeded(code int) bool {
	if w == nil {
		return false
	}
	wait := time.Duration(0)
	if code == killed {
		wait = 300 * time.Millisecond
	}
	select {
	case <-w.killed:
		return true
	case <-w.ended: // by itself: the engine's event stream broke
		select {
		case <-w.killed:
			return true
		default:
			return false
		}
	case <-time.After(wait):
		return false
	}
}

func (w *memoryWatch) stop() {
	if w == nil {
		return
	}
	w.cancel()
	<-w.ended
}
