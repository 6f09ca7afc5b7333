package process

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
)

// extract unpacks a tar below dir. Everything goes through root, so that
// neither names nor links in the tar lead outside. Docker's own library for
// this, moby/go-archive, needs chroot and so the rights of root to be as safe.
func extract(ctx context.Context, root *os.Root, dir string, archive io.Reader) error {
	if err := root.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var folders []*tar.Header // their modes come last: one may forbid writing
	for in := tar.NewReader(archive); ; {
		header, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("reading tar: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		header.Name = path.Join(dir, path.Clean("/"+header.Name))
		if err := extractEntry(root, dir, header, in); err != nil {
			return fmt.Errorf("unpacking %s: %w", header.Name, err)
		}
		if header.Typeflag == tar.TypeDir {
			folders = append(folders, header)
		}
	}
	for _, folder := range slices.Backward(folders) {
		if err := root.Chmod(folder.Name, folder.FileInfo().Mode()); err != nil {
			return fmt.Errorf("unpacking %s: %w", folder.Name, err)
		}
	}
	return nil
}

func extractEntry(root *os.Root, dir string, header *tar.Header, content io.Reader) error {
	if header.Typeflag == tar.TypeDir {
		return root.MkdirAll(header.Name, 0o755)
	}
	if err := root.MkdirAll(path.Dir(header.Name), 0o755); err != nil {
		return err
	}
	if err := root.Remove(header.Name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	switch header.Typeflag {
	case tar.TypeReg:
		return writeFile(root, header, content)
	case tar.TypeSymlink:
		return root.Symlink(header.Linkname, header.Name)
	case tar.TypeLink:
		return root.Link(path.Join(dir, path.Clean("/"+header.Linkname)), header.Name)
	default:
		return fmt.Errorf("it is a %v: only files, folders and links can be unpacked", header.FileInfo().Mode().Type())
	}
}

// noFork keeps this process from starting another one while a file is open for
// writing, until the returned function is called. Between fork and exec a child
// holds all our descriptors; while it holds this one, a script just written
// cannot be executed ("text file busy", golang.org/issue/22315).
func noFork() (end func()) {
	syscall.ForkLock.RLock()
	return syscall.ForkLock.RUnlock
}

func writeFile(root *os.Root, header *tar.Header, content io.Reader) (err error) {
	mode := header.FileInfo().Mode()
	defer noFork()()
	out, err := root.OpenFile(header.Name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode.Perm())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err := io.Copy(out, content); err != nil {
		return err
	}
	return out.Chmod(mode) // the umask took something off
}

// CopyOut implements sandbox.Sandbox.
func (d *directory) CopyOut(ctx context.Context, name string) (io.ReadCloser, error) {
	root, err := os.OpenRoot(d.root)
	if err != nil {
		return nil, failed("copying "+name+" out", err)
	}
	info, err := root.Lstat(inside(name))
	if err != nil {
		return nil, errors.Join(failed("copying "+name+" out", err), root.Close())
	}
	in, out := io.Pipe()
	archive := &archive{PipeReader: in, packed: make(chan struct{})}
	go func() {
		defer close(archive.packed)
		err := pack(ctx, root, inside(name), info, out)
		out.CloseWithError(errors.Join(err, root.Close()))
	}()
	return archive, nil
}

// archive is a tar that is packed while it is read.
type archive struct {
	*io.PipeReader
	packed chan struct{} // closed when the packing has ended
}

// Close waits for the packing's end.
func (a *archive) Close() error {
	err := a.PipeReader.Close()
	<-a.packed
	return err
}

func pack(ctx context.Context, root *os.Root, name string, info fs.FileInfo, w io.Writer) error {
	out := tar.NewWriter(w)
	above := path.Dir(name)
	add := func(file string, info fs.FileInfo) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		short := file
		if above != "." {
			short = strings.TrimPrefix(file, above+"/")
		}
		return packEntry(out, root, file, short, info)
	}
	var err error
	if info.IsDir() {
		err = fs.WalkDir(root.FS(), name, func(file string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := entry.Info()
			if err != nil {
				return err
			}
			return add(file, info)
		})
	} else {
		err = add(name, info)
	}
	if err != nil {
		return fmt.Errorf("packing %s: %w", name, err)
	}
	return out.Close()
}

func packEntry(out *tar.Writer, root *os.Root, file, short string, info fs.FileInfo) error {
	var link string
	var err error
	switch {
	case info.Mode().IsRegular(), info.IsDir():
	case info.Mode()&fs.ModeSymlink != 0:
		if link, err = root.Readlink(file); err != nil {
			return err
		}
	default:
		return nil // sockets and pipes are left out
	}
	header, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	header.Name = short
	if info.IsDir() {
		header.Name += "/"
	}
	if err := out.WriteHeader(header); err != nil || !info.Mode().IsRegular() {
		return err
	}
	in, err := root.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = io.CopyN(out, in, info.Size()) // a file that grows meanwhile is cut
	return err
}
