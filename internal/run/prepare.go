package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// prepare does everything that can go wrong before money is spent. What it
// opened is closed again when it fails.
func prepare(ctx context.Context, o Options, d *Design, id identity, c carried) (_ *plan, err error) {
	o = o.inTurn()
	p := &plan{o: o, design: d, carried: c}
	at := o.Site(d.ID, d.Suite.Tasks)
	if err := c.writeLedger(at.Dir); err != nil {
		return nil, err
	}
	if at.API, err = o.ModelAPI(); err != nil {
		return nil, err
	}
	at.Prices = d.Prices
	for _, s := range d.subjects {
		at.Subjects = append(at.Subjects, s)
	}
	if p.site, err = site.Open(ctx, at); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			p.stopPreparing()
			err = errors.Join(err, p.arms.close(), p.site.Discard(context.WithoutCancel(ctx)))
		}
	}()
	p.notices()
	info, err := p.site.Engine.Info(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.limitsFit(info); err != nil {
		return nil, err
	}
	p.limit(info)
	if err := p.prepareTrials(ctx); err != nil {
		return nil, err
	}
	headers, err := p.headers(info)
	if err != nil {
		return nil, err
	}
	if err := p.openArms(headers); err != nil {
		return nil, err
	}
	if n := c.trials(); n > 0 {
		p.o.Notice(fmt.Sprintf("going on from the run in %s: %d of its trials count here, too; %s measures anew", c.from, n, o.again()))
	}
	id.Again = o.Again
	if err := errors.Join(p.resume(), writePlan(p.site.Dir, id), reserve(p.site.Dir)); err != nil {
		return nil, err
	}
	p.tee = openTee(ctx, o, p.site.Dir)
	if o.Begun != nil {
		o.Begun(d.told(p.site.Dir))
	}
	return p, nil
}

// prepareTrials asks the model API and begins to prepare the tasks' environments,
// until the first trial may start.
func (p *plan) prepareTrials(ctx context.Context) error {
	timed, stop := p.withinMinutes(ctx)
	defer stop()
	err := p.site.CheckModels(timed, p.measured(), p.o.Notice)
	if errors.Is(err, site.ErrNoAdmission) {
		return notAdmitted(err, "")
	}
	if err == nil {
		p.environments, err = p.site.Runner.PrepareAhead(ctx, p.design.Suite.Tasks, p.needed(), p.measured())
	}
	if err == nil {
		err = p.environments.AwaitFirst(timed)
	}
	if err != nil && errors.Is(context.Cause(timed), errMinutes) {
		return p.tooLate(err)
	}
	return err
}

// needed are the tasks of the trials that are not carried over, in the order of the
// plan; some more than once.
func (p *plan) needed() []*suite.Task {
	var tasks []*suite.Task
	for _, s := range p.design.Steps {
		for _, arm := range p.measuredArms() {
			if !p.carried.has(arm, s.key()) {
				tasks = append(tasks, s.Task)
			}
		}
	}
	return tasks
}

// headers are those of the journals. Two arms have a gate that watches them: it is
// opened before the first trial, so that arms which cannot be compared cost
// nothing.
func (p *plan) headers(info sandbox.Info) (map[baselines.Arm]baselines.Header, error) {
	headers := make(map[baselines.Arm]baselines.Header)
	if alone := p.design.Alone; alone != "" {
		headers[alone] = p.header(alone, info)
		return headers, nil
	}
	baseline := p.design.Stored
	if baseline == nil {
		baseline = &baselines.Run{Header: p.header(baselines.Baseline, info)}
	}
	var err error
	if p.gate, err = gate.Open(p.design.Policy, baseline, p.header(baselines.Candidate, info)); err != nil {
		return nil, err
	}
	headers[baselines.Baseline], headers[baselines.Candidate] = p.gate.Headers()
	return headers, nil
}

// openArms begins the journals of what is measured now.
func (p *plan) openArms(headers map[baselines.Arm]baselines.Header) error {
	p.arms = make(arms)
	for _, name := range p.measuredArms() {
		a, err := openArm(p.site.Dir, headers[name], p.design.subjects[name])
		if err != nil {
			return err
		}
		p.arms[name] = a
	}
	return nil
}

// limitsFit refuses limits that the engine cannot keep, and says so where nothing
// holds the trials to theirs.
func (p *plan) limitsFit(info sandbox.Info) error {
	limits := p.o.Config.Limits
	if !info.Isolated && (limits.CPUs != 0 || limits.MemoryMB != 0) {
		p.o.Notice(fmt.Sprintf("limits.cpus and limits.memory_mb are recorded, but nothing holds a trial to them: the engine %s isolates nothing", info.Engine))
	}
	return p.o.trialLimits().Fit(info, p.design.Suite.Tasks)
}

// withoutLimits is how many trials run at once where nothing holds them to their
// CPUs and memory.
const withoutLimits = 4

// limit decides how many trials may run at once.
func (p *plan) limit(info sandbox.Info) {
	limits := p.o.Config.Limits
	p.limiter = &trial.Limiter{Most: limits.Workers}
	switch {
	case limits.Workers == 0 && info.Isolated:
		p.limiter.Room = trial.Room(info)
	case limits.Workers == 0:
		p.limiter.Most = withoutLimits
	case info.Isolated:
		if warning := p.o.trialLimits().Crowded(trial.Room(info), p.design.Suite.Tasks, limits.Workers); warning != "" {
			p.o.Notice(warning)
		}
	}
	p.site.Runner.Meter.OnRateLimit(p.limiter.RateLimited)
}

// notices says what the user should know before money is spent.
func (p *plan) notices() {
	if p.design.Lock == nil {
		p.o.Notice(Unpinned(p.o.Config))
	}
	for _, t := range p.design.Suite.Tasks {
		for _, note := range t.Notes {
			p.o.Notice("task " + t.ID + ": " + note)
		}
	}
	if warning := p.design.Suite.WarnOfServices(p.design.Lock); warning != "" {
		p.o.Notice(warning)
	}
	p.odds()
}

// odds warns of a verdict that is unlikely, or cannot come, or would say little.
func (p *plan) odds() {
	if p.design.Alone != "" {
		return
	}
	hopeless := false
	if stored := p.design.Stored; stored != nil {
		var warnings []string
		warnings, hopeless = report.Headroom(p.design.Policy, stored)
		for _, warning := range warnings {
			p.o.Notice(warning)
		}
	}
	if warning := report.Unlikely(p.design.Forecast); warning != "" && !hopeless {
		p.o.Notice(warning)
	}
}
