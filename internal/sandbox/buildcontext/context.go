// Package buildcontext reads the directory a task's image is made from as
// Docker reads it: the files that .dockerignore leaves, as a tar for an engine
// or one by one for the sandbox without an engine.
package buildcontext

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Context is an opened build context.
type Context struct {
	dir        string
	dockerfile string // slash-separated, inside dir
	ignore     patterns
}

// File is one entry of a context: a regular file, a folder or a symbolic
// link.
type File struct {
	Path string // slash-separated, inside the context
	Host string // where it lies on this machine
	Info fs.FileInfo
	Link string // target of a symbolic link
}

// Open reads the ignore rules of dir. Dockerfile is a slash-separated path
// inside dir; empty means "Dockerfile". Rules beside it, in
// "<Dockerfile>.dockerignore", replace those of the context.
func Open(dir, dockerfile string) (*Context, error) {
	if dockerfile == "" {
		dockerfile = "Dockerfile"
	}
	dockerfile = path.Clean(dockerfile)
	if !filepath.IsLocal(filepath.FromSlash(dockerfile)) {
		return nil, fmt.Errorf("opening build context %s: Dockerfile %q lies outside it", dir, dockerfile)
	}
	if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(dockerfile))); err != nil {
		return nil, fmt.Errorf("opening build context: %w", err)
	}
	c := &Context{dir: dir, dockerfile: dockerfile}
	for _, name := range []string{dockerfile + ".dockerignore", ".dockerignore"} {
		f, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("opening build context: %w", err)
		}
		c.ignore, err = parseIgnore(f.Name(), f)
		return c, errors.Join(err, f.Close())
	}
	return c, nil
}

// Dockerfile is the slash-separated path of the Dockerfile inside the
// context.
func (c *Context) Dockerfile() string { return c.dockerfile }

// Walk calls visit for every file that is not ignored, folders before what
// they hold, in lexical order. Sockets are passed over as Docker does; other
// special files are an error.
func (c *Context) Walk(ctx context.Context, visit func(File) error) error {
	return filepath.WalkDir(c.dir, func(host string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("reading build context: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rel, err := filepath.Rel(c.dir, host)
		if err != nil {
			return err
		}
		if rel == "." {
			return nil
		}
		name := filepath.ToSlash(rel)
		if c.ignore.ignores(name) {
			if entry.IsDir() && !c.ignore.hasExceptions() {
				return fs.SkipDir
			}
			return nil
		}
		file, err := c.file(name)
		if errors.Is(err, errSocket) {
			return nil
		}
		if err != nil {
			return err
		}
		return visit(file)
	})
}

var errSocket = errors.New("socket")

func (c *Context) file(name string) (File, error) {
	host := filepath.Join(c.dir, filepath.FromSlash(name))
	info, err := os.Lstat(host)
	if err != nil {
		return File{}, fmt.Errorf("reading build context: %w", err)
	}
	file := File{Path: name, Host: host, Info: info}
	switch mode := info.Mode(); {
	case mode.IsRegular(), mode.IsDir():
	case mode&fs.ModeSymlink != 0:
		if file.Link, err = os.Readlink(host); err != nil {
			return File{}, fmt.Errorf("reading build context: %w", err)
		}
	case mode&fs.ModeSocket != 0:
		return File{}, errSocket
	default:
		return File{}, fmt.Errorf("reading build context: %s is a %v: only files, folders and links can be sent", host, mode.Type())
	}
	return file, nil
}

// WriteTar writes the context as a tar owned by root. The Dockerfile and the
// ignore rules are in it even when ignored: the builder needs them.
func (c *Context) WriteTar(ctx context.Context, w io.Writer) error {
	out := tar.NewWriter(w)
	written := make(map[string]bool)
	add := func(f File) error {
		written[f.Path] = true
		return writeEntry(out, f)
	}
	if err := c.Walk(ctx, add); err != nil {
		return err
	}
	for _, name := range []string{c.dockerfile, ".dockerignore"} {
		if written[name] {
			continue
		}
		file, err := c.file(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := add(file); err != nil {
			return err
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("packing build context: %w", err)
	}
	return nil
}

func writeEntry(out *tar.Writer, f File) error {
	header, err := tar.FileInfoHeader(f.Info, f.Link)
	if err != nil {
		return fmt.Errorf("packing %s: %w", f.Host, err)
	}
	header.Name = f.Path
	if f.Info.IsDir() {
		header.Name += "/"
	}
	header.Uid, header.Gid, header.Uname, header.Gname = 0, 0, "", ""
	header.Format = tar.FormatPAX
	if err := out.WriteHeader(header); err != nil {
		return fmt.Errorf("packing %s: %w", f.Host, err)
	}
	if !f.Info.Mode().IsRegular() {
		return nil
	}
	return copyFile(out, f.Host)
}

func copyFile(w io.Writer, host string) error {
	in, err := os.Open(host)
	if err != nil {
		return fmt.Errorf("packing build context: %w", err)
	}
	defer in.Close()
	if _, err := io.Copy(w, in); err != nil {
		return fmt.Errorf("packing %s: %w", host, err)
	}
	return nil
}

// Digest is "sha256:" and the hash of all paths, permission bits, link
// targets and contents, the Dockerfile included. Times and owners do not
// count.
func (c *Context) Digest(ctx context.Context) (string, error) {
	sum := sha256.New()
	dockerfile, err := c.file(c.dockerfile)
	if err != nil {
		return "", err
	}
	if err := hashEntry(sum, dockerfile); err != nil {
		return "", err
	}
	if err := c.Walk(ctx, func(f File) error { return hashEntry(sum, f) }); err != nil {
		return "", err
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil)), nil
}

func hashEntry(w io.Writer, f File) error {
	var content strings.Builder
	switch {
	case f.Info.Mode().IsRegular():
		sum := sha256.New()
		if err := copyFile(sum, f.Host); err != nil {
			return err
		}
		fmt.Fprintf(&content, "%x", sum.Sum(nil))
	case f.Link != "":
		fmt.Fprintf(&content, "%q", f.Link)
	}
	_, err := fmt.Fprintf(w, "%v %q %s\n", f.Info.Mode(), f.Path, &content)
	return err
}
