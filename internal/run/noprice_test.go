package run

import (
	"context"
	"errors"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/trial"
)

// Which model an alias stands for is known at the first request. When it has no
// price, the run ends without asking further; what an agent asks for by itself ends
// nothing.
func TestAnAliasOfAModelWithoutAPriceEndsTheRun(t *testing.T) {
	row, err := agent.Lookup(agent.ClaudeCode)
	if err != nil {
		t.Fatal(err)
	}
	env := func(name string) (string, bool) {
		key, set := map[string]string{"ANTHROPIC_API_KEY": "made-up"}[name]
		return key, set
	}
	asks, err := site.NewAdmission(site.API{}, nil, env, nil)
	if err != nil {
		t.Fatal(err)
	}
	for model, ends := range map[string]bool{"our-opus": true, row.SmallModels[0]: false} {
		p := &plan{site: &site.Site{Admission: asks}, design: &Design{subjects: map[baselines.Arm]trial.Subject{
			baselines.Candidate: {Agent: row, Variant: baselines.Variant{Model: "opus"}},
		}}}
		ctx, end := context.WithCancelCause(t.Context())
		a := &admission{plan: p, end: end}
		a.observe(ctx, meter.Entry{Kind: meter.Finished, Trial: "candidate/task/1.1", Model: model, Status: 402, Retry: meter.NoPrice})
		a.probes.Wait()
		if ended := errors.Is(context.Cause(ctx), site.ErrNoAdmission); ended != ends || errors.Is(a.refused, site.ErrNoAdmission) != ends {
			t.Errorf("%s without a price: the run ends %v (%v), want %v", model, ended, a.refused, ends)
		}
		end(nil)
	}
}
