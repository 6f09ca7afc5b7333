package docker

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/containerd/errdefs"
	"github.com/docker/docker/client"
)

// failed wraps an error of the engine so that it matches sandbox.ErrEngine; doing
// is a gerund, as in "pulling it". An error because the context ended does not
// match it: the engine did nothing wrong.
func failed(doing string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return fmt.Errorf("%s: %w: %w", doing, sandbox.ErrEngine, err)
}

// refused is failed for what was asked of one container. An engine that answers
// and says why it cannot do it there is not at fault, unless its disk is full:
// the error does not match sandbox.ErrEngine then.
func refused(doing string, err error) error {
	answered := errdefs.IsNotFound(err) || errdefs.IsConflict(err) || errdefs.IsInvalidArgument(err) ||
		errdefs.IsPermissionDenied(err) || errdefs.IsInternal(err)
	if answered && !client.IsErrConnectionFailed(err) && !strings.Contains(err.Error(), "no space left on device") {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return failed(doing, err)
}

// ignoreMissing is for removals, which have succeeded when there is nothing to
// remove.
func ignoreMissing(err error) error {
	if errdefs.IsNotFound(err) {
		return nil
	}
	return err
}
