package run

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// plan is a run that was decided on and is ready to start.
type plan struct {
	*bench
	o        Options
	policy   gate.Policy
	steps    []Step
	subjects map[baselines.Arm]trial.Subject
	stored   *baselines.Run // nil when the baseline is measured live
	arms     arms
}

// prepare does everything that can go wrong before money is spent. What it
// opened is closed again when it fails.
func prepare(ctx context.Context, o Options) (_ *plan, err error) {
	s, lock, err := LoadSuite(ctx, o.Config, SuiteOptions{Lookup: o.LookupEnv, CacheDir: o.CacheDir, Log: o.Log})
	if err != nil {
		return nil, err
	}
	p := &plan{o: o}
	if p.subjects, err = subjectsOf(o.Config); err != nil {
		return nil, err
	}
	if p.bench, err = openBench(ctx, o, s, lock, p.subjects); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.arms.close(), p.discard(context.WithoutCancel(ctx)))
		}
	}()
	p.notices(lock)
	if err := p.decide(ctx); err != nil {
		return nil, err
	}
	return p, p.runner.Prepare(ctx, p.suite.Tasks, p.measured())
}

// decide fixes policy, order, limits and where the baseline comes from.
func (p *plan) decide(ctx context.Context) error {
	info, err := p.engine.Info(ctx)
	if err != nil {
		return err
	}
	p.policy = p.o.Config.Policy(len(p.suite.Tasks))
	seed := OrderSeed(p.suite.Digest())
	p.steps = Order(p.suite.Tasks, p.policy.Attempts, seed)
	headers := make(map[baselines.Arm]baselines.Header)
	for arm, subject := range p.subjects {
		headers[arm] = baselines.Header{
			Schema: baselines.SchemaV1, ID: p.id + "-" + string(arm), Created: p.o.Now().UTC(), Benchgate: p.o.Version,
			Arm: arm, Compare: string(p.o.Config.Compare), Variant: subject.Variant,
			Suite: p.suite.Ref(), Prices: p.table.Ref(), OrderSeed: seed,
			Limits: baselines.Limits{
				Attempts: p.policy.Attempts, TimeoutMultiplier: p.o.Config.Limits.TimeoutMultiplier,
				USD: p.o.Config.Limits.USD, USDPerTrial: p.o.Config.Limits.USDPerTrial,
			},
			Host: baselines.Host{
				OS: info.OS, Arch: info.Arch, CPUs: info.CPUs, MemoryBytes: info.MemoryBytes, Engine: info.Engine,
			},
		}
	}
	if p.stored, err = p.storedBaseline(ctx, headers[baselines.Baseline]); err != nil {
		return err
	}
	digest, err := planDigest(p.policy, p.steps, headers[baselines.Baseline], headers[baselines.Candidate])
	if err != nil {
		return err
	}
	return p.openArms(digest, headers)
}

// openArms begins the journals of what is measured now.
func (p *plan) openArms(digest string, headers map[baselines.Arm]baselines.Header) error {
	p.arms = make(arms)
	for _, name := range []baselines.Arm{baselines.Candidate, baselines.Baseline} {
		if name == baselines.Baseline && p.stored != nil {
			continue
		}
		h := headers[name]
		h.Plan = digest
		a, err := openArm(p.dir, h, p.subjects[name])
		if err != nil {
			return err
		}
		p.arms[name] = a
	}
	return nil
}

// close ends whatever was opened.
func (p *plan) close(ctx context.Context) error {
	return errors.Join(p.arms.close(), p.bench.close(ctx))
}

// measured lists the subjects that run now.
func (p *plan) measured() []trial.Subject {
	var now []trial.Subject
	for name := range p.arms {
		now = append(now, p.subjects[name])
	}
	return now
}

// notices says what the user should know before money is spent.
func (p *plan) notices(lock *suite.Lock) {
	if lock == nil {
		p.o.Notice("there is no benchgate.lock: tasks are taken as they are now; run \"benchgate lock\" to pin them")
	}
	for _, t := range p.suite.Tasks {
		for _, note := range t.Notes {
			p.o.Notice("task " + t.ID + ": " + note)
		}
	}
	var named []string
	for _, arm := range []baselines.Arm{baselines.Baseline, baselines.Candidate} {
		s := p.subjects[arm]
		model := s.Variant.Model
		if model == "" || slices.Contains(named, model) || s.NoModel() {
			continue
		}
		named = append(named, model)
		if _, priced := p.table.Rate(model, p.o.Now()); !priced {
			p.o.Notice(fmt.Sprintf("model %s has no price in %s: its tokens will be counted, its dollars will be unknown, and cost cannot be gated", model, p.table.Ref().Source))
		}
	}
}
