//go:build unix

package forward

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// lock takes the file for this process. The lock ends with the process, however that
// ends. On network file systems that have no locks, nothing is locked.
func lock(f *os.File) error {
	switch err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); {
	case errors.Is(err, unix.EWOULDBLOCK):
		return ErrBusy
	case err == nil, errors.Is(err, errors.ErrUnsupported), errors.Is(err, unix.ENOLCK):
		return nil
	default:
		return fmt.Errorf("locking %s: %w", f.Name(), err)
	}
}
