package branchstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/step"
)

// Save implements [baselines.Store].
func (s *Store) Save(ctx context.Context, r *baselines.Run, ledger io.Reader) error {
	if err := s.put(ctx, r, ledger, false); err != nil {
		return fmt.Errorf("saving baseline: %w", err)
	}
	return nil
}

// Accept saves a run and promotes it, in one commit.
func (s *Store) Accept(ctx context.Context, r *baselines.Run, ledger io.Reader) error {
	if err := s.put(ctx, r, ledger, true); err != nil {
		return fmt.Errorf("accepting run: %w", err)
	}
	return nil
}

// Promote implements [baselines.Store].
func (s *Store) Promote(ctx context.Context, id string) error {
	err := s.change(ctx, func(tip Tip) (*Change, error) {
		run, err := s.in(tip, id)
		if err != nil {
			return nil, err
		}
		return s.promotion(ctx, id, run)
	})
	if err != nil {
		return fmt.Errorf("promoting run: %w", err)
	}
	return nil
}

// Remove implements [baselines.Store]. A run that was there and that somebody
// else, or an earlier try of this call, has removed since is no error.
func (s *Store) Remove(ctx context.Context, id string) error {
	seen := false
	err := s.change(ctx, func(tip Tip) (*Change, error) {
		if _, err := s.in(tip, id); err != nil {
			if seen {
				return nil, nil
			}
			return nil, err
		}
		seen = true
		return &Change{Message: s.from.message("remove", id), Delete: filesOf(tip, id)}, nil
	})
	if err != nil {
		return fmt.Errorf("removing baseline: %w", err)
	}
	return nil
}

// RemoveAll removes runs in one commit: a history of one for each would be read by
// every clone. Those that are not there are no error.
func (s *Store) RemoveAll(ctx context.Context, ids []string) error {
	err := s.change(ctx, func(tip Tip) (*Change, error) {
		c := &Change{Message: s.from.message("remove", ids...)}
		for _, id := range ids {
			if _, err := s.in(tip, id); err == nil {
				c.Delete = append(c.Delete, filesOf(tip, id)...)
			}
		}
		if len(c.Delete) == 0 {
			return nil, nil
		}
		return c, nil
	})
	if err != nil {
		return fmt.Errorf("removing baselines: %w", err)
	}
	return nil
}

// Begin makes the branch, without a run, unless it is there.
func (s *Store) Begin(ctx context.Context) error {
	err := s.change(ctx, func(tip Tip) (*Change, error) {
		if tip.Commit != "" {
			return nil, nil
		}
		return &Change{Message: "baseline: begin\n"}, nil
	})
	if err != nil {
		return fmt.Errorf("beginning %s: %w", s.branch, err)
	}
	return nil
}

// in is the run in a tip.
func (s *Store) in(tip Tip, id string) (storedRun, error) {
	run, has := runsOf(tip)[id]
	if !has {
		return nil, s.notFound("run", id)
	}
	return run, nil
}

func (s *Store) put(ctx context.Context, r *baselines.Run, ledger io.Reader, accept bool) error {
	id := r.Header.ID
	if err := errors.Join(ctx.Err(), baselines.ValidID(id)); err != nil {
		return err
	}
	lines, err := whole(ledger)
	if err != nil {
		return err
	}
	saved := *r
	doing := "save"
	if accept {
		saved.Header.Arm, doing = baselines.Baseline, "accept"
	}
	files, err := s.filesFor(&saved, lines)
	if err != nil {
		return err
	}
	return s.change(ctx, func(tip Tip) (*Change, error) {
		run, has := runsOf(tip)[id]
		if has {
			return s.again(ctx, r, run, lines, accept)
		}
		c := &Change{Message: s.from.message(doing, id), Put: make(map[string][]byte)}
		for name, content := range files {
			c.Put[id+"/"+name] = content
		}
		for _, left := range filesOf(tip, id) { // by somebody who did not store a run
			if _, replaced := c.Put[left]; !replaced {
				c.Delete = append(c.Delete, left)
			}
		}
		return c, nil
	})
}

// filesFor are the files of a run by their names.
func (s *Store) filesFor(r *baselines.Run, ledger []byte) (map[string][]byte, error) {
	text, err := encoded(r)
	if err != nil {
		return nil, err
	}
	fingerprint := r.Header.Fingerprint()
	files := map[string][]byte{baselines.RunFile: text, nameOf(fingerprint): []byte(fingerprint + "\n")}
	if ledger != nil {
		files[baselines.LedgerFile] = ledger
	}
	if s.from.known() {
		if files[provenanceFile], err = s.from.encode(); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func encoded(r *baselines.Run) ([]byte, error) {
	var b bytes.Buffer
	if err := baselines.Encode(&b, r); err != nil {
		return nil, err
	}
	return b.Bytes(), tooLarge(baselines.RunFile, b.Bytes())
}

// again is what is to be done when a run of this id is stored: nothing when it is
// the same, or its promotion.
func (s *Store) again(ctx context.Context, r *baselines.Run, run storedRun, ledger []byte, accept bool) (*Change, error) {
	stored, err := s.load(ctx, r.Header.ID, run)
	if err != nil {
		return nil, err
	}
	same, err := baselines.SameMeasurement(r, stored)
	if err != nil {
		return nil, err
	}
	f, has := run[baselines.LedgerFile]
	if !same || has != (ledger != nil) || has && BlobID(ledger, len(f.ID)) != f.ID {
		return nil, fmt.Errorf("run %s on %s: %w", r.Header.ID, s.branch, baselines.ErrExists)
	}
	if !accept {
		return nil, nil
	}
	return s.promotion(ctx, r.Header.ID, run)
}

// promotion makes the run's arm the baseline; nil when it is.
func (s *Store) promotion(ctx context.Context, id string, run storedRun) (*Change, error) {
	r, err := s.load(ctx, id, run)
	if err != nil || r.Header.Arm == baselines.Baseline {
		return nil, err
	}
	r.Header.Arm = baselines.Baseline
	text, err := encoded(r)
	if err != nil {
		return nil, err
	}
	return &Change{Message: s.from.message("promote", id), Put: map[string][]byte{run[baselines.RunFile].Path: text}}, nil
}

const (
	// mostTries is how often a change is tried. A try is lost only to another
	// writer's success, so that many writers at once can be this many.
	mostTries = 200

	// mostStill is how often it is tried on a branch that refuses it as moved and
	// does not move. Reading a branch may lag behind writing it.
	mostStill = 5
)

// change puts on the branch's tip what plan says, nil for nothing, and plans
// again when the branch has moved meanwhile.
func (s *Store) change(ctx context.Context, plan func(Tip) (*Change, error)) (err error) {
	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	waiting := step.Begin(ctx, "writing", "baselines on "+s.String())
	defer func() { waiting.End(err) }()
	last, still := "", 0
	for try := range mostTries {
		tip, err := s.branch.Tip(ctx)
		if err != nil {
			return err
		}
		if try > 0 && tip.Commit == last {
			still++
		} else {
			last, still = tip.Commit, 0
		}
		c, err := plan(tip)
		if err != nil || c == nil {
			return err
		}
		err = s.branch.Commit(ctx, tip, withReadme(tip, *c))
		switch {
		case !errors.Is(err, ErrMoved):
			return err
		case still == mostStill:
			return fmt.Errorf("%s refuses the commit and does not move; is it protected? %w", s.branch, err)
		}
		if err := s.Sleep(ctx, pause(try)); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s moved %d times while it was being changed: run the command again", s.branch, mostTries)
}

// withReadme says on a branch without a file what it is. It also keeps the last
// run's removal from leaving a tree without any file, which GitHub refuses.
func withReadme(tip Tip, c Change) Change {
	if len(tip.Files) > len(c.Delete) {
		return c
	}
	put := map[string][]byte{readmeFile: []byte(readme)}
	for path, content := range c.Put {
		put[path] = content
	}
	c.Put = put
	return c
}

// pause is at most 0.2 s, 0.4 s, 0.8 s, ... 12.8 s. Any part of it will do: those
// who met once are not to meet again.
func pause(try int) time.Duration { return rand.N(200 * time.Millisecond << min(try, 6)) }
