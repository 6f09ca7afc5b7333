package main

import (
	"slices"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
)

// trialProgress is what the display shows of a run: a line for each finished
// trial, and in the block how far the arms are and which trials go on.
type trialProgress struct {
	display *display
	started time.Time
	status  report.Status
	since   map[attempt]time.Time // of those that go on
	unknown bool                  // some trial's dollars are not known
	usd     float64
}

// attempt is one that goes on.
type attempt struct {
	arm    baselines.Arm
	task   string
	number int
}

// newProgress shows a run on the program's display.
func (p *program) newProgress(c *config.Config) *trialProgress {
	d := p.display
	t := &trialProgress{
		display: d, started: d.now(), since: make(map[attempt]time.Time),
		status: report.Status{Suite: c.Suite.Name, LimitUSD: c.Limits.USD},
	}
	d.locked(func() { d.trials = t })
	return t
}

// notice prints a sentence above the display.
func (t *trialProgress) notice(text string) {
	t.display.locked(func() { t.display.above("note: " + indented(text)) })
}

// close ends the display.
func (t *trialProgress) close() { t.display.close() }

// progress takes one event of the run.
func (t *trialProgress) progress(e run.Progress) {
	d := t.display
	d.startTick.Do(d.tickOn)
	d.locked(func() {
		arm := t.arm(e)
		this := attempt{e.Arm, e.Task, e.Attempt}
		if e.Trial == nil {
			t.since[this] = d.now()
			d.redraw()
			return
		}
		delete(t.since, this)
		t.count(arm, *e.Trial, e.Final)
		d.above(report.Line(report.FinishedTrial{
			Done: e.Done, Planned: e.Planned, Arm: e.Arm, Trial: *e.Trial, Logs: e.Dir,
		}, d.width()))
	})
}

// arm is the event's arm in the status; arms appear as they are heard of.
func (t *trialProgress) arm(e run.Progress) *report.ArmStatus {
	i := slices.IndexFunc(t.status.Arms, func(a report.ArmStatus) bool { return a.Arm == e.Arm })
	if i < 0 {
		t.status.Arms = append(t.status.Arms, report.ArmStatus{Arm: e.Arm, Variant: e.Variant, USD: new(float64)})
		i = len(t.status.Arms) - 1
	}
	for k := range t.status.Arms {
		t.status.Arms[k].Planned = e.Planned / len(t.status.Arms)
	}
	return &t.status.Arms[i]
}

func (t *trialProgress) count(arm *report.ArmStatus, trial baselines.Trial, final bool) {
	if final {
		arm.Done++
	}
	if trial.IsSolved() {
		arm.Solved++
	}
	if trial.CostUSD == nil {
		arm.USD, t.unknown = nil, true
		return
	}
	if arm.USD != nil {
		*arm.USD += trial.CostUSD.Total()
	}
	t.usd += trial.CostUSD.Total()
}

// running is how many trials go on; none without a run.
func (t *trialProgress) running() int {
	if t == nil {
		return 0
	}
	return len(t.since)
}

// block is the state of the run, if there is one, and the steps that go on.
func (t *trialProgress) block(steps []report.Step, text report.TextOptions) []string {
	if t == nil || len(t.status.Arms) == 0 {
		return report.Block(report.Status{Steps: steps}, text)
	}
	now := t.display.now()
	t.status.Seconds = now.Sub(t.started).Seconds()
	t.status.USD = nil
	if !t.unknown {
		t.status.USD = &t.usd
	}
	t.status.Running = t.status.Running[:0]
	for a, since := range t.since {
		t.status.Running = append(t.status.Running, report.RunningTrial{
			Arm: a.arm, Task: a.task, Attempt: a.number, Seconds: now.Sub(since).Seconds(),
		})
	}
	slices.SortFunc(t.status.Running, func(a, b report.RunningTrial) int { return int(b.Seconds - a.Seconds) })
	t.status.Steps = steps
	return report.Block(t.status, text)
}
