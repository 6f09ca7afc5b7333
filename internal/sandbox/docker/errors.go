package docker

import (
	"context"
	"errors"
	"fmt"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/containerd/errdefs"
)

// failed reports an engine's error: doing is a gerund. The end of a context is
// not the engine's fault and stays what it is.
func failed(doing string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return fmt.Errorf("%s: %w: %w", doing, sandbox.ErrEngine, err)
}

// ignoreMissing is for removals: what is already gone is removed.
func ignoreMissing(err error) error {
	if errdefs.IsNotFound(err) {
		return nil
	}
	return err
}
