//go:build unix

package wholefile

import (
	"errors"
	"io"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// Write puts what the function writes at path, with mode 0644 whatever
// the umask is. A crash leaves
// either the old file or the whole new one, and after Write has returned the new
// one stays. When write fails, its error comes back and the old file stays. The
// directory must exist.
func Write(path string, write func(io.Writer) error) error {
	dir := filepath.Dir(path)
	f, err := renameio.NewPendingFile(path, renameio.WithTempDir(dir), renameio.WithStaticPermissions(0o644))
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		return errors.Join(err, f.Cleanup())
	}
	if err := f.CloseAtomicallyReplace(); err != nil {
		return errors.Join(err, f.Cleanup())
	}
	return SyncDir(dir) // which renameio leaves to its callers
}
