package trial

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/step"
	"github.com/benchgate/benchgate/internal/suite"
	"golang.org/x/sync/semaphore"
)

const (
	// atOnce is how many environments are prepared at the same time as long as no
	// trial runs: builds and pulls mostly wait for the network.
	atOnce = 4

	// besideTrials is how many are while trials run, which builds take CPUs from.
	besideTrials = 2

	// headStart is how long no trial starts while environments are still being
	// prepared. What cannot be built at all mostly shows in this time, and then has
	// cost no request.
	headStart = 5 * time.Second
)

// Preparation is the work on the environments of a run's tasks: each task's image is
// built or found, and each subject's agent is seen to start in it.
type Preparation struct {
	runner   *Runner
	subjects []Subject
	ctx      context.Context // of the work, until Stop
	stop     context.CancelFunc
	work     sync.WaitGroup
	room     *semaphore.Weighted // first come, first served: so the order is kept
	waiting  *step.Step

	mu     sync.Mutex
	first  *environment            // of the first trial; nil: no trial is needed
	all    []*environment          // in the suite's order
	byTask map[string]*environment // by task id
	starts map[string]*start       // by image and agent
	ended  int                     // of all, how many first tries
}

// Prepare prepares the environments of all tasks, several at once and each once, and
// returns when all of them are. The error names those that cannot be prepared, in
// their order.
func (r *Runner) Prepare(ctx context.Context, tasks []*suite.Task, subjects []Subject) error {
	p, err := r.PrepareAhead(ctx, tasks, tasks, subjects)
	if err != nil {
		return err
	}
	defer p.Stop()
	return p.AwaitAll(ctx)
}

// PrepareAhead begins to prepare the tasks' environments, first those of needed, in
// the order in which trials need them. The work goes on until all is done or Stop,
// which must be called; the trials of a [Pool] wait for their own task's environment.
func (r *Runner) PrepareAhead(ctx context.Context, tasks, needed []*suite.Task, subjects []Subject) (*Preparation, error) {
	info, err := r.Engine.Info(ctx)
	if err != nil {
		return nil, err
	}
	r.isolated = info.Isolated
	p := &Preparation{
		runner: r, subjects: subjects, room: semaphore.NewWeighted(atOnce),
		byTask: make(map[string]*environment), starts: make(map[string]*start),
	}
	p.ctx, p.stop = context.WithCancel(ctx)
	for _, task := range tasks {
		e := &environment{task: task, tries: 1, done: make(chan struct{})}
		p.all, p.byTask[task.ID] = append(p.all, e), e
	}
	if len(needed) > 0 {
		p.first = p.byTask[needed[0].ID]
	}
	r.prepared = p
	p.waiting = step.Begin(ctx, "preparing", "the tasks' environments")
	p.work.Go(func() { p.prepareAll(slices.Concat(needed, tasks)) })
	return p, nil
}

// prepareAll begins with each task when there is room, in this order.
func (p *Preparation) prepareAll(order []*suite.Task) {
	begun := make(map[string]bool)
	for _, task := range order {
		if begun[task.ID] {
			continue
		}
		begun[task.ID] = true
		e := p.byTask[task.ID]
		if err := p.room.Acquire(p.ctx, 1); err != nil {
			p.end(e, sandbox.Image{}, err)
			continue
		}
		p.work.Go(func() {
			defer p.room.Release(1)
			p.prepare(e)
		})
	}
}

// prepare does one task's environment.
func (p *Preparation) prepare(e *environment) {
	p.waiting.Now(e.task.ID)
	image, err := p.runner.environment(p.ctx, e.task)
	if err == nil {
		err = p.tryAgents(e.task, image)
	}
	p.end(e, image, err)
}

// end notes how it ended, once per try.
func (p *Preparation) end(e *environment, image sandbox.Image, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e.image, e.err, e.ended = image, err, true
	close(e.done)
	if e.tries > 1 {
		return
	}
	p.ended++
	p.waiting.Of(int64(p.ended), int64(len(p.all)), "tasks")
	if p.ended == len(p.all) {
		p.waiting.End(nil)
	}
}

// AwaitFirst waits until the first trial may start: when all environments are ready,
// or its own task's is and the head start is over. As long as no trial has started
// nothing was paid: so when one cannot be prepared until then, all are tried, and the
// error names every one that cannot be.
func (p *Preparation) AwaitFirst(ctx context.Context) error {
	if p.first == nil {
		return p.AwaitAll(ctx)
	}
	over, cancel := context.WithTimeout(ctx, headStart)
	defer cancel()
	if err := p.AwaitAll(over); over.Err() == nil || ctx.Err() != nil {
		return err
	}
	if err := await(ctx, p.doneOf(p.first)); err != nil {
		return p.unfinished(err)
	}
	if len(p.Failed()) > 0 {
		return p.AwaitAll(ctx)
	}
	p.work.Go(func() { _ = p.room.Acquire(p.ctx, atOnce-besideTrials) }) // the error is Stop's
	return nil
}

// AwaitAll waits for all environments. The error names those that cannot be prepared.
func (p *Preparation) AwaitAll(ctx context.Context) error {
	for _, e := range p.all {
		if err := await(ctx, p.doneOf(e)); err != nil {
			return p.unfinished(err)
		}
	}
	return errors.Join(p.Failed()...)
}

// Await waits for one task's environment. A problem is why it cannot be had, which is
// the task's; the error is that of ctx, or of the engine, without which there is none.
func (p *Preparation) Await(ctx context.Context, task *suite.Task) (problem, err error) {
	e := p.byTask[task.ID]
	if err := await(ctx, p.doneOf(e)); err != nil {
		return nil, fmt.Errorf("preparing the environment of %s: %w", task.ID, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.err != nil && (p.ctx.Err() != nil || errors.Is(e.err, sandbox.ErrEngine)) {
		return nil, fmt.Errorf("task %s: %w", task.ID, e.err)
	}
	return e.err, nil
}

func (p *Preparation) doneOf(e *environment) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return e.done
}

// unfinished is the error of a wait that ended before its time.
func (p *Preparation) unfinished(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var names []string
	for _, e := range p.all {
		if !e.ended {
			names = append(names, e.task.ID)
		}
	}
	return fmt.Errorf("preparing the environments of %s: %w", strings.Join(names, ", "), err)
}

// Failed are the errors of the tasks that could not be prepared so far, each with its
// task's name, in the suite's order. An agent that does not start in an image is told
// once. After Stop those are among them which it ended.
func (p *Preparation) Failed() (errs []error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	told := make(map[*start]bool)
	for _, e := range p.all {
		var s *notStarted
		switch {
		case !e.failed() || errors.As(e.err, &s) && told[s.start]:
			continue
		case s != nil:
			told[s.start] = true
		}
		errs = append(errs, fmt.Errorf("task %s: %w", e.task.ID, e.err))
	}
	return errs
}

// Stop ends the work and waits for it.
func (p *Preparation) Stop() {
	p.stop()
	p.work.Wait()
	p.waiting.End(nil)
}

// await waits until done is closed; the error is that of ctx.
func await(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	default:
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
