package trial

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"
)

// snapshot is a directory's files and links.
type snapshot struct {
	files map[string]change // by path relative to the directory
	bytes int64             // of all contents
}

// change is one regular file or symbolic link of the working directory.
type change struct {
	header  *tar.Header // Name is relative to the working directory
	content []byte
}

// digest is equal for two changes that agree in kind, permissions, target and
// content; times do not count.
func (c change) digest() string {
	return fmt.Sprintf("%c %o %s %x", c.header.Typeflag, c.header.Mode&0o777, c.header.Linkname, sha256.Sum256(c.content))
}

// extent is the size up to which a snapshot is taken.
type extent struct {
	files int   // number of files
	bytes int64 // of all contents
}

var (
	// forLines is the limit when only the lines that an agent wrote are
	// counted: copying a larger directory out of the sandbox, twice in each
	// trial, would take longer than the number is worth. Most tasks'
	// directories are far smaller.
	forLines = extent{files: 5000, bytes: 8 << 20}

	// forRecording is the limit when the trial is recorded. It leaves room
	// below maxRecording.
	forRecording = extent{files: 100_000, bytes: 256 << 20}
)

func (s *snapshot) fits(e extent) bool { return len(s.files) <= e.files && s.bytes <= e.bytes }

var errTooLarge = errors.New("the working directory is too large to compare")

// takeSnapshot reads the working directory's regular files and links.
func (a *attempt) takeSnapshot(ctx context.Context, limit extent) (*snapshot, error) {
	out, err := a.copyOut(ctx, a.workdir)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", a.workdir, err)
	}
	defer out.Close()
	s := &snapshot{files: make(map[string]change)}
	for r := tar.NewReader(out); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err == nil {
			err = s.add(h, io.LimitReader(r, limit.bytes-s.bytes+1))
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", a.workdir, err)
		}
		if !s.fits(limit) {
			return nil, errTooLarge
		}
	}
}

func (s *snapshot) add(h *tar.Header, r io.Reader) error {
	_, name, below := strings.Cut(h.Name, "/")
	if !below || name == "" {
		return nil
	}
	c := change{header: &tar.Header{
		Typeflag: h.Typeflag, Name: name, Mode: h.Mode & 0o777, ModTime: time.Unix(0, 0),
	}}
	switch h.Typeflag {
	case tar.TypeReg:
		var err error
		if c.content, err = io.ReadAll(r); err != nil {
			return err
		}
	case tar.TypeSymlink:
		c.header.Linkname = h.Linkname
	case tar.TypeLink: // another name of a file that came before
		_, first, _ := strings.Cut(h.Linkname, "/")
		c.header.Typeflag, c.content = tar.TypeReg, s.files[first].content
	default:
		return nil
	}
	s.files[name] = c
	s.bytes += int64(len(c.content))
	return nil
}

// since lists what was written and what was deleted, sorted by path.
func (s *snapshot) since(before *snapshot) (changes []change, deleted []string) {
	for name, c := range s.files {
		if old, had := before.files[name]; !had || c.digest() != old.digest() {
			changes = append(changes, c)
		}
	}
	for name := range before.files {
		if _, still := s.files[name]; !still {
			deleted = append(deleted, name)
		}
	}
	slices.SortFunc(changes, func(x, y change) int { return strings.Compare(x.header.Name, y.header.Name) })
	slices.Sort(deleted)
	return changes, deleted
}

// keptSince counts the lines of text files that were not in the same file
// before, however often the agent rewrote them on the way. A renamed file
// counts as new. What git keeps for itself and binary files do not count.
func (s *snapshot) keptSince(before *snapshot) int64 {
	var kept int64
	for name, c := range s.files {
		if c.header.Typeflag != tar.TypeReg || slices.Contains(strings.Split(path.Dir(name), "/"), ".git") {
			continue
		}
		had := countLines(before.files[name].content)
		for line, n := range countLines(c.content) {
			kept += max(n-had[line], 0)
		}
	}
	return kept
}

// countLines is how often each line occurs in a text; nil for binary content.
func countLines(content []byte) map[string]int64 {
	if bytes.IndexByte(content, 0) >= 0 {
		return nil
	}
	lines := make(map[string]int64)
	for line := range bytes.Lines(content) {
		lines[string(bytes.TrimRight(line, "\r\n"))]++
	}
	return lines
}
