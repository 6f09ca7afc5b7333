package pool

import (
	"context"
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
// any other.
func (j Job) run(ctx context.Context) error {
	if err := j.Do(ctx); err != nil {
		return fmt.Errorf("%s: %w", j.Name, err)
	}
	if j.Cleanup == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, CleanupTime)
	defer cancel()
	if err := j.Cleanup(ctx); err != nil {
		return fmt.Errorf("%s: cleaning up: %w", j.Name, err)
	}
	return nil
}
