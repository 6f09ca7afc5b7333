package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/report"
)

// A stored baseline is used when it is at most maxAge old (hosted models
// drift) and has at least MinAttempts of every task.
const (
	maxAge      = 14 * 24 * time.Hour
	MinAttempts = 3
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
			return nil, noBaseline{errors.New("baseline.from is stored, but no store of baselines can be read here; say from: live")}
		}
		o.Notice("the baseline is measured live, side by side: no store of baselines can be read here")
		return nil, nil
	}
	run, err := findStored(ctx, o, want, table)
	switch {
	case err == nil:
		o.Notice(fmt.Sprintf("baseline %s: %d attempts of each task, stored %s", run.Header.ID, baselines.NewEntry(run).Attempts, run.Header.Created.Format(time.DateOnly)))
		return run, nil
	case !errors.Is(err, ErrNoBaseline):
		return nil, unreadable(err)
	case c.From == config.Stored:
		return nil, noBaseline{fmt.Errorf("baseline.from is stored, but %w: measure one with \"benchgate run --arm baseline\" and save it with \"benchgate baseline save\", or say from: live", err)}
	default:
		o.Notice(fmt.Sprintf("the baseline is measured live, side by side: %v", err))
		return nil, nil
	}
}

// ErrUnreadable is the error of a store of baselines that cannot be read. Whether
// one is stored is not known then, and nobody wants to pay for another because a
// network failed.
var ErrUnreadable = errors.New("the stored baselines cannot be read")

// unreadable says what a gate can do about such a store.
func unreadable(err error) error {
	return fmt.Errorf("%w: %w; nothing is measured: try again, or say from: live to measure the baseline side by side, for twice the money", ErrUnreadable, err)
}

// ErrNoBaseline is the error of a gate that has nothing to compare with.
var ErrNoBaseline = errors.New("there is no baseline")

// noBaseline says why there is none, and what to do.
type noBaseline struct{ error }

func (noBaseline) Is(target error) bool { return target == ErrNoBaseline }

var (
	errNone = noBaseline{errors.New("no stored baseline has this suite, variant and limits, and is at most 14 days old")}
	errFew  = noBaseline{fmt.Errorf("the stored baseline has fewer than %d attempts of some task", MinAttempts)}
)

// findStored returns the pooled baseline. An error that matches [ErrNoBaseline]
// says why there is none to use; any other, why that is not known. Its dollars
// are those of the table, whatever it was measured with.
func findStored(ctx context.Context, o Options, want baselines.Header, table *prices.Table) (*baselines.Run, error) {
	run, err := baselines.Find(ctx, o.Store, want, o.Now().Add(-maxAge), func(r *baselines.Run) error {
		warning, err := repriceStored(ctx, o.Store, r, table)
		if warning != "" {
			o.Notice(warning)
		}
		return err
	})
	if errors.Is(err, baselines.ErrNotFound) {
		return nil, tooOld(ctx, o, want, table)
	}
	if err != nil {
		return nil, err
	}
	if baselines.NewEntry(run).Attempts < MinAttempts {
		return nil, errFew
	}
	return run, nil
}

// tooOld is why no baseline was found: the newest that fits is too old, or there is
// none.
func tooOld(ctx context.Context, o Options, want baselines.Header, table *prices.Table) error {
	old, err := storedBefore(ctx, o, want, table)
	if err != nil {
		return err
	}
	if old == nil {
		return errNone
	}
	return noBaseline{errors.New(report.TooOld(old, o.Now(), maxAge, want.Limits.Attempts))}
}

// storedBefore is the stored baseline that measured the same, whatever its age; nil
// when there is none.
func storedBefore(ctx context.Context, o Options, want baselines.Header, table *prices.Table) (*baselines.Run, error) {
	if o.Store == nil {
		return nil, nil
	}
	old, err := baselines.Find(ctx, o.Store, want, time.Time{}, func(r *baselines.Run) error {
		_, err := repriceStored(ctx, o.Store, r, table)
		return err
	})
	if errors.Is(err, baselines.ErrNotFound) {
		return nil, nil
	}
	return old, err
}
