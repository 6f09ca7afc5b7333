package run

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// confirm gives the final verdict where the gate's own asks for it: it measures
// one live pair of attempts at each task, both variants side by side, and keeps
// them as run files of their own. Where that cannot be done the verdict stands
// and says why. The error is that of a run without a verdict.
func (p *plan) confirm(ctx context.Context, v gate.Verdict) (gate.Verdict, error) {
	if v.Confirm == nil {
		return v, nil
	}
	steps := p.unpaired()
	if why := p.cannotConfirm(steps); why != nil {
		return v.Unconfirmed(*why), nil
	}
	p.o.Notice(report.Confirming(len(steps), len(p.design.Suite.Tasks)))
	pairs, why, err := p.openPairs(ctx)
	switch {
	case err != nil:
		return v, err
	case why != nil:
		return v.Unconfirmed(*why), nil
	}
	why, err = p.measurePairs(ctx, pairs, steps)
	if err := errors.Join(err, pairs.close()); err != nil {
		return v, err
	}
	v = gate.Confirm(v, pairs[baselines.Baseline].soFar(), pairs[baselines.Candidate].soFar())
	if why != nil && v.Confirm.State == gate.Unconfirmed {
		v = v.Unconfirmed(*why)
	}
	return v, nil
}

// unpaired are the steps at which a pair is still to be measured: one a task, in
// the order of the plan.
func (p *plan) unpaired() []Step {
	done := make(map[string]bool)
	for _, t := range p.pairs[baselines.Candidate] {
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

// cannotConfirm says why pairs at these steps are not worth starting; nil when they
// are.
func (p *plan) cannotConfirm(steps []Step) *compare.Fact {
	for _, s := range p.design.subjects {
		if s.Recordings != "" {
			return &compare.Fact{Code: gate.OnlyReplayed}
		}
	}
	limit := p.o.Config.Limits.USD
	if limit == nil || len(steps) == 0 {
		return nil
	}
	candidate := p.arms[baselines.Candidate].soFar()
	usd := expected(p.design.Stored, steps) + expected(candidate, steps)
	spent, _ := candidate.SpentUSD()
	for _, tries := range p.pairs {
		more, _ := (&baselines.Run{Trials: tries}).SpentUSD()
		spent += more
	}
	if spent+usd <= *limit {
		return nil
	}
	return &compare.Fact{Code: gate.NoMoneyLeft, Value: &usd, Margin: limit}
}

// expected is what one more attempt at each step's task will cost, in US dollars:
// the task's mean in the run, or that of all its tasks where it has none.
func expected(r *baselines.Run, steps []Step) float64 {
	type sum struct{ usd, n float64 }
	var all sum
	of := make(map[string]sum)
	for _, t := range r.Counted() {
		if t.CostUSD != nil {
			usd := t.CostUSD.Total()
			all = sum{all.usd + usd, all.n + 1}
			of[t.Task] = sum{of[t.Task].usd + usd, of[t.Task].n + 1}
		}
	}
	usd := 0.0
	for _, step := range steps {
		s := of[step.Task.ID]
		if s.n == 0 {
			s = all
		}
		usd += s.usd / max(s.n, 1)
	}
	return usd
}

// openPairs prepares the baseline's variant, which has not run yet, and begins the
// journals of both halves with what was carried over. What keeps the variant from
// running keeps the verdict unconfirmed, and is no error of the run.
func (p *plan) openPairs(ctx context.Context) (_ arms, why *compare.Fact, err error) {
	baseline := []trial.Subject{p.design.subjects[baselines.Baseline]}
	if err := p.site.CheckModels(ctx, baseline, p.o.Notice); errors.Is(err, site.ErrNoAdmission) {
		return nil, p.noPairs(err), nil
	}
	if err := p.site.Runner.Prepare(ctx, p.design.Suite.Tasks, baseline); err != nil {
		if ctx.Err() != nil {
			return nil, nil, interrupted{p.site.Dir}
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
		for _, t := range p.pairs[name] {
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
		return nil, interrupted{p.site.Dir}
	case watch.noMoney:
		return &compare.Fact{Code: gate.NoMoneyLeft, Margin: p.o.Config.Limits.USD}, nil
	}
	return nil, nil
}

// pairJobs has the halves of each pair side by side, and which of them goes first
// alternating.
func (p *plan) pairJobs(pairs arms, steps []Step) []trial.Job {
	kept := keptProcesses(p.design.Lock)
	var jobs []trial.Job
	for _, s := range steps {
		for _, name := range armsAt(s.Seq) {
			jobs = append(jobs, trial.Job{
				Arm: name, Seq: s.Seq, Attempt: s.Attempt, Task: s.Task, Subject: pairs[name].subject, Confirm: true,
				KeepProcesses: kept[s.Task.ID],
			})
		}
	}
	return jobs
}

// Confirmed gives the final verdict on two run files where the gate's own asks for
// live pairs, from those that lie beside the candidate's file: run keeps them in a
// directory of the run's. Without them the verdict is returned as it is.
func Confirmed(v gate.Verdict, candidateFile string) (gate.Verdict, error) {
	if v.Confirm == nil {
		return v, nil
	}
	pairs, err := readPairs(filepath.Dir(candidateFile))
	if err != nil || pairs == nil {
		return v, err
	}
	return gate.Confirm(v, pairs[baselines.Baseline], pairs[baselines.Candidate]), nil
}
