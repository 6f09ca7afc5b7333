package docker

import (
	"context"
	"time"

	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"
)

// memoryWatch listens to the engine's events that say that a container's memory
// limit killed a process. State.OOMKilled cannot be used, because before Docker
// 23 it is about PID 1 only; nor can the cgroup's files, which are on the
// engine's machine and differ between cgroup versions.
type memoryWatch struct {
	cancel context.CancelFunc
	ended  chan struct{} // closed when nothing listens any more
	killed chan struct{} // closed at the first report
	died   chan struct{} // closed at the report of the command's own end
}

// watchMemory watches from before a command starts. It is nil without a limit.
func (b *box) watchMemory(ctx context.Context, exec string) *memoryWatch {
	if b.memoryMB == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	w := &memoryWatch{
		cancel: cancel,
		ended:  make(chan struct{}),
		killed: make(chan struct{}),
		died:   make(chan struct{}),
	}
	reports, errs := b.engine.api.Events(ctx, events.ListOptions{Filters: filters.NewArgs(
		filters.Arg("container", b.id),
		filters.Arg("event", string(events.ActionOOM)),
		filters.Arg("event", string(events.ActionExecDie)),
	)})
	go w.listen(reports, errs, exec)
	return w
}

// listen returns when the event stream ends, at the latest when its context does.
func (w *memoryWatch) listen(reports <-chan events.Message, errs <-chan error, exec string) {
	defer close(w.ended)
	killed, died := false, false
	for {
		select {
		case <-errs:
			return
		case r := <-reports:
			switch {
			case r.Action == events.ActionOOM && !killed:
				killed = true
				close(w.killed)
			case r.Action == events.ActionExecDie && r.Actor.Attributes["execID"] == exec && !died:
				died = true
				close(w.died)
			}
		}
	}
}

// exceeded reports whether the memory limit killed a process, given the
// command's exit code. The engine sends the event of the kill before that of
// the command's end or, on a busy machine, shortly after it. So exceeded waits
// for the end, and then for a late kill: longer where the exit code makes one
// likely, and not at all where it is 0. A nil watch, without a limit, is false.
func (w *memoryWatch) exceeded(code int) bool {
	if w == nil {
		return false
	}
	const reportTime = 500 * time.Millisecond
	w.wait(w.died, reportTime)
	var late time.Duration
	switch code {
	case 0:
	case killed:
		late = 300 * time.Millisecond
	default:
		late = 50 * time.Millisecond
	}
	return w.wait(w.killed, late)
}

// wait reports whether the channel is closed within the time.
func (w *memoryWatch) wait(report <-chan struct{}, within time.Duration) bool {
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-report:
		return true
	case <-timer.C:
	case <-w.ended: // the engine's event stream broke
	}
	select {
	case <-report:
		return true
	default:
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
