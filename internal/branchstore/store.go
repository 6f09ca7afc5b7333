package branchstore

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/step"
	"github.com/benchgate/benchgate/internal/wait"
)

// Store is a [baselines.Store] on a branch.
type Store struct {
	// Sleep waits before a change is tried again.
	Sleep func(context.Context, time.Duration) error

	branch Branch
	from   Provenance

	writing chan struct{} // one writer at a time does not race with itself

	mu   sync.Mutex        // guards what follows
	runs map[string][]byte // run files that were read, by their ids
	held int               // bytes in runs
}

var _ baselines.Store = (*Store)(nil)

// New returns the store on a branch, which the first run begins. From is where
// the runs that it saves were measured.
func New(b Branch, from Provenance) *Store {
	return &Store{Sleep: wait.For, branch: b, from: from, writing: make(chan struct{}, 1), runs: make(map[string][]byte)}
}

// String is the branch for people.
func (s *Store) String() string { return s.branch.String() }

// Load implements [baselines.Store].
func (s *Store) Load(ctx context.Context, id string) (*baselines.Run, error) {
	run, err := s.find(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("loading baseline: %w", err)
	}
	r, err := s.load(ctx, id, run)
	if err != nil {
		return nil, fmt.Errorf("loading baseline: %w", err)
	}
	return r, nil
}

// Ledger implements [baselines.Store].
func (s *Store) Ledger(ctx context.Context, id string) (io.ReadCloser, error) {
	run, err := s.find(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("opening ledger: %w", err)
	}
	f, has := run[baselines.LedgerFile]
	if !has {
		return nil, fmt.Errorf("opening ledger: %w", s.notFound("ledger of run", id))
	}
	content, err := s.read(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("opening ledger: %w", err)
	}
	return io.NopCloser(bytes.NewReader(content)), nil
}

// List implements [baselines.Store]. One unreadable run makes it fail and is
// named: a baseline that silently shrinks would change verdicts. Of a query for a
// fingerprint only the runs are read that may have it.
func (s *Store) List(ctx context.Context, q baselines.Query) (entries []baselines.Entry, err error) {
	waiting := step.Begin(ctx, "reading", "baselines on "+s.String())
	defer func() { waiting.End(err) }()
	tip, err := s.branch.Tip(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing baselines: %w", err)
	}
	var ids []string
	runs := runsOf(tip)
	for id, run := range runs {
		if run.mayBe(q.Fingerprint) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids) // so that of several unreadable runs the same is named
	read := make([]*baselines.Run, len(ids))
	failed := make([]error, len(ids))
	each(len(ids), func(i int) { read[i], failed[i] = s.load(ctx, ids[i], runs[ids[i]]) })
	for i, r := range read {
		if failed[i] != nil {
			return nil, fmt.Errorf("listing baselines: %w", failed[i])
		}
		if q.Matches(r.Header) {
			entries = append(entries, baselines.NewEntry(r))
		}
	}
	slices.SortFunc(entries, baselines.NewestFirst)
	return entries, nil
}

// each calls f for 0 to n-1, for some of them at the same time.
func each(n int, f func(int)) {
	const atOnce = 8 // GitHub takes up to 100 requests at a time
	var workers sync.WaitGroup
	next := make(chan int)
	for range min(n, atOnce) {
		workers.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	workers.Wait()
}

// find is a run in the branch's present tip.
func (s *Store) find(ctx context.Context, id string) (storedRun, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if baselines.ValidID(id) != nil { // nothing can be stored under it
		return nil, s.notFound("run", id)
	}
	tip, err := s.branch.Tip(ctx)
	if err != nil {
		return nil, err
	}
	run, has := runsOf(tip)[id]
	if !has {
		return nil, s.notFound("run", id)
	}
	return run, nil
}

// load reads a run, which the caller then owns.
func (s *Store) load(ctx context.Context, id string, run storedRun) (*baselines.Run, error) {
	f := run[baselines.RunFile]
	content, err := s.readOnce(ctx, f)
	if err != nil {
		return nil, err
	}
	r, err := baselines.Decode(bytes.NewReader(content), f.Path)
	if err != nil {
		return nil, fmt.Errorf("on %s: %w", s.branch, err)
	}
	if r.Header.ID != id {
		return nil, fmt.Errorf("%s on %s holds run %q; rename its directory to that", f.Path, s.branch, r.Header.ID)
	}
	return r, nil
}

// readOnce reads a file unless it was read before: what has its id never changes.
func (s *Store) readOnce(ctx context.Context, f File) ([]byte, error) {
	const most = 64 << 20
	s.mu.Lock()
	content, has := s.runs[f.ID]
	s.mu.Unlock()
	if has {
		return content, nil
	}
	content, err := s.read(ctx, f)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held += len(content); s.held > most {
		s.held = len(content)
		clear(s.runs)
	}
	s.runs[f.ID] = content
	return content, nil
}

func (s *Store) read(ctx context.Context, f File) ([]byte, error) {
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case !f.Regular:
		return nil, fmt.Errorf("%s on %s is no regular file", f.Path, s.branch)
	case f.Size > MaxFile:
		return nil, fmt.Errorf("%s on %s has %d bytes, %d are the limit", f.Path, s.branch, f.Size, MaxFile)
	}
	content, err := s.branch.Blob(ctx, f)
	if err != nil {
		return nil, err
	}
	return content, checked(f, content)
}

// whole reads a ledger that is to be stored; nil stays nil.
func whole(ledger io.Reader) ([]byte, error) {
	if ledger == nil {
		return nil, nil
	}
	content, err := io.ReadAll(io.LimitReader(ledger, MaxFile+1))
	if err != nil {
		return nil, err
	}
	return content, tooLarge(baselines.LedgerFile, content)
}

func tooLarge(name string, content []byte) error {
	if len(content) > MaxFile {
		return fmt.Errorf("%s is larger than the %d bytes that a branch keeps of one file", name, MaxFile)
	}
	return nil
}
