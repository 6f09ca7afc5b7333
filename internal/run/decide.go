package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// simulations are enough for odds that are printed as whole percents.
const simulations = 400

// NewDesign loads the suite and decides order, policy and where the baseline
// comes from.
func NewDesign(ctx context.Context, o Options) (d *Design, err error) {
	d = &Design{Began: o.Now()}
	d.ID = site.NewID(d.Began)
	if d.Suite, d.Lock, err = LoadSuite(ctx, o.Config, SuiteOptions{Lookup: o.LookupEnv, CacheDir: o.CacheDir, Log: o.Log}); err != nil {
		return nil, err
	}
	if d.subjects, err = subjectsOf(ctx, o.Config); err != nil {
		return nil, err
	}
	if d.Prices, err = prices.Load(o.Config.Prices); err != nil {
		return nil, err
	}
	d.Policy = o.Config.Policy(len(d.Suite.Tasks))
	seed := orderSeed(d.Suite.Digest())
	d.Headers = make(map[baselines.Arm]baselines.Header)
	for arm, subject := range d.subjects {
		d.Headers[arm] = d.header(o, arm, subject.Variant, seed)
	}
	if d.Alone = o.Config.Alone(); d.Alone != "" {
		return d, d.decideAlone(ctx, o, seed)
	}
	if d.Stored, err = storedBaseline(ctx, o, d.Headers[baselines.Baseline], d.Prices); err != nil {
		return nil, err
	}
	begun, err := d.begun(o)
	if err != nil {
		return nil, err
	}
	d.Steps = planSteps(d.Policy, d.Stored, d.Suite, seed, begun)
	digest, err := planDigest(d.Policy, d.Steps, d.Stored, d.Headers[baselines.Baseline], d.Headers[baselines.Candidate])
	if err != nil {
		return nil, err
	}
	for arm, h := range d.Headers {
		h.Plan = digest
		d.Headers[arm] = h
	}
	if err := d.recorded(); err != nil {
		return nil, err
	}
	if err := d.priced(o); err != nil {
		return nil, err
	}
	d.Forecast = gate.Predict(d.Policy, d.Stored, d.Headers[baselines.Candidate], keys(d.Steps), simulations, seed)
	return d, d.affordable(o)
}

// decideAlone decides on the trials of the one variant that is measured.
func (d *Design) decideAlone(ctx context.Context, o Options, seed uint64) error {
	h := d.Headers[d.Alone]
	h.Stopping = baselines.ByNothing
	d.Headers[d.Alone] = h
	var err error
	if d.Before, err = storedBefore(ctx, o, h, d.Prices); err != nil {
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	begun, err := d.begun(o)
	if err != nil {
		return err
	}
	d.Steps = planSteps(d.Policy, nil, d.Suite, seed, begun)
	if h.Plan, err = aloneDigest(d.Steps, h); err != nil {
		return err
	}
	d.Headers[d.Alone] = h
	if err := errors.Join(d.recorded(), d.priced(o)); err != nil {
		return err
	}
	d.Forecast = gate.Forecast{Trials: len(d.Steps)}
	if d.Before != nil {
		if usd := expected(d.Before, d.Steps); usd > 0 { // zero: no trial's cost is known
			d.Forecast.WorstUSD = &usd
		}
	}
	return d.affordable(o)
}

// begun is the order of an earlier run of the same question, or nil. A run that
// plans more attempts goes on from its trials, which were looked at in that
// order.
func (d *Design) begun(o Options) ([]baselines.Key, error) {
	if o.Again {
		return nil, nil
	}
	id, err := identify(d) // without the plan, which is not made yet
	if err != nil {
		return nil, err
	}
	_, before, err := findPlan(o.RunsDir, id, o.liveAge())
	if err != nil {
		return nil, fmt.Errorf("%w; %s measures anew without it", err, o.again())
	}
	return before.keys(), nil
}

// header is what is known of an arm before anything runs.
func (d *Design) header(o Options, arm baselines.Arm, v baselines.Variant, seed uint64) baselines.Header {
	h := baselines.Header{
		Schema: baselines.SchemaV1, ID: d.ID + "-" + string(arm), Created: o.Now().UTC(), Benchgate: o.Version,
		Arm: arm, Compare: o.Config.Compare, Variant: v,
		Suite: d.suiteRef(), Prices: pricesOf(d.Prices, v, o.Now()), OrderSeed: seed,
		Limits: baselines.Limits{
			Attempts: d.Policy.Attempts, TimeoutMultiplier: o.Config.Limits.TimeoutMultiplier,
			TimeoutGrace: float64(o.Config.Limits.TimeoutGrace),
			USD:          o.Config.Limits.USD, USDPerTrial: o.Config.Limits.USDPerTrial,
			TokensPerTrial: int64(o.Config.Limits.TokensPerTrial),
			Requests:       o.Config.Limits.Requests, CPUs: o.Config.Limits.CPUs, MemoryMB: int64(o.Config.Limits.MemoryMB),
		},
	}
	if o.Config.Sandbox == sandbox.Docker { // elsewhere nothing is looked for, and absent says so
		h.Limits.Verifier, h.Limits.Tamper = o.Config.Verifier, o.Config.Tamper
	}
	return h
}

// suiteRef is the suite with what becomes of its tasks' processes.
func (d *Design) suiteRef() baselines.Suite {
	ref, checks := d.Suite.Ref(), checksOf(d.Lock)
	for i, t := range d.Suite.Tasks {
		ref.Tasks[i].KeepProcesses = t.KeepsProcesses(checks[t.ID])
	}
	return ref
}

// recorded makes sure that what a replayed arm will play is there.
func (d *Design) recorded() error {
	tasks := make([]string, len(d.Suite.Tasks))
	for i, t := range d.Suite.Tasks {
		tasks[i] = t.ID
	}
	var errs []error
	for _, arm := range []baselines.Arm{baselines.Baseline, baselines.Candidate} {
		s := d.subjects[arm]
		if s.Recordings == "" || arm == baselines.Baseline && d.Stored != nil {
			continue
		}
		if err := trial.CheckRecordings(s.Recordings, tasks, d.Policy.Attempts); err != nil {
			errs = append(errs, fmt.Errorf("%s %s: %w", arm, s.Variant.Name, err))
		}
	}
	return errors.Join(errs...)
}

// affordable refuses a plan that may cost more than its own dollar limit: the
// run would end before its last trial, most likely without a verdict. Nor is one
// begun whose minutes are too few for a trial.
func (d *Design) affordable(o Options) error {
	if err := d.inTime(o); err != nil {
		return err
	}
	limit, worst := o.Config.Limits.USD, d.Forecast.WorstUSD
	if limit == nil || worst == nil || *worst <= *limit {
		return nil
	}
	return errors.New(report.Unaffordable(d.Forecast, d.Policy.Attempts, *limit))
}

// Headroom says what the stored baseline of these tasks, as a run would use it,
// leaves of the margin's meaning; nothing without one. What keeps the baseline
// from being found keeps a run from starting, and is said there.
func Headroom(ctx context.Context, o Options, s *suite.Suite) []string {
	if o.Config.Baseline == nil || o.Store == nil {
		return nil
	}
	subject, err := subjectOf(*o.Config.Baseline)
	if err != nil {
		return nil
	}
	d := Design{Suite: s, Prices: new(prices.Table), Policy: o.Config.Policy(len(s.Tasks))}
	stored, err := baselines.Find(ctx, o.Store, d.header(o, baselines.Baseline, subject.Variant, 0), o.Now().Add(-maxAge), nil)
	if err != nil {
		return nil
	}
	warnings, _ := report.Headroom(d.Policy, stored)
	return warnings
}
