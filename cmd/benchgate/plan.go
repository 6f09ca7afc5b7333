package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
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
	o := run.Options{
		Config: c, Version: version(), LookupEnv: p.LookupEnv, Log: p.logger(s.verbose), Now: time.Now,
		CacheDir: p.cacheDir(), Notice: func(text string) { fmt.Fprintln(p.Stderr, "note: "+text) },
	}
	d, err := run.NewDesign(ctx, o)
	if err != nil {
		return err
	}
	printPlan(p.Stdout, d, c.Limits)
	if why := d.Incomparable(o); why != "" {
		fmt.Fprintf(p.Stdout, "\nINCOMPARABLE: %s\n", why)
	}
	if *order {
		for _, step := range d.Steps {
			fmt.Fprintf(p.Stdout, "%4d  %s #%d\n", step.Seq, step.Task.ID, step.Attempt)
		}
	}
	return nil
}

func printPlan(w io.Writer, d *run.Design, limits config.Limits) {
	f := d.Forecast
	line := func(what, format string, args ...any) {
		fmt.Fprintf(w, "%-7s %s\n", what, fmt.Sprintf(format, args...))
	}
	line("suite", "%s: %d tasks, %d attempts each, %s mode", d.Suite.Name, len(d.Suite.Tasks), d.Policy.Attempts, f.Mode)
	line("gate", "%s", margins(d.Policy))
	line("trials", "at most %d of the candidate%s", f.Trials, besides(d))
	line("cost", "%s%s", costs(f), spendingLimit(limits))
	if f.WorstSeconds != nil {
		expected := *f.WorstSeconds * f.Unchanged.Trials / float64(max(f.Trials, 1))
		line("time", "about %s if nothing changed, at most about %s, with %d at a time",
			roughly(expected, limits.Workers), roughly(*f.WorstSeconds, limits.Workers), limits.Workers)
	}
	fmt.Fprintln(w)
	printOdds(w, d)
	fmt.Fprintf(w, "\nsees a drop of %.0f points four times in five; with one more attempt per task, of %.0f points\n", 100*f.SmallestDrop, 100*f.WithOneMore)
}

func margins(p gate.Policy) string {
	text := fmt.Sprintf("the pass rate may drop by less than %.0f points", 100*p.PassRateMaxDrop)
	if p.TypicalCostMaxRatio > 0 {
		text += fmt.Sprintf(", the typical cost may grow to less than x%g", p.TypicalCostMaxRatio)
	}
	return text
}

func besides(d *run.Design) string {
	if d.Stored == nil {
		return " and as many of the baseline, which is measured live"
	}
	return "; the baseline is stored (" + d.Stored.Header.ID + ")"
}

func costs(f gate.Forecast) string {
	switch {
	case f.WorstUSD == nil:
		return "not known before a baseline is stored"
	case f.Unchanged.USD == nil:
		return fmt.Sprintf("at most about $%.2f, at the baseline's costs", *f.WorstUSD)
	}
	return fmt.Sprintf("about $%.2f if nothing changed, at most about $%.2f, at the baseline's costs", *f.Unchanged.USD, *f.WorstUSD)
}

func spendingLimit(limits config.Limits) string {
	if limits.USD == nil {
		return ""
	}
	return fmt.Sprintf("; the run ends when $%g are spent", *limits.USD)
}

// roughly is how long trials of so many seconds in all take side by side.
func roughly(seconds float64, workers int) string {
	d := time.Duration(seconds / float64(max(workers, 1)) * float64(time.Second))
	if d < time.Minute {
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f min", d.Minutes())
}

// printOdds shows what the gate will probably say, and after how much.
func printOdds(w io.Writer, d *run.Design) {
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "odds\tpass\tregression\tinconclusive\ttrials\tcost\t")
	row := func(when string, o gate.Odds) {
		cost := "-"
		if o.USD != nil {
			cost = fmt.Sprintf("$%.2f", *o.USD)
		}
		fmt.Fprintf(table, "%s\t%.0f%%\t%.0f%%\t%.0f%%\t%.0f\t%s\t\n", when, 100*o.Pass, 100*o.Regression, 100*o.Inconclusive, o.Trials, cost)
	}
	row("if nothing changed", d.Forecast.Unchanged)
	row(fmt.Sprintf("if %.0f points fewer are solved", 100*d.Policy.PassRateMaxDrop), d.Forecast.AtMargin)
	table.Flush()
}
