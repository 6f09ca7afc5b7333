package trial

import (
	"context"
	"sync"
	"time"

	"github.com/benchgate/benchgate/baselines"
)

// pauseBefore is how long the second and the third try wait, so that what broke
// the try before them (a network, a rate limit) may have recovered.
func pauseBefore(try int) time.Duration { return time.Duration(try-1) * 2 * time.Second }

// Event tells of one try's start or end.
type Event struct {
	Job   Job
	Trial *baselines.Trial // nil when the try has just started

	// Final says that the try has ended and that no other try of its attempt
	// follows: this is the one that the statistics take. A try that is not
	// final only adds to the bill.
	Final bool
}

// Pool runs jobs on several workers.
type Pool struct {
	Runner  *Runner
	Workers int // at least 1

	// Observe is called at every start and end, from the workers' goroutines.
	// It records the trial; an error from it ends the pool, because a trial
	// that is not on disk would be lost.
	Observe func(Event) error

	// MayStart is asked right before each try whether it may start. When it says no,
	// nothing more is started. Nil: everything may.
	MayStart func(Job) bool

	// Pause is how long to wait before a try above the first; nil: 2 s, then
	// 4 s.
	Pause func(try int) time.Duration
}

// Run takes jobs from next until it returns false, and returns when all of them
// are done. Jobs start in the order of next and may finish in any order. When
// ctx ends, running trials are stopped and recorded as cancelled. The error is
// the first one of Observe.
func (p *Pool) Run(ctx context.Context, next func() (Job, bool)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		mu    sync.Mutex
		first error
		wg    sync.WaitGroup
	)
	fail := func(err error) {
		if first == nil {
			first = err
			cancel(err)
		}
	}
	// take calls Observe while it holds the lock, so that starts are observed
	// in the order of the jobs.
	take := func() (job Job, ok bool) {
		mu.Lock()
		defer mu.Unlock()
		if ctx.Err() != nil {
			return Job{}, false
		}
		if job, ok = next(); !ok {
			return Job{}, false
		}
		job.Try = 1
		if !p.mayStart(job) {
			return Job{}, false
		}
		if err := p.Observe(Event{Job: job}); err != nil {
			fail(err)
			return Job{}, false
		}
		return job, true
	}
	for range max(p.Workers, 1) {
		wg.Go(func() {
			for {
				job, ok := take()
				if !ok {
					return
				}
				if err := p.tries(ctx, job); err != nil {
					mu.Lock()
					defer mu.Unlock()
					fail(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return first
}

// tries runs one attempt, whose first start has been observed, and repeats it
// until a try is final ([baselines.Trial.Final]). Every try is observed.
func (p *Pool) tries(ctx context.Context, job Job) error {
	pause := p.Pause
	if pause == nil {
		pause = pauseBefore
	}
	for {
		t := p.Runner.Run(ctx, job)
		final := t.Final()
		if err := p.Observe(Event{Job: job, Trial: &t, Final: final}); err != nil {
			return err
		}
		if final {
			return nil
		}
		job.Try++
		if sleep(ctx, pause(job.Try)) != nil {
			return nil //nolint:nilerr // cancelled: the tries there were are recorded
		}
		if !p.mayStart(job) {
			return nil
		}
		if err := p.Observe(Event{Job: job}); err != nil {
			return err
		}
	}
}

func (p *Pool) mayStart(job Job) bool { return p.MayStart == nil || p.MayStart(job) }
