package main

import (
	"context"
	"slices"
	"time"

	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
	"github.com/benchgate/benchgate/internal/workflow"
)

const planHelp = `
Usage: benchgate plan [-c benchgate.yaml] [flags]

Says, before any money is spent, what "benchgate run" would do and what will
probably come of it: trials, dollars, minutes, the odds of each verdict if
nothing changed and if the candidate is worse by the margin, and the smallest
drop this design can see. With "--arm ARM": the trials and dollars of measuring
that arm alone.

Shows what each model's tokens cost, and where that price stands; for a model
without a price it says which lines to add, and exits with 2.

--format json gives the same numbers, unrounded, as benchgate.plan/v1: shares
from 0 to 1, US dollars, seconds; what is not known is absent. Under "cache" it
has a key and a directory for what CI systems keep from job to job. In a step of
GitHub Actions they are the outputs cache-key, cache-restore-keys, cache-path.
`

func planVerb(ctx context.Context, p *program, args []string) error {
	var s settings
	fs := p.flags("plan", planHelp)
	s.register(fs)
	out := fs.String("format", "text", "`format` of the plan: text, json, markdown")
	order := fs.Bool("order", false, "list every trial in its order")
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return firstError(err, rest)
	}
	format := report.Format(*out)
	if !slices.Contains([]report.Format{report.FormatText, report.FormatJSON, report.FormatMarkdown}, format) {
		return usagef("format is %q, want text, json or markdown", *out)
	}
	c, err := s.load()
	if err != nil {
		return err
	}
	store, err := p.openStore(c.Baselines, c.Dir)
	if err != nil {
		return err
	}
	o := run.Options{
		Config: c, Store: store, Version: version(), LookupEnv: p.LookupEnv, Log: p.logger(s.verbose), Now: time.Now,
		RunsDir: filesDir(c, "runs"), CacheDir: p.cacheDir(), Notice: p.note,
	}
	d, err := run.NewDesign(ctx, o)
	if err != nil {
		return err
	}
	if warning := d.Suite.WarnOfServices(d.Lock); warning != "" {
		p.note(warning)
	}
	planned := d.Planned(o, *order)
	p.cacheOutputs(planned.Cache)
	return report.Plan(p.Stdout, planned, format)
}

// containerTemp is where a container action has the runner's temporary directory,
// which no later step finds there.
const containerTemp = "/github/runner_temp"

// cacheOutputs gives actions/cache what it needs, in a workflow. A plan is made all
// the same where it cannot.
func (p *program) cacheOutputs(c report.Cache) {
	lookup := workflow.Lookup(p.LookupEnv)
	log := workflow.NewLog(lookup, p.Stderr)
	outputs := [][2]string{{"cache-key", c.Key}, {"cache-restore-keys", c.RestoreKeys}}
	if temp, _ := lookup("RUNNER_TEMP"); temp != containerTemp {
		outputs = append(outputs, [2]string{"cache-path", c.Path})
	}
	for _, o := range outputs {
		if err := log.SetOutput(o[0], o[1]); err != nil {
			p.note(err.Error())
		}
	}
}
