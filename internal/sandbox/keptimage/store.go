package keptimage

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"github.com/benchgate/benchgate/internal/wholefile"
)

// Store is a directory with a file for each image and a record beside it. Several
// processes may use one directory.
type Store struct {
	dir      string
	maxBytes int64

	mu   sync.Mutex
	used map[string]bool // names of this process: they do not go
}

// Open returns the store in a directory, which is made when the first image is
// kept. All files together have at most that many bytes.
func Open(dir string, maxBytes int64) *Store {
	return &Store{dir: dir, maxBytes: maxBytes, used: make(map[string]bool)}
}

// ErrNoRoom is the error of an image that is not kept: with those that this
// process uses it would be more than the store may hold.
var ErrNoRoom = errors.New("it does not fit into the cache beside the other images of this run")

// plainName is what a name may be: it becomes that of a file.
var plainName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,199}$`)

// Image is a kept image that was verified. Its bytes are what an engine loads.
type Image struct {
	ID    string // as the engine had it that it was saved from
	Bytes int64
	file  *os.File
}

// Read implements [io.Reader].
func (i *Image) Read(p []byte) (int, error) { return i.file.Read(p) }

// Close closes its file.
func (i *Image) Close() error { return i.file.Close() }

// Image opens the image that is kept under a name, once every byte of it is
// verified. Without one the error matches [io/fs.ErrNotExist].
func (s *Store) Image(name string) (_ *Image, err error) {
	if !plainName.MatchString(name) {
		return nil, fmt.Errorf("%q is no name of an image that is kept", name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	record, err := readRecord(s.record(name))
	if err != nil {
		return nil, err
	}
	if record.Name != name {
		return nil, fmt.Errorf("its record is that of %q", record.Name)
	}
	file, err := os.Open(s.file(name))
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			file.Close()
		}
	}()
	if err := verify(file, record); err != nil {
		return nil, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	s.used[name] = true
	now := time.Now()
	// A directory that cannot be written is still good to read from.
	_ = os.Chtimes(s.file(name), now, now)
	return &Image{ID: record.ID, Bytes: record.Bytes, file: file}, nil
}

// verify compares a file with its record.
func verify(file io.Reader, want record) error {
	sum, counted := sha256.New(), &count{}
	said, err := readSaved(io.TeeReader(file, io.MultiWriter(sum, counted)))
	switch got := hex.EncodeToString(sum.Sum(nil)); {
	case counted.bytes != want.Bytes || got != want.SHA256: // which explains whatever else is wrong
		return fmt.Errorf("the file has %d bytes with the SHA-256 %s, its record says %d bytes with %s", counted.bytes, got, want.Bytes, want.SHA256)
	case err != nil:
		return err
	}
	return said.check(want.ID)
}

// Keep writes an image under a name, and the record beside it. save writes the
// image as the engine gives it, which will be about size bytes. What does not fit
// is not kept: [ErrNoRoom].
func (s *Store) Keep(name, id string, size int64, save func(io.Writer) error) error {
	if !plainName.MatchString(name) {
		return fmt.Errorf("%q is no name for an image", name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return err
	}
	s.used[name] = true
	if err := s.remove(name); err != nil {
		return err
	}
	if err := s.makeRoom(size); err != nil {
		return err
	}
	made := record{Schema: recordSchemaV1, Name: name, ID: id}
	err := wholefile.Write(s.file(name), func(w io.Writer) error { return made.write(w, save) })
	if err != nil {
		return err
	}
	if err := s.makeRoom(0); err != nil { // it was larger than thought
		return errors.Join(err, s.remove(name))
	}
	return wholefile.Write(s.record(name), made.encode)
}

// write saves an image, and completes the record with what was saved.
func (r *record) write(w io.Writer, save func(io.Writer) error) error {
	sum, counted := sha256.New(), &count{}
	in, out := io.Pipe()
	read := make(chan error, 1)
	go func() {
		said, err := readSaved(in)
		if err == nil {
			err = said.check(r.ID)
		}
		in.CloseWithError(err)
		read <- err
	}()
	err := save(io.MultiWriter(w, sum, counted, out))
	out.CloseWithError(err)
	if readErr := <-read; err == nil {
		err = readErr
	}
	r.SHA256, r.Bytes = hex.EncodeToString(sum.Sum(nil)), counted.bytes
	return err
}

// count is a writer that counts.
type count struct{ bytes int64 }

func (c *count) Write(p []byte) (int, error) {
	c.bytes += int64(len(p))
	return len(p), nil
}

func (s *Store) file(name string) string   { return filepath.Join(s.dir, name+".tar") }
func (s *Store) record(name string) string { return filepath.Join(s.dir, name+".json") }

// remove removes an image, its record first: without a record nothing is read.
func (s *Store) remove(name string) error {
	for _, file := range []string{s.record(name), s.file(name)} {
		if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}
