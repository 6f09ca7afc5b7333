package meter

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// Ledger is the ledger file of a run while it is written. It is safe for
// concurrent use.
type Ledger struct {
	before []Entry // what the file held when it was opened

	mu   sync.Mutex
	file *os.File
	err  error // the first failure to write; nothing is written after it
}

// OpenLedger opens or creates a ledger file to append to. When a crash has
// torn the last line, that line is removed. What the file already holds counts
// as spent: [New] takes it over.
func OpenLedger(path string) (*Ledger, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening ledger: %w", err)
	}
	l := &Ledger{file: file}
	if err := errors.Join(l.recover(), syncDir(filepath.Dir(path))); err != nil {
		return nil, errors.Join(fmt.Errorf("opening ledger %s: %w", path, err), file.Close())
	}
	return l, nil
}

// syncDir fsyncs a directory, so that the name of a new file in it is on disk as
// its lines are.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (l *Ledger) recover() error {
	entries, whole, err := readLines(l.file, l.file.Name())
	if err != nil {
		return err
	}
	l.before = entries
	if err := l.file.Truncate(whole); err != nil {
		return fmt.Errorf("removing a torn line: %w", err)
	}
	_, err = l.file.Seek(whole, io.SeekStart)
	return err
}

// append writes the lines and returns when they are on disk. After a failure
// every later call fails too: the file may end with half a line, and a line
// written after it would be unreadable as well.
func (l *Ledger) append(entries ...Entry) error {
	var lines []byte
	for _, e := range entries {
		line, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("encoding ledger line: %w", err)
		}
		lines = append(append(lines, line...), '\n')
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return l.err
	}
	if _, err := l.file.Write(lines); err != nil {
		l.err = fmt.Errorf("writing ledger: %w", err)
	} else if err := l.file.Sync(); err != nil {
		l.err = fmt.Errorf("writing ledger to disk: %w", err)
	}
	return l.err
}

// Close closes the file and returns the first error of all writes.
func (l *Ledger) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	closing := l.file.Close()
	if l.err == nil {
		l.err = errors.New("writing ledger: it is closed")
		return closing
	}
	return l.err
}
