package docker

import (
	"context"
	"strings"
	"time"

	"github.com/containerd/errdefs"
)

// removalTime is how long a removal is tried again that the engine refuses
// because of what another removal has not come to yet.
const removalTime = 5 * time.Second

// removeBeside removes something that another process may be removing just now,
// or of which it is removing a part: it is tried again until the engine does it,
// or says that there is nothing to remove any more. Any other error, and one that
// stays, is the removal's.
func removeBeside(ctx context.Context, remove func() error) error {
	for end := time.Now().Add(removalTime); ; {
		err := ignoreMissing(remove())
		if err == nil || !isUnderWay(err) || time.Now().After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// isUnderWay recognizes what the engine says while something is being removed. It
// has no kind of error of its own for that.
func isUnderWay(err error) bool {
	if !errdefs.IsConflict(err) && !errdefs.IsPermissionDenied(err) && !errdefs.IsInternal(err) {
		return false
	}
	for _, said := range []string{"active endpoints", "already in progress", "is in use", "being removed", "marked for removal", "layer does not exist"} {
		if strings.Contains(err.Error(), said) {
			return true
		}
	}
	return false
}
