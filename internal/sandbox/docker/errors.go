package docker

import (
	"context"
	"errors"
	"fmt"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/containerd/errdefs"
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

// ignoreMissing is for removals, which have succeeded when there is nothing to
// remove.
func ignoreMissing(err error) error {
	if errdefs.IsNotFound(err) {
		return nil
	}
	return err
}
