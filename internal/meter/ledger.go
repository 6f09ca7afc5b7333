package meter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// Ledger is a ledger file while it is written. It is safe for concurrent use, also
// by several processes at once: a line is appended under a lock on the file, so that
// lines never mix (on systems without such locks, one process may write).
type Ledger struct {
	before []Entry // what the file held when it was opened, and counts as spent

	mu      sync.Mutex // held while lines are appended
	file    *os.File
	end     int64 // the file's length after this ledger's last write
	written int   // how often this ledger has appended
	err     error // the first failure to write; nothing is written after it

	syncing sync.Mutex // held while the file is written to disk
	synced  int        // how many of the appends are on disk
}

// OpenLedger opens or creates a ledger file to append to. When a crash has
// torn the last line, that line is removed. What the file already holds counts
// as spent: [New] takes it over.
func OpenLedger(path string) (*Ledger, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening ledger: %w", err)
	}
	l := &Ledger{file: file}
	if err := errors.Join(l.recover(), syncDir(filepath.Dir(path))); err != nil {
		return nil, errors.Join(fmt.Errorf("opening ledger %s: %w", path, err), file.Close())
	}
	return l, nil
}

// JoinLedger is [OpenLedger] for a file that several programs write to: what it
// holds was spent by others, and counts for nothing.
func JoinLedger(path string) (*Ledger, error) {
	l, err := OpenLedger(path)
	if err == nil {
		l.before = nil
	}
	return l, err
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
	return l.alone(func() error {
		entries, whole, err := readLines(l.file, l.file.Name())
		if err != nil {
			return err
		}
		l.before, l.end = entries, whole
		return l.cut(whole)
	})
}

// alone calls do while no other ledger of this file writes.
func (l *Ledger) alone(do func() error) error {
	if err := lockFile(l.file); err != nil {
		return fmt.Errorf("locking ledger: %w", err)
	}
	return errors.Join(do(), unlockFile(l.file))
}

func (l *Ledger) cut(length int64) error {
	if err := l.file.Truncate(length); err != nil {
		return fmt.Errorf("removing a torn line: %w", err)
	}
	return nil
}

// append writes the lines and returns when they are on disk. After a failure
// every later call fails too: the disk is full, or worse.
func (l *Ledger) append(entries ...Entry) error {
	number, err := l.write(entries...)
	if err != nil {
		return err
	}
	return l.sync(number)
}

// write appends lines after all that others have appended, and returns the number
// of this append, with which [Ledger.sync] waits for the disk.
func (l *Ledger) write(entries ...Entry) (number int, err error) {
	var lines []byte
	for _, e := range entries {
		line, err := json.Marshal(e)
		if err != nil {
			return 0, fmt.Errorf("encoding ledger line: %w", err)
		}
		lines = append(append(lines, line...), '\n')
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return 0, l.err
	}
	l.err = l.alone(func() error {
		if err := l.dropTorn(); err != nil {
			return err
		}
		n, err := l.file.Write(lines)
		l.end += int64(n)
		return err
	})
	if l.err != nil {
		l.err = fmt.Errorf("writing ledger: %w", l.err)
	}
	l.written++
	return l.written, l.err
}

// dropTorn goes to the file's end and removes the half line there, which is that of
// another program that ended while it wrote.
func (l *Ledger) dropTorn() error {
	end, err := l.file.Seek(0, io.SeekEnd)
	if err != nil || end == l.end {
		return err
	}
	l.end = end
	tail := make([]byte, min(end, maxLine))
	if _, err := l.file.ReadAt(tail, end-int64(len(tail))); err != nil {
		return err
	}
	torn := len(tail) - 1 - bytes.LastIndexByte(tail, '\n')
	switch torn {
	case 0:
		return nil
	case maxLine:
		return errors.New("its last line is longer than any of a ledger")
	}
	l.end -= int64(torn)
	return l.cut(l.end)
}

// sync returns when the append of that number is on disk. Those that come while
// another one syncs wait for it, and then one of them syncs for all.
func (l *Ledger) sync(number int) error {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	if l.synced >= number {
		return nil
	}
	l.mu.Lock()
	upTo, err := l.written, l.err
	l.mu.Unlock()
	if err != nil {
		return err
	}
	if err := l.file.Sync(); err != nil {
		return l.fail(fmt.Errorf("writing ledger to disk: %w", err))
	}
	l.synced = upTo
	return nil
}

// fail keeps the first error.
func (l *Ledger) fail(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		l.err = err
	}
	return l.err
}

// Close writes to disk what is not there yet, closes the file and returns the first
// error of all writes.
func (l *Ledger) Close() error {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	syncing := error(nil)
	if l.err == nil && l.synced < l.written {
		if syncing = l.file.Sync(); syncing == nil {
			l.synced = l.written
		}
	}
	closing := errors.Join(syncing, l.file.Close())
	if l.err == nil {
		l.err = errors.New("writing ledger: it is closed")
		return closing
	}
	return l.err
}
