package main

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/step"
)

// display is both output streams of the process and the signs of life on
// standard error. On a terminal that is a block of lines which redraws itself
// below the text; elsewhere a line at most once a minute, and none for what
// takes less than some seconds. Text of both streams goes through it, so that
// none is written into the block and none is obeyed by a terminal or a runner.
type display struct {
	stdout, stderr *stream
	text           func() report.TextOptions // what standard error can show now
	live           bool                      // it is a terminal
	now            func() time.Time
	stopTick       func()
	startTick      sync.Once

	mu     sync.Mutex
	drawn  int // lines of the block on the screen
	steps  []*waiting
	said   time.Time      // when a step had its last line; elsewhere than on a terminal
	trials *trialProgress // of a run; nil: none
}

// waiting is a step that goes on.
type waiting struct {
	step  *step.Step
	state step.State
	since time.Time
	said  bool // a line was printed of it
}

// How long a step goes on before anything is shown of it, how often a log gets
// a line, and from when on its end is told.
const (
	quietOnTerminal = 400 * time.Millisecond
	quietInLog      = 5 * time.Second
	betweenLines    = time.Minute
	worthAnEnd      = 5 * time.Second
)

// newDisplay shows what the program writes and does. gone is called when nobody
// reads one of the streams any more.
func (p *program) newDisplay(gone func()) *display {
	d := &display{now: time.Now, stopTick: func() {}}
	stderr := p.Stderr
	d.text = func() report.TextOptions { return p.terminal(stderr) }
	d.live = d.text().Width > 0
	d.stdout, d.stderr = d.stream(p.Stdout, gone), d.stream(p.Stderr, gone)
	return d
}

func (d *display) locked(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f()
}

// close ends the display; what it says of trials stays. Text can be written
// still.
func (d *display) close() {
	d.stopTick()
	d.locked(func() {
		d.steps = nil
		d.redraw()
		d.drawn, d.live = 0, false
	})
}

// step takes one event of a step.
func (d *display) step(e step.Event) {
	d.startTick.Do(d.tickOn)
	d.locked(func() {
		i := slices.IndexFunc(d.steps, func(w *waiting) bool { return w.step == e.Step })
		if i < 0 {
			i = len(d.steps)
			d.steps = append(d.steps, &waiting{step: e.Step, since: d.now()})
		}
		w := d.steps[i]
		w.state = e.State
		if !e.Ended {
			return
		}
		d.steps = slices.Delete(d.steps, i, i+1)
		if w.said || d.live && d.now().Sub(w.since) >= worthAnEnd {
			d.above(report.Waited(d.shown(w), e.Err != nil, d.width()))
		}
	})
}

// tickOn begins to look at the clock.
func (d *display) tickOn() {
	often := time.Second
	if d.live {
		often = quietOnTerminal / 2
	}
	d.stopTick = every(often, func() { d.locked(d.tick) })
}

// every calls f until the returned function is called, which waits for it.
func every(d time.Duration, f func()) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(d)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				f()
			case <-done:
				return
			}
		}
	}()
	return sync.OnceFunc(func() { close(done); <-ended })
}

// tick redraws the block, or prints the line that is due: of the step that began
// last, which is the part of the others that goes on now.
func (d *display) tick() {
	if d.live {
		d.redraw()
		return
	}
	if len(d.steps) == 0 {
		return
	}
	last := d.steps[len(d.steps)-1]
	if d.now().Sub(last.since) < quietInLog || d.now().Sub(d.said) < betweenLines {
		return
	}
	last.said, d.said = true, d.now()
	d.above(report.Waiting(d.shown(last), 0))
}

// shown is a step as it is written.
func (d *display) shown(w *waiting) report.Step {
	s := w.state
	return report.Step{
		Doing: s.Doing, What: s.What, Now: s.Now, Done: s.Done, Total: s.Total, Unit: string(s.Unit),
		Seconds: d.now().Sub(w.since).Seconds(),
	}
}

// width is that of the terminal without its last column, where some wrap; zero
// where there is none.
func (d *display) width() int { return max(d.text().Width-1, 0) }

// above prints a line over the block, or just prints it where there is none.
func (d *display) above(line string) {
	d.erase()
	_, _ = fmt.Fprintln(d.stderr.text, line) // without standard error there is nobody to tell
	d.redraw()
}

// erase takes the block off the screen.
func (d *display) erase() {
	if d.drawn > 0 {
		_, _ = fmt.Fprintf(writing(d.stderr.pass), "\x1b[%dA\x1b[J", d.drawn) // up, clear to the end
		d.drawn = 0
	}
}

// redraw draws the block anew, unless text stands where it would begin.
func (d *display) redraw() {
	if !d.live || d.stdout.begun || d.stderr.begun {
		return
	}
	d.erase()
	var steps []report.Step
	for _, w := range d.steps {
		if d.now().Sub(w.since) >= quietOnTerminal {
			steps = append(steps, d.shown(w))
		}
	}
	lines := d.trials.block(steps, d.text())
	for _, line := range lines {
		_, _ = fmt.Fprintln(d.stderr.text, line)
	}
	d.drawn = len(lines)
}

// stopping says what an interrupted command is about to stop.
func (d *display) stopping(signal os.Signal) {
	d.locked(func() {
		var steps []report.Step
		for _, w := range d.steps {
			steps = append(steps, d.shown(w))
		}
		d.above(report.Stopping(signalNames[signal], d.trials.running(), steps))
	})
}
