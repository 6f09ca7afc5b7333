package run

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/site"
)

// admission watches for requests that the model API refuses for their key, its
// credit or the model. One such answer may be the agent's doing or pass by itself,
// so it asks the API on its own; only when that is refused too, no trial can be
// answered any more, and the run ends. One that the meter refuses because the
// variant's model has no price ends it at once.
type admission struct {
	plan *plan
	end  context.CancelCauseFunc // stops what still runs

	mu      sync.Mutex
	asking  bool
	cleared map[string]bool // trials whose refusals are known to be their own
	refused error           // matches [site.ErrNoAdmission]; nil: the API answers

	probes sync.WaitGroup
}

// watchAdmission watches until stop is called, which waits for what was asked and
// returns the refusal that ended the run.
func watchAdmission(ctx context.Context, p *plan, end context.CancelCauseFunc) (stop func() error) {
	a := &admission{plan: p, end: end, cleared: make(map[string]bool)}
	m := p.site.Runner.Meter
	m.OnRefusal(func(e meter.Entry) { a.observe(ctx, e) })
	return func() error {
		m.OnRefusal(nil)
		a.probes.Wait()
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.refused
	}
}

// observe is called for every refusal, from the goroutine of the request.
func (a *admission) observe(ctx context.Context, e meter.Entry) {
	model := a.modelOf(e)
	a.mu.Lock()
	defer a.mu.Unlock()
	if model == "" || a.asking || a.refused != nil || a.cleared[e.Trial] {
		return
	}
	if err := a.plan.site.Admission.Unpriced(e); err != nil {
		a.refused = err
		a.end(err)
		return
	}
	a.asking = true
	a.probes.Go(func() { a.ask(ctx, e.Trial, model) })
}

// ask asks for one token. An API that answers clears the trial; one that is busy
// or broken is asked again at the next refusal.
func (a *admission) ask(ctx context.Context, trial, model string) {
	answered, err := a.plan.site.Admission.Probe(ctx, model)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asking, a.cleared[trial], a.refused = false, answered, err
	if err != nil {
		a.end(err)
	}
}

// modelOf is the model to ask for: the variant's; the request's own where only the
// agent knows the variant's. Empty when the request asked for a model that is not
// the variant's and does not exist.
func (a *admission) modelOf(e meter.Entry) string {
	arm, _, _ := strings.Cut(e.Trial, "/")
	subject := a.plan.design.subjects[baselines.Arm(arm)]
	if !subject.Refused(e) {
		return ""
	}
	if model := subject.AskedModel(); model != "" {
		return model
	}
	return e.Model
}

// notAdmitted is the error of a run that the model API gives no answer. dir has the
// trials that finished; empty: none was started.
func notAdmitted(err error, dir string) error {
	if dir == "" {
		return fmt.Errorf("not measured: %w; %s", err, site.Remedy(err))
	}
	return fmt.Errorf("no verdict: %w; %s; the trials that finished are kept in %s", err, site.Remedy(err), dir)
}
