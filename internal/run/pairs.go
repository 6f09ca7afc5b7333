package run

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// unpaired are the steps at which a pair is still to be measured: one a task, in
// the order of the plan.
func (p *plan) unpaired() []Step {
	done := make(map[string]bool)
	for _, t := range p.carried.pairs[baselines.Candidate] {
		done[t.Task] = true
	}
	var steps []Step
	seen := make(map[*suite.Task]bool)
	for _, s := range p.design.Steps {
		if seen[s.Task] {
			continue
		}
		seen[s.Task] = true
		if !done[s.Task.ID] {
			steps = append(steps, Step{Seq: len(seen), Attempt: 1, Task: s.Task})
		}
	}
	return steps
}

// openPairs prepares the baseline's variant, which has not run yet, and begins the
// journals of both halves with what was carried over. What keeps the variant from
// running keeps the verdict unconfirmed, and is no error of the run.
func (p *plan) openPairs(ctx context.Context) (_ arms, why *compare.Fact, err error) {
	baseline := []trial.Subject{p.design.subjects[baselines.Baseline]}
	if err := p.site.CheckModels(ctx, baseline, p.o.Notice); errors.Is(err, site.ErrNoAdmission) {
		return nil, p.noPairs(err), nil
	}
	err = p.environments.AwaitAll(ctx)
	if err == nil {
		err = p.site.Runner.Prepare(ctx, p.design.Suite.Tasks, baseline)
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, nil, interrupted{dir: p.site.Dir}
		}
		return nil, &compare.Fact{Code: gate.PairsNotStarted, Detail: err.Error()}, nil
	}
	host, err := p.site.Engine.Info(ctx)
	if err != nil {
		return nil, nil, err
	}
	pairs := make(arms)
	defer func() {
		if err != nil {
			err = errors.Join(err, pairs.close())
		}
	}()
	for _, name := range []baselines.Arm{baselines.Baseline, baselines.Candidate} {
		h := p.header(name, host)
		h.ID, h.Limits.Attempts = p.design.ID+"-confirm-"+string(name), 1
		h.Stopping = baselines.ByNothing
		a, err := openArm(filepath.Join(p.site.Dir, confirmDir), h, p.design.subjects[name])
		if err != nil {
			return nil, nil, err
		}
		pairs[name] = a
		for _, t := range p.carried.pairs[name] {
			if err := a.record(t); err != nil {
				return nil, nil, err
			}
		}
	}
	return pairs, nil, nil
}

// noPairs is why an API that lets the baseline's variant in no more keeps the verdict
// unconfirmed.
func (p *plan) noPairs(err error) *compare.Fact {
	baseline := p.design.subjects[baselines.Baseline]
	if site.IsUnknownModel(err, baseline.AskedModel()) {
		return &compare.Fact{Code: gate.ModelGone, Arm: baselines.Baseline, Detail: baseline.Variant.Model}
	}
	return &compare.Fact{Code: gate.PairsNotStarted, Detail: err.Error()}
}

// measurePairs runs both halves of a pair at each task. It says why, when not all
// of them could be measured.
func (p *plan) measurePairs(ctx context.Context, pairs arms, steps []Step) (why *compare.Fact, err error) {
	if len(steps) == 0 {
		return nil, nil
	}
	jobs := p.pairJobs(pairs, steps)
	watch := &watch{plan: p, arms: pairs, planned: len(jobs)}
	err = p.work(ctx, watch, jobs)
	switch {
	case errors.Is(err, site.ErrNoAdmission):
		return p.noPairs(err), nil
	case err != nil:
		return nil, err
	case ctx.Err() != nil:
		return nil, interrupted{dir: p.site.Dir}
	case errors.Is(watch.ranOut, errMinutes):
		minutes := p.o.Config.Limits.Minutes
		return &compare.Fact{Code: gate.NoTimeLeft, Value: &minutes}, nil
	case errors.Is(watch.ranOut, errMoney):
		return &compare.Fact{Code: gate.NoMoneyLeft, Margin: p.o.Config.Limits.USD}, nil
	case errors.Is(watch.ranOut, errRequests):
		return &compare.Fact{Code: gate.NoRequestsLeft, Of: p.o.Config.Limits.Requests}, nil
	}
	return nil, nil
}

// pairJobs has the halves of each pair side by side, and which of them goes first
// alternating.
func (p *plan) pairJobs(pairs arms, steps []Step) []trial.Job {
	checks := checksOf(p.design.Lock)
	var jobs []trial.Job
	for _, s := range steps {
		for _, name := range armsAt(s.Seq) {
			jobs = append(jobs, checks.apply(trial.Job{
				Arm: name, Seq: s.Seq, Attempt: s.Attempt, Task: s.Task, Subject: pairs[name].subject, Confirm: true,
			}))
		}
	}
	return jobs
}

// answeredPairs are all tries of those pairs whose halves both came to their end.
func answeredPairs(pairs map[baselines.Arm]*baselines.Run) map[baselines.Arm][]baselines.Trial {
	halves := make(map[baselines.Key]int)
	for _, r := range pairs {
		for _, t := range r.Counted() {
			if t.Ended.Counts() {
				halves[t.Key()]++
			}
		}
	}
	out := make(map[baselines.Arm][]baselines.Trial)
	for arm, r := range pairs {
		for _, t := range r.Trials {
			if halves[t.Key()] == 2 && t.Ended != baselines.Cancelled {
				out[arm] = append(out[arm], t)
			}
		}
	}
	return out
}
