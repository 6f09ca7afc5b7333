package baselines

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"
)

// Errors of a [Store], to be matched with errors.Is.
var (
	ErrNotFound = errors.New("not in the store")
	ErrExists   = errors.New("already in the store with other content")
	ErrBadID    = errors.New("not usable as the id of a stored run")
)

// Store keeps runs with their ledgers. A run is stored as it was measured; it
// becomes a baseline when it is accepted, which [Store.Promote] says by making
// its arm [Baseline]. Stored runs are found by what they measured
// ([Header.Fingerprint]) and are otherwise never changed.
//
// Methods may be called from several goroutines, and by several processes
// that share the directory or branch: a reader sees a run whole or not at all.
// Package baselines/storetest tests an implementation for all of this.
type Store interface {
	// Save keeps a run under its Header.ID, and its ledger unless that is
	// nil. The same run again changes nothing and is no error; another one
	// under the same id is ErrExists. An id that [ValidID] refuses is
	// ErrBadID.
	Save(ctx context.Context, r *Run, ledger io.Reader) error

	// Load returns the run, which the caller then owns, or ErrNotFound.
	Load(ctx context.Context, id string) (*Run, error)

	// Ledger opens the run's ledger as it was saved. ErrNotFound when the run
	// is not there or was saved without one.
	Ledger(ctx context.Context, id string) (io.ReadCloser, error)

	// List returns what matches the query, newest first by Header.Created,
	// then by id. Nothing matching is no error.
	List(ctx context.Context, q Query) ([]Entry, error)

	// Promote accepts the run as a baseline. Promoting twice is no error.
	Promote(ctx context.Context, id string) error

	// Remove deletes the run and its ledger, or returns ErrNotFound.
	Remove(ctx context.Context, id string) error
}

// Query selects stored runs. A zero field selects everything.
type Query struct {
	Fingerprint string
	Arm         Arm       // Baseline: only accepted runs
	Since       time.Time // created then or later
}

// Matches reports whether the query selects a run with this header.
func (q Query) Matches(h Header) bool {
	return (q.Fingerprint == "" || q.Fingerprint == h.Fingerprint()) &&
		(q.Arm == "" || q.Arm == h.Arm) &&
		!h.Created.Before(q.Since)
}

// Entry is a stored run in a list.
type Entry struct {
	Header Header

	// Attempts is the number of valid attempts of the suite's task that has
	// fewest. Solved and Valid are sums over all tasks. Attempts that ended in
	// an infrastructure error or were cancelled are not valid.
	Attempts int
	Solved   int
	Valid    int
}

// NewEntry describes a run for a list.
func NewEntry(r *Run) Entry {
	e := Entry{Header: r.Header}
	perTask := make(map[string]int)
	for _, t := range r.Counted() {
		if !t.Ended.Counts() {
			continue
		}
		perTask[t.Task]++
		e.Valid++
		if t.IsSolved() {
			e.Solved++
		}
	}
	for i, t := range r.Header.Suite.Tasks {
		if i == 0 || perTask[t.ID] < e.Attempts {
			e.Attempts = perTask[t.ID]
		}
	}
	return e
}

// NewestFirst compares entries in the order of [Store.List].
func NewestFirst(a, b Entry) int {
	return cmp.Or(b.Header.Created.Compare(a.Header.Created), cmp.Compare(a.Header.ID, b.Header.ID))
}

// SameMeasurement reports whether two runs say the same but for their arm: a
// stored run may have been promoted since. Runs that [Encode] refuses are an
// error.
func SameMeasurement(a, b *Run) (bool, error) {
	as := *a
	as.Header.Arm = b.Header.Arm
	var bufA, bufB bytes.Buffer
	if err := errors.Join(Encode(&bufA, &as), Encode(&bufB, b)); err != nil {
		return false, err
	}
	return bytes.Equal(bufA.Bytes(), bufB.Bytes()), nil
}

var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)

// ValidID returns an error matching [ErrBadID] unless the id is 1 to 128
// letters, digits, dots, dashes and underscores, beginning with a letter or a
// digit. Ids come from files that others wrote and become file names.
func ValidID(id string) error {
	if !idPattern.MatchString(id) {
		return fmt.Errorf("run id %q: %w: want 1 to 128 letters, digits, '.', '-' and '_', a letter or digit first", id, ErrBadID)
	}
	return nil
}

// Find returns the pooled baseline for what h measures: every accepted run in
// the store with h's fingerprint that was created at since or later (a zero
// since allows any age). Prepare, unless nil, is called on each run before
// they are pooled, with its trials as they were measured; it may change it, and
// an error from it ends the search. Find returns an error matching
// [ErrNotFound] when there is none. See [Pool].
func Find(ctx context.Context, s Store, h Header, since time.Time, prepare func(*Run) error) (*Run, error) {
	entries, err := s.List(ctx, Query{Fingerprint: h.Fingerprint(), Arm: Baseline, Since: since})
	if err != nil {
		return nil, fmt.Errorf("finding baseline: %w", err)
	}
	var runs []*Run
	for _, e := range entries {
		r, err := s.Load(ctx, e.Header.ID)
		if errors.Is(err, ErrNotFound) {
			continue // removed since it was listed
		}
		if err != nil {
			return nil, fmt.Errorf("finding baseline: %w", err)
		}
		if prepare != nil {
			if err := prepare(r); err != nil {
				return nil, fmt.Errorf("finding baseline: %w", err)
			}
		}
		runs = append(runs, r)
	}
	pooled, err := Pool(runs)
	if err != nil {
		return nil, fmt.Errorf("finding baseline: %w", err)
	}
	return pooled, nil
}

// Prunable returns the ids of stored runs that no gate will use again: those
// created before the given time, except the newest keep of every fingerprint.
// Entries are in the order of [Store.List].
func Prunable(entries []Entry, keep int, before time.Time) []string {
	var ids []string
	newer := make(map[string]int)
	for _, e := range entries {
		f := e.Header.Fingerprint()
		if newer[f]++; newer[f] > keep && e.Header.Created.Before(before) {
			ids = append(ids, e.Header.ID)
		}
	}
	return ids
}
