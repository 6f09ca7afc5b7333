package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/prices"
)

// A stored baseline is used when it is at most maxAge old (hosted models
// drift) and has at least minAttempts of every task.
const (
	maxAge      = 14 * 24 * time.Hour
	minAttempts = 3
)

// storedBaseline finds the stored baseline that fits, or returns nil when the
// baseline is to be measured live.
func storedBaseline(ctx context.Context, o Options, want baselines.Header, table *prices.Table) (*baselines.Run, error) {
	c := o.Config
	if c.From == config.Live {
		return nil, nil
	}
	if o.Store == nil {
		if c.From == config.Stored {
			return nil, fmt.Errorf("baselines on branch %q are read by the Action only; use baselines.dir here", c.Baselines.Branch)
		}
		o.Notice(fmt.Sprintf("the baseline is measured live, side by side: those on branch %q are read by the Action only", c.Baselines.Branch))
		return nil, nil
	}
	run, why := findStored(ctx, o, want, table)
	switch {
	case run != nil:
		o.Notice(fmt.Sprintf("baseline %s: %d attempts of each task, stored %s", run.Header.ID, baselines.NewEntry(run).Attempts, run.Header.Created.Format(time.DateOnly)))
		return run, nil
	case c.From == config.Stored:
		return nil, fmt.Errorf("baseline.from is stored, but %w: save one with \"benchgate baseline save\", or say from: live", why)
	default:
		o.Notice(fmt.Sprintf("the baseline is measured live, side by side: %v", why))
		return nil, nil
	}
}

var (
	errNone = errors.New("no stored baseline has this suite, variant and limits, and is at most 14 days old")
	errFew  = fmt.Errorf("the stored baseline has fewer than %d attempts of some task", minAttempts)
)

// findStored returns the pooled baseline, or why there is none to use.
// Its dollars are those of the table, whatever it was measured with.
func findStored(ctx context.Context, o Options, want baselines.Header, table *prices.Table) (*baselines.Run, error) {
	run, err := baselines.Find(ctx, o.Store, want, o.Now().Add(-maxAge), func(r *baselines.Run) error {
		warning, err := repriceStored(ctx, o.Store, r, table)
		if warning != "" {
			o.Notice(warning)
		}
		return err
	})
	if errors.Is(err, baselines.ErrNotFound) {
		return nil, errNone
	}
	if err != nil {
		return nil, err
	}
	if baselines.NewEntry(run).Attempts < minAttempts {
		return nil, errFew
	}
	return run, nil
}
