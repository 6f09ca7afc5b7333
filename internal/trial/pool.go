package trial

import (
	"context"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/wait"
	"golang.org/x/sync/errgroup"
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

// Pool runs several jobs at once.
type Pool struct {
	Runner  *Runner
	Limiter *Limiter // how many at once, over all pools that have it

	// Observe is called at every start and end, from several goroutines.
	// It records the trial; an error from it ends the pool, because a trial
	// that is not on disk would be lost.
	Observe func(Event) error

	// MayStart is asked right before each try whether it may start. When it says no,
	// nothing more is started. Nil: everything may.
	MayStart func(Job) bool

	// Try runs one try; nil: Runner does.
	Try func(ctx context.Context, job Job) baselines.Trial

	// Pause is how long to wait before a try above the first; nil: 2 s, then
	// 4 s.
	Pause func(try int) time.Duration
}

// Run takes jobs from next until it returns false, and returns when all of them
// are done. Jobs start in the order of next, each when its task's image is ready and
// the Limiter has room for it, and may finish in any order. When
// ctx ends, running trials are stopped and recorded as cancelled. The error is
// the first one of Observe.
func (p *Pool) Run(ctx context.Context, next func() (Job, bool)) error {
	group, ctx := errgroup.WithContext(ctx)
	for {
		job, ok := next()
		if !ok {
			break
		}
		if err := p.Runner.awaitImage(ctx, &job); err != nil {
			break
		}
		release, waited, err := p.Limiter.Acquire(ctx, p.Runner.Limits.Usage(job.Task))
		if err != nil {
			break
		}
		job.Try, job.Queued = p.Runner.firstTry(job.Task), waited
		if ctx.Err() != nil || !p.mayStart(job) {
			release()
			break
		}
		if err := p.Observe(Event{Job: job}); err != nil {
			release()
			group.Go(func() error { return err })
			break
		}
		group.Go(func() error {
			defer release()
			return p.tries(ctx, job)
		})
	}
	return group.Wait()
}

// tries runs one attempt, whose first start has been observed, and repeats it
// until a try is final ([baselines.Trial.Final]). Every try is observed.
func (p *Pool) tries(ctx context.Context, job Job) error {
	pause := p.Pause
	if pause == nil {
		pause = pauseBefore
	}
	try := p.Try
	if try == nil {
		try = p.Runner.Run
	}
	for {
		t := try(ctx, job)
		final := t.Final()
		if err := p.Observe(Event{Job: job, Trial: &t, Final: final}); err != nil {
			return err
		}
		if final {
			return nil
		}
		job.Try++
		job.Queued = 0
		if wait.For(ctx, pause(job.Try)) != nil || p.Limiter.AwaitPause(ctx) != nil || p.Runner.awaitImage(ctx, &job) != nil {
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
