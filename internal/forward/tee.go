package forward

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Tee sends a run's telemetry while the run goes on. What it is given is put aside and
// sent by goroutines of its own: nothing that it does, or cannot do, holds a trial up.
type Tee struct {
	sent   *sent
	ways   []*way
	group  sync.WaitGroup
	cancel context.CancelFunc

	ending chan struct{}
	until  time.Time // of the last try; set before ending is closed
}

// way is a lane and what waits for it.
type way struct {
	*lane
	mu      sync.Mutex
	waiting []func(context.Context) error
	more    chan struct{} // has room for one: something waits
}

// Open begins to send to the targets from the run in the directory. say is told, from
// several goroutines, what the user should know, a sentence at a time.
func Open(ctx context.Context, dir string, targets []Target, say func(string)) (*Tee, error) {
	list, err := openSent(dir)
	if err != nil {
		return nil, err
	}
	t := &Tee{sent: list, ending: make(chan struct{})}
	ctx, t.cancel = context.WithCancel(context.WithoutCancel(ctx)) // what is to be sent outlives an interruption
	for _, target := range targets {
		l, err := newLane(target, list, patience{ending: t.ending, until: func(time.Time) time.Time { return t.until }}, say)
		if err != nil {
			_, closeErr := t.Close(0)
			return nil, errors.Join(err, closeErr)
		}
		w := &way{lane: l, more: make(chan struct{}, 1)}
		t.ways = append(t.ways, w)
		t.group.Go(func() { w.run(ctx, t.ending) })
	}
	return t, nil
}

// Trial sends a try. It has ended, its files are written, and nothing of it is changed
// any more. A nil Tee sends nothing.
func (t *Tee) Trial(of Trial) {
	t.each(func(l *lane, ctx context.Context) error { return l.trial(ctx, of) })
}

// Verdict sends the run's verdict.
func (t *Tee) Verdict(v Verdict) {
	t.each(func(l *lane, ctx context.Context) error { return l.verdict(ctx, v) })
}

func (t *Tee) each(send func(*lane, context.Context) error) {
	if t == nil {
		return
	}
	for _, w := range t.ways {
		w.mu.Lock()
		w.waiting = append(w.waiting, func(ctx context.Context) error { return send(w.lane, ctx) })
		w.mu.Unlock()
		select {
		case w.more <- struct{}{}:
		default:
		}
	}
}

// Close sends what waits, for at most so long, and says what became of everything. A
// target that was never reached is only tried once more.
func (t *Tee) Close(within time.Duration) ([]Summary, error) {
	if t == nil {
		return nil, nil
	}
	t.until = time.Now().Add(within)
	close(t.ending)
	late := time.AfterFunc(within, t.cancel)
	t.group.Wait()
	late.Stop()
	t.cancel()
	var summaries []Summary
	errs := []error{t.sent.close()}
	for _, w := range t.ways {
		summaries = append(summaries, w.summary)
		errs = append(errs, w.exporter.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return summaries, fmt.Errorf("closing the way of telemetry: %w", err)
	}
	return summaries, nil
}

// run sends what waits until the end, or until nothing more can be sent: then it
// counts what is left.
func (w *way) run(ctx context.Context, ending <-chan struct{}) {
	for over := false; ; {
		for next := w.next(); next != nil; next = w.next() {
			if next(ctx) != nil {
				w.leave()
				return
			}
		}
		if over {
			return
		}
		select {
		case <-w.more:
		case <-ending: // nothing comes any more; what came just before is still sent
			over = true
		}
	}
}

// next takes what waits longest; nil: nothing does.
func (w *way) next() func(context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.waiting) == 0 {
		return nil
	}
	next := w.waiting[0]
	w.waiting = w.waiting[1:]
	return next
}

func (w *way) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.summary.Left += len(w.waiting)
	w.waiting = nil
}
