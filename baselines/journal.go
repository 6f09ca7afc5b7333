package baselines

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/benchgate/benchgate/internal/wholefile"
)

// Journal is a run file while its run happens. Every trial is on the disk
// before Append returns, so a crash at any point loses no finished trial; it
// can leave a torn last line, which readers drop.
type Journal struct {
	suite Suite

	mu   sync.Mutex // guards all below
	file *os.File
	size int64 // where the last good line ends
	torn bool  // bytes of a failed write may follow size
	has  map[tryKey]bool
}

// Create begins the run file at path, with its missing parent directories,
// and writes the header. An existing file is an error matching fs.ErrExist:
// a record is never overwritten. An empty h.Schema means [SchemaV1].
func Create(path string, h Header) (*Journal, error) {
	if h.Schema == "" {
		h.Schema = SchemaV1
	}
	if err := h.Validate(); err != nil {
		return nil, fmt.Errorf("creating journal: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("creating journal: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, fmt.Errorf("creating journal: %w", err)
	}
	j := &Journal{suite: h.Suite, file: f, has: make(map[tryKey]bool)}
	if err := errors.Join(j.writeLine(h), wholefile.SyncDir(filepath.Dir(path))); err != nil {
		return nil, errors.Join(fmt.Errorf("creating journal: %w", err), f.Close(), os.Remove(path))
	}
	return j, nil
}

// Append writes one trial and returns when it is on the disk. It may be
// called from several goroutines. What a reader would not accept is refused:
// an invalid trial, a task outside the suite, a try that is there already.
// After an error the file still ends with a whole line.
func (j *Journal) Append(t Trial) error {
	if err := j.add(t); err != nil {
		return fmt.Errorf("appending to journal: %w", err)
	}
	return nil
}

func (j *Journal) add(t Trial) error {
	if err := t.Validate(); err != nil {
		return err
	}
	if _, ok := j.suite.TaskByID(t.Task); !ok {
		return fmt.Errorf("task %q is not in the header's suite", t.Task)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	k := tryKey{t.Key(), t.Try}
	if j.has[k] {
		return fmt.Errorf("task %q, attempt %d, try %d is recorded already", t.Task, t.Attempt, t.Try)
	}
	if err := j.writeLine(t); err != nil {
		return err
	}
	j.has[k] = true
	return nil
}

func (j *Journal) writeLine(v any) error {
	line, err := encodeLine(v)
	if err != nil {
		return err
	}
	if err := j.cut(); err != nil {
		return err
	}
	return j.write(line)
}

// cut removes what a failed write left behind the last good line.
func (j *Journal) cut() error {
	if !j.torn {
		return nil
	}
	if err := j.file.Truncate(j.size); err != nil {
		return err
	}
	j.torn = false
	return nil
}

// write puts a line behind the last good one and waits for the disk.
func (j *Journal) write(line []byte) error {
	_, err := j.file.WriteAt(line, j.size)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		j.torn = true
		return errors.Join(err, j.cut())
	}
	j.size += int64(len(line))
	return nil
}

// Close closes the file. Everything appended is on the disk already.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.file.Close()
}
