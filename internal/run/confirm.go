package run

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
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

// cannotConfirm says why pairs at these steps are not worth starting; nil when they
// are.
func (p *plan) cannotConfirm(steps []Step) *compare.Fact {
	for _, s := range p.design.subjects {
		if s.Recordings != "" {
			return &compare.Fact{Code: gate.OnlyReplayed}
		}
	}
	if p.noTimeFor(steps) {
		minutes := p.o.Config.Limits.Minutes
		return &compare.Fact{Code: gate.NoTimeLeft, Value: &minutes}
	}
	limit := p.o.Config.Limits.USD
	if limit == nil || len(steps) == 0 {
		return nil
	}
	candidate := p.arms[baselines.Candidate].soFar()
	usd := expected(p.design.Stored, steps) + expected(candidate, steps)
	spent, _ := candidate.SpentUSD()
	for _, tries := range p.carried.pairs {
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
