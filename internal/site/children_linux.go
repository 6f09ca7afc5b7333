package site

import (
	"context"
	"errors"
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// adoptChildren makes this process the parent of all its descendants whose own parent
// ends, daemons too.
func adoptChildren() {
	_ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) // in every kernel since 3.4
}

// awaitChildren waits until this process has no children any more; false when ctx
// ended first, or a signal came.
func awaitChildren(ctx context.Context, signals <-chan os.Signal) bool {
	changed := make(chan os.Signal, 1)
	signal.Notify(changed, unix.SIGCHLD)
	defer signal.Stop(changed)
	for {
		pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil)
		switch {
		case errors.Is(err, unix.EINTR), pid > 0:
			continue
		case err != nil: // ECHILD: there are none
			return true
		}
		select {
		case <-changed:
		case <-signals:
			return false
		case <-ctx.Done():
			return false
		}
	}
}
