package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
)

const driftHelp = `
Usage: benchgate drift [flags]

Says whether one variant has drifted from night to night: since when, by how
much, and whether the agent's version, prices, lock, limits or runner changed
with it. Its nights are the stored runs ("benchgate baseline save") of one agent
with one model and one set of settings on the same tasks: those of the newest
stored run, or of the newest one that --variant and --suite allow. Runs that a
gate ended because of their results are left out.

The oldest nights of the series say how it was, and the others are watched, for
the pass rate and for what a task costs. An alarm is no verdict but a reason to
measure: docs/statistics.md says how often there is one where nothing changes.
A change that is accepted is left behind with --since.

Exit codes: 0 no alarm, 1 an alarm, 5 not enough nights.
`

func driftVerb(ctx context.Context, p *program, args []string) error {
	fs := p.flags("drift", driftHelp)
	file := fs.String("c", "", "configuration `file`")
	dir := fs.String("baselines", "", "`directory` of stored runs")
	var which run.Series
	fs.StringVar(&which.Variant, "variant", "", "`name` of the variant, or of its model")
	fs.StringVar(&which.Suite, "suite", "", "`name` of the suite")
	fs.IntVar(&which.Learning, "learn", gate.DefaultDriftLearning, "how many nights say how it was, their `number`")
	fs.Func("since", "leave out nights before this `date`, as 2026-11-23", func(text string) (err error) {
		which.Since, err = time.Parse(time.DateOnly, text)
		if err != nil {
			return errors.New("want a date as 2026-11-23")
		}
		return nil
	})
	formatName := fs.String("format", "text", "`format` of the result: text, json, markdown")
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return firstError(err, rest)
	}
	format, err := report.ParseFormat(*formatName)
	if err != nil || format == report.FormatJUnit {
		return usagef("--format is %q, want text, json or markdown", *formatName)
	}
	if which.Learning < gate.LeastDriftLearning {
		return usagef("--learn is %d, want %d or more", which.Learning, gate.LeastDriftLearning)
	}
	store, err := p.namedStore(*file, *dir)
	if err != nil {
		return err
	}
	r, err := run.Drift(ctx, store, which)
	if err != nil {
		return err
	}
	if r.Others > 0 {
		p.note(fmt.Sprintf("%d stored runs are of other series; --variant and --suite choose one", r.Others))
	}
	if err := report.Drift(p.Stdout, r.DriftReport, format, p.reportOptions(output{})); err != nil {
		return err
	}
	if code := r.ExitCode; code != 0 {
		return silent{exitError{fmt.Errorf("drift: %s", r.State), code}}
	}
	return nil
}
