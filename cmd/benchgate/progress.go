package main

import (
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
)

// progress shows a run while it goes on: a block that redraws itself on a
// terminal, a line per finished trial elsewhere.
type progress struct {
	w        io.Writer
	live     bool // w is a terminal
	text     report.TextOptions
	started  time.Time
	stopTick func()

	mu      sync.Mutex
	status  report.Status
	running map[attempt]time.Time // since when
	drawn   int                   // lines of the block on the screen
	unknown bool                  // some trial's dollars are not known
	usd     float64
}

// attempt is one that is running.
type attempt struct {
	arm    baselines.Arm
	task   string
	number int
}

func (p *program) newProgress(c *config.Config) *progress {
	text := p.terminal(p.Stderr)
	s := &progress{
		w: p.Stderr, text: text, live: text.Width > 0, started: time.Now(), stopTick: func() {},
		status: report.Status{Suite: c.Suite.Name, LimitUSD: c.Limits.USD}, running: make(map[attempt]time.Time),
	}
	if s.live {
		s.stopTick = every(time.Second, func() { s.locked(s.redraw) })
	}
	return s
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

func (s *progress) locked(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// close ends the display; what was drawn last stays.
func (s *progress) close() { s.stopTick() }

// notice prints a sentence above the display.
func (s *progress) notice(text string) {
	s.locked(func() { s.above("note: " + text) })
}

// progress takes one event of the run.
func (s *progress) progress(e run.Progress) {
	s.locked(func() {
		arm := s.arm(e)
		this := attempt{e.Arm, e.Task, e.Attempt}
		if e.Trial == nil {
			s.running[this] = time.Now()
			s.redraw()
			return
		}
		delete(s.running, this)
		s.count(arm, *e.Trial, e.Final)
		s.above(report.Line(report.FinishedTrial{
			Done: e.Done, Planned: e.Planned, Arm: e.Arm, Trial: *e.Trial, Logs: e.Dir,
		}))
	})
}

// arm is the event's arm in the status; arms appear as they are heard of.
func (s *progress) arm(e run.Progress) *report.ArmStatus {
	i := slices.IndexFunc(s.status.Arms, func(a report.ArmStatus) bool { return a.Arm == e.Arm })
	if i < 0 {
		s.status.Arms = append(s.status.Arms, report.ArmStatus{Arm: e.Arm, Variant: e.Variant, USD: new(float64)})
		i = len(s.status.Arms) - 1
	}
	for k := range s.status.Arms {
		s.status.Arms[k].Planned = e.Planned / len(s.status.Arms)
	}
	return &s.status.Arms[i]
}

func (s *progress) count(arm *report.ArmStatus, t baselines.Trial, final bool) {
	if final {
		arm.Done++
	}
	if t.IsSolved() {
		arm.Solved++
	}
	if t.CostUSD == nil {
		arm.USD, s.unknown = nil, true
		return
	}
	if arm.USD != nil {
		*arm.USD += t.CostUSD.Total()
	}
	s.usd += t.CostUSD.Total()
}

// above prints a line over the block, or just prints it where there is none.
func (s *progress) above(line string) {
	s.erase()
	fmt.Fprintln(s.w, line)
	s.redraw()
}

func (s *progress) erase() {
	if s.drawn > 0 {
		fmt.Fprintf(s.w, "\x1b[%dA\x1b[J", s.drawn) // up, clear to the end
		s.drawn = 0
	}
}

func (s *progress) redraw() {
	if !s.live || len(s.status.Arms) == 0 {
		return
	}
	s.status.Seconds = time.Since(s.started).Seconds()
	s.status.USD = nil
	if !s.unknown {
		s.status.USD = &s.usd
	}
	s.status.Running = s.status.Running[:0]
	for a, since := range s.running {
		s.status.Running = append(s.status.Running, report.RunningTrial{
			Arm: a.arm, Task: a.task, Attempt: a.number, Seconds: time.Since(since).Seconds(),
		})
	}
	slices.SortFunc(s.status.Running, func(a, b report.RunningTrial) int { return int(b.Seconds - a.Seconds) })
	s.erase()
	lines := report.Block(s.status, s.text)
	for _, line := range lines {
		fmt.Fprintln(s.w, line)
	}
	s.drawn = len(lines)
}
