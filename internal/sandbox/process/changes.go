package process

import (
	"context"
	"fmt"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/tamper"
)

// Changes implements sandbox.Sandbox: this machine is no image.
func (d *directory) Changes(context.Context, func(tamper.Change)) error {
	return fmt.Errorf("comparing with an image: %w", sandbox.ErrUnsupported)
}

// List implements sandbox.Sandbox.
func (d *directory) List(context.Context, ...string) (map[string]tamper.Listing, error) {
	return nil, fmt.Errorf("listing an image's directories: %w", sandbox.ErrUnsupported)
}
