package trial

import (
	"archive/tar"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Workdir is what a directory of this machine holds at one time, to be compared with
// what it holds later. What git keeps for itself is left out.
type Workdir struct{ files *snapshot }

// forWorkdir is the limit of a directory outside sandboxes, which is read without
// being copied.
var forWorkdir = extent{files: 20_000, bytes: 64 << 20}

// ReadWorkdir reads a directory's files. One with more than 20,000 files, or
// 64 MiB in them, is an error.
func ReadWorkdir(dir string) (*Workdir, error) {
	s := &snapshot{files: make(map[string]change)}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.Name() == ".git":
			return skip(d)
		case !d.Type().IsRegular():
			return nil
		}
		return s.addFile(name, d)
	})
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", dir, err)
	}
	return &Workdir{s}, nil
}

func skip(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

func (s *snapshot) addFile(name string, d fs.DirEntry) error {
	info, err := d.Info()
	if errors.Is(err, fs.ErrNotExist) { // removed meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	if s.bytes += info.Size(); len(s.files) >= forWorkdir.files || s.bytes > forWorkdir.bytes {
		return errTooLarge
	}
	content, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	s.files[name] = change{header: &tar.Header{Typeflag: tar.TypeReg}, content: content}
	return err
}

// KeptSince counts the lines of text files that were not in the same file before,
// however often they were rewritten on the way. A renamed file counts as new.
func (w *Workdir) KeptSince(before *Workdir) int64 { return w.files.keptSince(before.files) }
