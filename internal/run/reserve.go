package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// reserved is the room that is kept for the verdict, in bytes: a document on a
// thousand tasks has about one MiB.
const reserved = 4 << 20

// reserveFile takes that room while trials run.
const reserveFile = "reserve"

// reserve takes the room before money is spent. Trials fill a disk with what they
// leave, and a verdict that was paid for must not find it full.
func reserve(dir string) error {
	if err := os.WriteFile(filepath.Join(dir, reserveFile), make([]byte, reserved), 0o644); err != nil {
		return fmt.Errorf("reserving %d MiB for the verdict: %w", reserved>>20, err)
	}
	return nil
}

// unreserve gives the room back; twice is no error.
func unreserve(dir string) error {
	if err := os.Remove(filepath.Join(dir, reserveFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("giving back what was reserved for the verdict: %w", err)
	}
	return nil
}
