package trial

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/benchgate/benchgate/internal/suite"
)

// place copies host files into the sandbox: those for one directory together, because
// the engine mounts the container's files for each copy.
func (a *attempt) place(ctx context.Context, placed []suite.Placed) error {
	for len(placed) > 0 {
		n := 1
		for n < len(placed) && placed[n].Dir == placed[0].Dir {
			n++
		}
		if err := a.placeIn(ctx, placed[0].Dir, placed[:n]); err != nil {
			return err
		}
		placed = placed[n:]
	}
	return nil
}

func (a *attempt) placeIn(ctx context.Context, dir string, placed []suite.Placed) error {
	pr, pw := io.Pipe()
	packed := make(chan error, 1)
	go func() {
		err := packPlaced(pw, placed)
		pw.CloseWithError(err)
		packed <- err
	}()
	err := a.box.CopyIn(ctx, dir, pr)
	pr.CloseWithError(io.ErrClosedPipe) // ends the packer when CopyIn gave up early
	if packErr := <-packed; packErr != nil && !errors.Is(packErr, io.ErrClosedPipe) {
		err = packErr // CopyIn's error follows from it and is no fault of the sandbox
	}
	if err != nil {
		return fmt.Errorf("placing %s in %s: %w", filepath.Base(placed[0].Host), dir, err)
	}
	return nil
}

// placeUntil is place with a deadline. Reaching it is a failure in the sandbox,
// whose cause is looked for there.
func (a *attempt) placeUntil(ctx context.Context, placed []suite.Placed, d time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	return a.place(ctx, placed)
}

// packPlaced writes a tar of files and of directories' contents; of two files of one
// name the later one counts.
func packPlaced(w io.Writer, placed []suite.Placed) error {
	out := tar.NewWriter(w)
	for _, p := range placed {
		if err := packOne(out, p); err != nil {
			return errors.Join(err, out.Close())
		}
	}
	return out.Close()
}

// packOne packs one file, or a directory's content.
func packOne(out *tar.Writer, p suite.Placed) error {
	return filepath.WalkDir(p.Host, func(file string, d fs.DirEntry, err error) error {
		if err != nil || (file == p.Host && d.IsDir()) {
			return err
		}
		name, err := filepath.Rel(p.Host, file)
		if err != nil {
			return err
		}
		switch {
		case file == p.Host:
			name = p.Name
		case !slices.Contains(p.Without, filepath.ToSlash(name)):
		case d.IsDir():
			return fs.SkipDir
		default:
			return nil
		}
		return packFile(out, file, filepath.ToSlash(name), d, p.Exec)
	})
}

func packFile(out *tar.Writer, file, name string, d fs.DirEntry, exec bool) error {
	info, err := d.Info()
	if err != nil {
		return err
	}
	link := ""
	if info.Mode()&fs.ModeSymlink != 0 {
		if link, err = os.Readlink(file); err != nil {
			return err
		}
	}
	h, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	// The host's users need not exist in the sandbox.
	h.Uid, h.Gid, h.Uname, h.Gname = 0, 0, "", ""
	h.Name, h.AccessTime, h.ChangeTime = name, time.Time{}, time.Time{}
	if exec && info.Mode().IsRegular() {
		h.Mode |= 0o111
	}
	if err := out.WriteHeader(h); err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(out, f)
	return err
}
