package config

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// directory is an absolute one, whose files are [Files]. Links that stay in it are
// followed.
type directory string

// ReadFile implements [Files].
func (d directory) ReadFile(_ context.Context, name string) (content []byte, wrong string, err error) {
	top, err := filepath.EvalSymlinks(string(d))
	if err != nil {
		return nil, "", err
	}
	file, err := filepath.EvalSymlinks(filepath.Join(top, filepath.FromSlash(name)))
	if err != nil {
		return unreadable(err)
	}
	local, err := filepath.Rel(top, file)
	if err != nil || !filepath.IsLocal(local) {
		return nil, "is a link that leads out of the configuration's directory; put the file there", nil
	}
	if inGit(filepath.ToSlash(local)) {
		return nil, "is a link to a file of git's own, which may hold credentials", nil
	}
	root, err := os.OpenRoot(top) // holds also when a link is made behind our back
	if err != nil {
		return nil, "", err
	}
	defer root.Close()
	return readRegular(root, local)
}

// readRegular looks before it opens: opening a pipe would wait for its other end.
func readRegular(root *os.Root, name string) (content []byte, wrong string, err error) {
	info, err := root.Stat(name)
	switch {
	case err != nil:
		return unreadable(err)
	case info.IsDir():
		return nil, "is a directory; name each file", nil
	case !info.Mode().IsRegular():
		return nil, "is no regular file", nil
	case info.Size() > MaxFile:
		return nil, fmt.Sprintf("has %d bytes; want at most %d MiB", info.Size(), MaxFile>>20), nil
	}
	f, err := root.Open(name)
	if err != nil {
		return unreadable(err)
	}
	defer f.Close()
	if content, err = io.ReadAll(io.LimitReader(f, info.Size()+1)); err != nil {
		return unreadable(err)
	}
	if int64(len(content)) != info.Size() { // files of /proc say 0 and have something in them
		return nil, "has not the size that it says it has", nil
	}
	return content, "", nil
}

// unreadable is the answer for a name that leads to no file that can be read.
func unreadable(err error) (content []byte, wrong string, _ error) {
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", err
	}
	if of, ok := errors.AsType[*fs.PathError](err); ok {
		err = of.Err // without the path, which the message has as it was written
	}
	return nil, "cannot be read: " + strings.TrimPrefix(err.Error(), "EvalSymlinks: "), nil
}
