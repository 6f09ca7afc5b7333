package trial

import (
	"context"
	"errors"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
)

var errNotPrepared = errors.New("the task's environment is not prepared")

// await waits until the job's task has its environment, or cannot have it. One that
// failed is prepared again for the second and for the third try of a trial. The error
// is that of ctx; what else there is, the trial meets.
func (p *Preparation) await(ctx context.Context, job Job) (waited time.Duration, err error) {
	done := p.doneFor(job)
	if done == nil {
		return 0, nil
	}
	begun := time.Now()
	err = await(ctx, done)
	return time.Since(begun), err
}

// doneFor is what is closed when the job's environment is ready or cannot be; nil: it
// is already, or nobody prepares it.
func (p *Preparation) doneFor(job Job) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.byTask[job.Task.ID]
	if e == nil {
		return nil
	}
	if e.failed() && e.tries < job.Try {
		p.again(e)
	}
	if e.ended {
		return nil
	}
	return e.done
}

// again prepares an environment once more; p.mu is held.
func (p *Preparation) again(e *environment) {
	var s *notStarted
	if errors.As(e.err, &s) && p.starts[s.key] == s.start {
		delete(p.starts, s.key)
	}
	e.tries++
	e.ended, e.done = false, make(chan struct{})
	p.work.Go(func() {
		if err := p.room.Acquire(p.ctx, 1); err != nil {
			p.end(e, sandbox.Image{}, err)
			return
		}
		defer p.room.Release(1)
		p.prepare(e)
	})
}

// firstTry is the number of a trial's first try. Where the task's environment could
// not be prepared, it has had the tries that the trial does not need to repeat.
func (p *Preparation) firstTry(task *suite.Task) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := p.byTask[task.ID]; e != nil && e.failed() {
		return min(e.tries, baselines.MaxTries)
	}
	return 1
}

// image is the task's image. The error says why there is none, or not yet one.
func (p *Preparation) image(task string) (sandbox.Image, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.byTask[task]
	if e == nil || !e.ended {
		return sandbox.Image{}, errNotPrepared
	}
	return e.image, e.err
}

// awaitImage waits for the job's image and notes how long. The error is that of ctx.
func (r *Runner) awaitImage(ctx context.Context, job *Job) (err error) {
	if r.prepared == nil {
		return nil
	}
	job.Imaged, err = r.prepared.await(ctx, *job)
	return err
}

// firstTry is the number of the first try of a trial of the task.
func (r *Runner) firstTry(task *suite.Task) int {
	if r.prepared == nil {
		return 1
	}
	return r.prepared.firstTry(task)
}
