package run

import (
	"context"
	"errors"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/internal/leak"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// runTrials hands the jobs to the workers and records what comes back. It says
// why, when it ended before all planned trials ran and without a verdict: early for
// money and requests, and for tasks without an environment, over for the time.
func (p *plan) runTrials(ctx context.Context) (early []string, over *compare.Fact, err error) {
	if p.gate != nil && p.gate.Done() { // on what was carried over
		return nil, nil, nil
	}
	jobs := p.jobs()
	watch := &watch{plan: p, arms: p.arms, gate: p.gate, planned: len(jobs)}
	err = p.work(ctx, watch, jobs)
	if errors.Is(err, site.ErrNoAdmission) {
		err = notAdmitted(err, p.site.Dir)
	}
	if why := watch.ranOutOf(); why != "" {
		early = append(early, why)
	}
	for _, failed := range p.environments.Failed() {
		early = append(early, report.NotPrepared(failed))
	}
	return early, watch.outOfTime(), err
}

// work hands jobs to the workers, in their order, until all are done or the
// watch ends it. The error matches [site.ErrNoAdmission] when the model API let no
// trial in any more.
func (p *plan) work(ctx context.Context, watch *watch, jobs []trial.Job) error {
	ctx, over := p.withinMinutes(ctx)
	defer over()
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	watch.end = end
	pool := &trial.Pool{
		Runner: p.site.Runner, Limiter: p.limiter,
		MayStart: watch.mayStart,
		Observe:  func(e trial.Event) error { return watch.observe(ctx, e) },
	}
	stopWatching := watchAdmission(ctx, p, end)
	next := 0
	err := pool.Run(ctx, func() (trial.Job, bool) {
		if next == len(jobs) {
			return trial.Job{}, false
		}
		next++
		return jobs[next-1], true
	})
	if refused := stopWatching(); refused != nil && err == nil && (watch.gate == nil || !watch.gate.Done()) {
		return refused
	}
	watch.cutShort(context.Cause(ctx))
	return err
}

// jobs lists the trials of all arms: in the order of the plan, the arms of one
// step adjacent, and which of them goes first alternating. Attempts that are done
// already are left out.
func (p *plan) jobs() []trial.Job {
	checks := checksOf(p.design.Lock)
	var jobs []trial.Job
	for _, s := range p.design.Steps {
		for _, name := range armsAt(s.Seq) {
			a, measured := p.arms[name]
			if measured && !p.carried.has(name, s.key()) {
				jobs = append(jobs, checks.apply(trial.Job{
					Arm: name, Seq: s.Seq, Attempt: s.Attempt, Task: s.Task, Subject: a.subject,
				}))
			}
		}
	}
	return jobs
}

// armsAt is in which order the arms of a step start: alternating, so that neither
// always goes first.
func armsAt(seq int) []baselines.Arm {
	if seq%2 == 0 {
		return []baselines.Arm{baselines.Candidate, baselines.Baseline}
	}
	return []baselines.Arm{baselines.Baseline, baselines.Candidate}
}

// checks is what `check` found of the tasks, by their ids.
type checks map[string]*suite.Check

func checksOf(lock *suite.Lock) checks {
	found := make(checks)
	if lock != nil {
		for _, t := range lock.Tasks {
			found[t.ID] = t.Check
		}
	}
	return found
}

// apply puts into a job what is known of its task: that what the agent leaves running
// is part of its answer, and where that can be had.
func (c checks) apply(job trial.Job) trial.Job {
	found := c[job.Task.ID]
	job.KeepProcesses = job.Task.KeepsProcesses(found)
	if found == nil {
		return job
	}
	job.AnswerInHistory = len(found.AnswerInHistory) > 0
	for _, p := range found.Upstream {
		job.Upstream = append(job.Upstream, leak.Place(p))
	}
	return job
}
