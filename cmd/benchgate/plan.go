package main

import (
	"context"
	"time"

	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
)

const planHelp = `
Usage: benchgate plan [-c benchgate.yaml] [flags]

Says, before any money is spent, what "benchgate run" would do and what will
probably come of it: trials, dollars, minutes, the odds of each verdict if
nothing changed and if the candidate is worse by the margin, and the smallest
drop this design can see. With "--arm ARM": the trials and dollars of measuring
that arm alone.
`

func planVerb(ctx context.Context, p *program, args []string) error {
	var s settings
	fs := p.flags("plan", planHelp)
	s.register(fs)
	order := fs.Bool("order", false, "list every trial in its order")
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return firstError(err, rest)
	}
	c, err := s.load()
	if err != nil {
		return err
	}
	o := run.Options{
		Config: c, Store: openStore(c.Baselines), Version: version(), LookupEnv: p.LookupEnv, Log: p.logger(s.verbose), Now: time.Now,
		RunsDir: filesDir(c, "runs"), CacheDir: p.cacheDir(), Notice: p.note,
	}
	d, err := run.NewDesign(ctx, o)
	if err != nil {
		return err
	}
	if d.Alone != "" {
		return report.PlanAlone(p.Stdout, d.PlannedAlone(o, *order))
	}
	return report.Plan(p.Stdout, d.Planned(o, *order))
}
