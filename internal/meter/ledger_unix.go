//go:build unix

package meter

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lockFile waits until no other open file of this path is locked, in this process or
// another, and locks it. The lock ends with the process, however that ends. Network
// file systems that have no locks are written to without.
func lockFile(f *os.File) error { return flock(f, unix.LOCK_EX) }

func unlockFile(f *os.File) error { return flock(f, unix.LOCK_UN) }

func flock(f *os.File, how int) error {
	for {
		switch err := unix.Flock(int(f.Fd()), how); {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, errors.ErrUnsupported), errors.Is(err, unix.ENOLCK):
			return nil
		default:
			return err
		}
	}
}
