package process

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/benchgate/benchgate/internal/sandbox"
)

// Empty implements sandbox.Sandbox.
func (d *directory) Empty(_ context.Context, dirs ...sandbox.Dir) error {
	root, err := os.OpenRoot(d.root)
	if err != nil {
		return failed("emptying directories", err)
	}
	defer root.Close()
	for _, dir := range dirs {
		if err := makeEmpty(root, inside(dir.Path), dir.Mode); err != nil {
			return fmt.Errorf("%w: %w", sandbox.ErrStays, failed("emptying "+dir.Path, err))
		}
	}
	return nil
}

func makeEmpty(root *os.Root, name string, mode fs.FileMode) error {
	if name == "." {
		return errors.New("the sandbox itself is not emptied")
	}
	elements := strings.Split(path.Dir(name), "/")
	for i := range elements {
		parent := path.Join(elements[:i+1]...)
		info, err := root.Lstat(parent)
		if err == nil && !info.IsDir() {
			err = root.Remove(parent)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := root.Mkdir(parent, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	if err := removeIn(root, name); err != nil {
		return err
	}
	if err := root.Mkdir(name, mode); err != nil {
		return err
	}
	return root.Chmod(name, mode) // whatever the umask is
}

// removeIn removes a file or directory, also one in whose directories nobody may
// write.
func removeIn(root *os.Root, name string) error {
	err := root.RemoveAll(name)
	if err == nil || !errors.Is(err, fs.ErrPermission) {
		return err
	}
	walkErr := fs.WalkDir(root.FS(), name, func(at string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			err = root.Chmod(at, 0o700)
		}
		return err
	})
	return errors.Join(walkErr, root.RemoveAll(name))
}
