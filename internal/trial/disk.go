package trial

import (
	"context"
	"fmt"
	"time"
)

const (
	// mostWritten is what the files of one trial may take, in bytes: more than
	// any public task is known to need, and less than a runner's disk has.
	mostWritten = 20 << 30

	// diskReserve is what the engine's disk must have left. Below it, who has
	// written largeWritten ends.
	diskReserve  = 2 << 30
	largeWritten = 1 << 30

	// lastReserve is for benchgate's own files: below it all trials end.
	lastReserve = 512 << 20

	// noticed is how much less the disk must have before a trial is asked for
	// what it wrote, which takes time.
	noticed = 512 << 20
)

// diskError says that a trial was ended because of the disk.
type diskError struct {
	seen symptom
	why  string
}

func (e *diskError) Error() string { return string(e.seen) + ": " + e.why }

// diskWatch looks at the engine's disk while something runs in a sandbox.
type diskWatch struct {
	free    func() int64
	written func(context.Context) (int64, error)
	start   int64 // what was free then
	asked   int64 // what was free when the trial was asked for what it wrote
}

// watchDisk returns a context that ends, with a diskError as its cause, when the
// trial has written too much, or the engine's disk is nearly full. Stop ends the
// watching and waits for that.
func (a *attempt) watchDisk(ctx context.Context) (_ context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &diskWatch{free: a.Engine.DiskFree, written: a.box.Written}
	if w.start = w.free(); w.start == 0 {
		return ctx, func() { cancel(nil) } // nobody knows
	}
	w.asked = w.start
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.run(ctx, a.diskTick(), cancel)
	}()
	return ctx, func() {
		cancel(nil)
		<-ended
	}
}

// diskTick is how often the disk is looked at.
func (r *Runner) diskTick() time.Duration {
	if r.DiskTick > 0 {
		return r.DiskTick
	}
	return time.Second
}

func (w *diskWatch) run(ctx context.Context, tick time.Duration, cancel context.CancelCauseFunc) {
	each := time.NewTicker(tick)
	defer each.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-each.C:
		}
		if err := w.look(ctx); err != nil {
			cancel(err)
			return
		}
	}
}

// look blames the trial for what it has written itself, or nobody. The disk must
// have lost as much meanwhile, because the size of a sparse file is no measure of
// what it takes.
func (w *diskWatch) look(ctx context.Context) error {
	free := w.free()
	if free == 0 || free >= diskReserve && w.asked-free < noticed {
		w.asked = max(w.asked, free) // others' sandboxes were removed
		return nil
	}
	if free >= lastReserve && w.start-free < largeWritten {
		return nil // it was low before
	}
	w.asked = free
	written, err := w.written(ctx)
	took := min(written, w.start-free)
	switch {
	case err == nil && took >= mostWritten:
		return &diskError{diskFilled, fmt.Sprintf("%s, more than %s", gibibytes(took), gibibytes(mostWritten))}
	case err == nil && took >= largeWritten && free < diskReserve:
		return &diskError{diskFilled, fmt.Sprintf("%s, and the engine's disk has %s left", gibibytes(took), gibibytes(free))}
	case free < lastReserve:
		return &diskError{diskFull, fmt.Sprintf("the engine's disk is nearly full: %s left", gibibytes(free))}
	}
	return nil
}

func gibibytes(n int64) string { return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30)) }
