package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/run"
)

const planHelp = `
Usage: benchgate plan [-c benchgate.yaml] [flags]

Says, before any money is spent, what "benchgate run" would do and what will
probably come of it: trials, dollars, minutes, the odds of each verdict if
nothing changed and if the candidate is worse by the margin, and the smallest
drop this design can see.
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
	d, err := run.NewDesign(ctx, run.Options{
		Config: c, Version: version(), LookupEnv: p.LookupEnv, Log: p.logger(s.verbose), Now: time.Now,
		CacheDir: p.cacheDir(), Notice: func(text string) { fmt.Fprintln(p.Stderr, "note: "+text) },
	})
	if err != nil {
		return err
	}
	printPlan(p.Stdout, d, c.Limits)
	if *order {
		for _, step := range d.Steps {
			fmt.Fprintf(p.Stdout, "%4d  %s #%d\n", step.Seq, step.Task.ID, step.Attempt)
		}
	}
	return nil
}

func printPlan(w io.Writer, d *run.Design, limits config.Limits) {
	f := d.Forecast
	fmt.Fprintf(w, "suite %s: %d tasks, %d attempts each, %s mode\n", d.Suite.Name, len(d.Suite.Tasks), d.Policy.Attempts, f.Mode)
	fmt.Fprintf(w, "gate: the pass rate may drop by less than %.0f points", 100*d.Policy.PassRateMaxDrop)
	if r := d.Policy.TypicalCostMaxRatio; r > 0 {
		fmt.Fprintf(w, ", the typical cost may grow to less than x%g", r)
	}
	fmt.Fprintf(w, "\ntrials: at most %d of the candidate", f.Trials)
	if d.Stored == nil {
		fmt.Fprintf(w, " and as many of the baseline, which is measured live")
	} else {
		fmt.Fprintf(w, "; the baseline is stored (%s)", d.Stored.Header.ID)
	}
	fmt.Fprintf(w, "\ncost: %s", worst(f.WorstUSD))
	if limits.USD != nil {
		fmt.Fprintf(w, "; the run ends when $%g are spent", *limits.USD)
	}
	fmt.Fprintln(w)
	if f.WorstSeconds != nil {
		fmt.Fprintf(w, "time: at most about %.0f minutes with %d at a time\n", *f.WorstSeconds/60/float64(limits.Workers), limits.Workers)
	}
	printOdds(w, "if nothing changed", f.Unchanged)
	printOdds(w, fmt.Sprintf("if the pass rate is %.0f points lower", 100*d.Policy.PassRateMaxDrop), f.AtMargin)
	fmt.Fprintf(w, "this design sees a drop of %.0f points four times in five; one more attempt per task: %.0f points\n", 100*f.SmallestDrop, 100*f.WithOneMore)
}

func worst(usd *float64) string {
	if usd == nil {
		return "not known before a baseline is stored"
	}
	return fmt.Sprintf("at most about $%.2f, at the baseline's costs", *usd)
}

func printOdds(w io.Writer, when string, o gate.Odds) {
	fmt.Fprintf(w, "%s: pass %.0f%%, regression %.0f%%, inconclusive %.0f%%, after %.0f trials on average",
		when, 100*o.Pass, 100*o.Regression, 100*o.Inconclusive, o.Trials)
	if o.USD != nil {
		fmt.Fprintf(w, " ($%.2f)", *o.USD)
	}
	fmt.Fprintln(w)
}
