package process

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/benchgate/benchgate/internal/sandbox"
)

// Fate implements sandbox.Sandbox. A directory has no main process. It ends when
// a command removes it; with a sweep the run's directory around it goes, too.
func (d *directory) Fate(context.Context) (sandbox.Fate, error) {
	if _, err := os.Stat(d.root); !errors.Is(err, fs.ErrNotExist) {
		return sandbox.Fate{Kind: sandbox.Lives}, nil
	}
	if _, err := os.Stat(filepath.Dir(d.root)); errors.Is(err, fs.ErrNotExist) {
		return sandbox.Fate{Kind: sandbox.EndedOutside, Detail: "removed"}, nil
	}
	return sandbox.Fate{Kind: sandbox.EndedItself, Detail: "its directory was removed"}, nil
}

// failed wraps an error of reading or writing a sandbox's files. Only where this
// machine is at fault, not what a command did to the files, it matches
// sandbox.ErrEngine.
func failed(doing string, err error) error {
	for _, machine := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EMFILE, syscall.ENFILE, syscall.EIO, syscall.EROFS} {
		if errors.Is(err, machine) {
			return fmt.Errorf("%s: %w: %w", doing, sandbox.ErrEngine, err)
		}
	}
	return fmt.Errorf("%s: %w", doing, err)
}
