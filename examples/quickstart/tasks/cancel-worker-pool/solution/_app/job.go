package pool

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// CleanupTime is how long a clean-up may take.
const CleanupTime = 5 * time.Second

// Job is a piece of work. Name appears in its errors.
type Job struct {
	Name string
	// Do does the work until it is done or ctx ends.
	Do func(ctx context.Context) error
	// Cleanup releases what Do acquired; nil when there is nothing. Its
	// context carries the values of Run's, does not end when the run is
	// cancelled, and ends after CleanupTime.
	Cleanup func(ctx context.Context) error
}

// run does the job and cleans up. A panic in Do or Cleanup is an error like
// any other. It reports apart whether Do only passed on that ctx had ended.
func (j Job) run(ctx context.Context) (cancelled bool, err error) {
	done := safely(ctx, j.Do)
	if cancelled = done != nil && ctx.Err() != nil && errors.Is(done, ctx.Err()); cancelled {
		done = nil
	}
	if done != nil {
		done = fmt.Errorf("%s: %w", j.Name, done)
	}
	return cancelled, errors.Join(done, j.cleanUp(ctx))
}

func (j Job) cleanUp(ctx context.Context) error {
	if j.Cleanup == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), CleanupTime)
	defer cancel()
	if err := safely(ctx, j.Cleanup); err != nil {
		return fmt.Errorf("%s: cleaning up: %w", j.Name, err)
	}
	return nil
}

// safely turns a panic of f into an error.
func safely(ctx context.Context, f func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f(ctx)
}
