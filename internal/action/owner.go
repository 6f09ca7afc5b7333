//go:build unix

package action

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// giveBack gives what was made below these paths to the owner of the workspace:
// the image runs as root, and what stays root's breaks the clean of the next
// checkout on a runner that lives on. Links are given themselves, and nothing
// behind them. Without the right to give files away (the binary on a runner,
// which makes files as its own user) nothing needs to be done.
func giveBack(workspace string, made ...string) error {
	info, err := os.Stat(workspace)
	if err != nil {
		return fmt.Errorf("giving files back to the workspace's owner: %w", err)
	}
	owner, known := info.Sys().(*syscall.Stat_t)
	if !known || os.Geteuid() != 0 || owner.Uid == 0 && owner.Gid == 0 {
		return nil
	}
	var errs []error
	for _, root := range made {
		errs = append(errs, filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			return os.Lchown(path, int(owner.Uid), int(owner.Gid))
		}))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("giving files back to the workspace's owner: %w", err)
	}
	return nil
}
