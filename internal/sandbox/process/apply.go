package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/benchgate/benchgate/internal/sandbox/buildcontext"
)

// apply does the steps in a sandbox's root.
func (r recipe) apply(ctx context.Context, root string) error {
	var files []buildcontext.File
	if err := r.files.Walk(ctx, func(f buildcontext.File) error {
		files = append(files, f)
		return nil
	}); err != nil {
		return err
	}
	for _, s := range r.steps {
		var errs []error
		if len(s.sources) == 0 {
			errs = append(errs, os.MkdirAll(filepath.Join(root, s.to), 0o755))
		}
		for _, source := range s.sources {
			errs = append(errs, s.copy(files, source, root))
		}
		if err := errors.Join(errs...); err != nil {
			return fmt.Errorf("%s: %w", s.at, err)
		}
	}
	return nil
}

// copy copies a source, a file or a folder's content as Docker does it.
func (s step) copy(files []buildcontext.File, source, root string) error {
	found := source == "" // the context itself
	for _, f := range files {
		below, isBelow := strings.CutPrefix(f.Path, source+"/")
		if source == "" {
			below, isBelow = f.Path, true
		}
		switch {
		case isBelow:
			found = true
			if err := place(f, filepath.Join(root, s.to, filepath.FromSlash(below))); err != nil {
				return err
			}
		case f.Path != source:
		case f.Info.IsDir():
			found = true
			if err := os.MkdirAll(filepath.Join(root, s.to), 0o755); err != nil {
				return err
			}
		default:
			found = true
			to := filepath.Join(root, s.to)
			if info, err := os.Stat(to); strings.HasSuffix(s.to, "/") || err == nil && info.IsDir() {
				to = filepath.Join(to, path.Base(source))
			}
			if err := place(f, to); err != nil {
				return err
			}
		}
	}
	if !found {
		return fmt.Errorf("COPY %s: %w in the build context (or .dockerignore names it)", source, fs.ErrNotExist)
	}
	return nil
}

// place puts one file of the context at a path of this machine.
func place(f buildcontext.File, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	mode := f.Info.Mode()
	switch {
	case mode.IsDir():
		if err := os.MkdirAll(to, 0o755); err != nil {
			return err
		}
		return os.Chmod(to, mode.Perm()|0o700) // what is in it comes next
	case f.Link != "":
		if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return os.Symlink(f.Link, to)
	default:
		return copyFile(f.Host, to, mode.Perm())
	}
}

func copyFile(from, to string, mode fs.FileMode) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	defer noFork()()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Chmod(mode) // the umask took something off
}
