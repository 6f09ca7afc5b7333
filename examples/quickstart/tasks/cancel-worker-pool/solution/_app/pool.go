// Package pool runs jobs side by side and cleans up after them.
package pool

import (
	"context"
	"errors"
	"sync"
)

// Run runs the jobs in order, at most limit of them at a time, and returns
// when every goroutine it started has ended.
//
// The first job that fails, or the end of ctx, cancels the others; jobs that
// have not begun by then never begin. Every job that began is cleaned up
// exactly once, after its Do returned and however it ended. Run returns all
// errors of jobs and clean-ups joined, and the cause of ctx's end if that is
// why jobs were cancelled or never began. A job that merely returns the error
// of the cancellation adds nothing to them.
func Run(ctx context.Context, limit int, jobs []Job) error {
	running, cancel := context.WithCancel(ctx)
	defer cancel()

	var (
		workers sync.WaitGroup
		mu      sync.Mutex
		next    int // jobs[next:] have not begun
		errs    []error
		cut     bool // ctx's end kept a job from its end or its beginning
	)
	// take returns the next job, unless the run is over.
	take := func() (Job, bool) {
		mu.Lock()
		defer mu.Unlock()
		if next == len(jobs) {
			return Job{}, false
		}
		if running.Err() != nil {
			cut = cut || ctx.Err() != nil
			return Job{}, false
		}
		next++
		return jobs[next-1], true
	}
	// finish notes how a job ended and cancels the others if it failed.
	finish := func(cancelled bool, err error) {
		mu.Lock()
		defer mu.Unlock()
		if cancelled {
			cut = cut || ctx.Err() != nil
		}
		if err != nil {
			errs = append(errs, err)
			cancel()
		}
	}
	for range min(limit, len(jobs)) {
		workers.Go(func() {
			for job, ok := take(); ok; job, ok = take() {
				finish(job.run(running))
			}
		})
	}
	workers.Wait()
	if cut {
		errs = append(errs, context.Cause(ctx))
	}
	return errors.Join(errs...)
}
