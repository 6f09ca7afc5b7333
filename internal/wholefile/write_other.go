//go:build !unix

package wholefile

import (
	"errors"
	"fmt"
	"io"
)

// Write is not supported: such a system cannot replace a file in one step.
func Write(path string, _ func(io.Writer) error) error {
	return fmt.Errorf("writing %s: %w", path, errors.ErrUnsupported)
}
