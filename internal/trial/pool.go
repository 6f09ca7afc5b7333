package trial

import (
	"context"
	"sync"
	"time"

	"github.com/benchgate/benchgate/baselines"
)

// MaxTries is how often one attempt is started at most: infrastructure errors
// are tried again up to twice.
const MaxTries = 3

// retryPause is waited before the second try, and twice that before the third.
const retryPause = 2 * time.Second

// Event tells of one try's start or end.
type Event struct {
	Job   Job
	Trial *baselines.Trial // nil when the try has just started
}

// Pool runs jobs on several workers.
type Pool struct {
	Runner  *Runner
	Workers int // at least 1

	// Observe is told of every start and end, from the workers' goroutines;
	// an error from it ends the pool. It records trials, so a try that was
	// not recorded never counts as done.
	Observe func(Event) error
}

// Run takes jobs from next until it says there is none, and returns when all
// of them are done. Jobs are taken in order; they may finish in any. When ctx
// ends, what runs is stopped and recorded as cancelled.
func (p *Pool) Run(ctx context.Context, next func() (Job, bool)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		mu    sync.Mutex
		first error
		wg    sync.WaitGroup
	)
	take := func() (Job, bool) {
		mu.Lock()
		defer mu.Unlock()
		if first != nil || ctx.Err() != nil {
			return Job{}, false
		}
		return next()
	}
	fail := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		if first == nil {
			first = err
			cancel(err)
		}
	}
	for range max(p.Workers, 1) {
		wg.Go(func() {
			for {
				job, ok := take()
				if !ok {
					return
				}
				if err := p.tries(ctx, job); err != nil {
					fail(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return first
}

// tries runs one attempt, again while the infrastructure breaks it. Each try
// is a record.
func (p *Pool) tries(ctx context.Context, job Job) error {
	for job.Try = 1; ; job.Try++ {
		if err := p.Observe(Event{Job: job}); err != nil {
			return err
		}
		t := p.Runner.Run(ctx, job)
		if err := p.Observe(Event{Job: job, Trial: &t}); err != nil {
			return err
		}
		if t.Ended != baselines.InfraError || job.Try == MaxTries {
			return nil
		}
		if sleep(ctx, time.Duration(job.Try)*retryPause) != nil {
			return nil
		}
	}
}
