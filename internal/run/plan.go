package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/trial"
)

// plan is a run that was decided on and is ready to start.
type plan struct {
	o      Options
	design *Design
	site   *site.Site
	arms   arms
	gate   *gate.Gate // nil where one arm is measured alone

	limiter *trial.Limiter // of all trials of the run

	// environments are prepared beside the first trials; nil before that.
	environments *trial.Preparation

	tee *tee // nil: telemetry goes nowhere

	// carried is what an earlier run measured. Its attempts are not made again.
	carried carried
}

// close ends whatever was opened.
func (p *plan) close(ctx context.Context) error {
	p.stopPreparing()
	return errors.Join(p.arms.close(), p.site.Close(ctx))
}

// end closes what a run opened, also where its context is cancelled. err is what
// ended the run, nil: nothing did.
func (p *plan) end(ctx context.Context, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	closeErr := errors.Join(p.close(ctx), unreserve(p.site.Dir))
	p.tee.close()
	if err != nil {
		return errors.Join(err, closeErr)
	}
	if closeErr != nil { // the trials were paid for, and stand
		p.o.Notice(fmt.Sprintf("something of this run is left behind; \"benchgate clean\" removes it: %v", closeErr))
	}
	return nil
}

// stopPreparing ends what is still built or pulled.
func (p *plan) stopPreparing() {
	if p.environments != nil {
		p.environments.Stop()
	}
}

// measuredArms are the arms that run now: one alone, or else the candidate always,
// and the baseline when none is stored.
func (p *plan) measuredArms() []baselines.Arm {
	switch {
	case p.design.Alone != "":
		return []baselines.Arm{p.design.Alone}
	case p.design.Stored != nil:
		return []baselines.Arm{baselines.Candidate}
	}
	return []baselines.Arm{baselines.Candidate, baselines.Baseline}
}

// measured lists their subjects.
func (p *plan) measured() []trial.Subject {
	var now []trial.Subject
	for _, name := range p.measuredArms() {
		now = append(now, p.design.subjects[name])
	}
	return now
}

// header is an arm's header with what is known of it before its first trial: the
// images of the tasks that are prepared, and the machine.
func (p *plan) header(name baselines.Arm, host sandbox.Info) baselines.Header {
	h := p.design.Headers[name]
	h.Suite.Tasks = slices.Clone(h.Suite.Tasks)
	for i, t := range h.Suite.Tasks {
		if image, err := p.site.Runner.Image(t.ID); err == nil { // else it is not ready yet
			h.Suite.Tasks[i].Image = image.ID
		}
	}
	h.Host = baselines.Host{OS: host.OS, Arch: host.Arch, CPUs: host.CPUs, MemoryBytes: host.MemoryBytes, Engine: host.Engine}
	return h
}

// rateNotes is what a reader should know of the model API's rate limits.
func (p *plan) rateNotes() []string {
	if said := report.RateLimited(p.limiter.Seen()); said != "" {
		return []string{said}
	}
	return nil
}

// interrupted is the error of a run that was stopped from outside.
type interrupted struct {
	dir   string
	alone bool // one arm was measured: there would have been no verdict
}

func (e interrupted) Error() string {
	kept := "the trials that finished are kept in " + e.dir + ", and the same command goes on from them"
	if e.alone {
		return "interrupted; " + kept
	}
	return "interrupted: no verdict; " + kept
}

// Kept is the directory with what finished.
func (e interrupted) Kept() string { return e.dir }

func (interrupted) Is(target error) bool { return target == context.Canceled }
