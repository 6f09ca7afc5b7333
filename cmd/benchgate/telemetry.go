package main

import (
	"context"
	"fmt"

	"github.com/benchgate/benchgate/internal/run"
)

const telemetryHelp = `
Usage: benchgate telemetry send [-c benchgate.yaml] RUN

Sends the telemetry of a run, by its directory, on to the endpoints that
telemetry.forward of the configuration names: what the agents sent, one span over
each trial, and what each cost and came to. A run does that itself while it goes
on; this sends what was left over, as when an endpoint could not be reached.

What an endpoint has acknowledged is not sent again (telemetry-sent.jsonl in the
run's directory). The exit code is 0 when every endpoint has everything, else 5.
`

func telemetryVerb(ctx context.Context, p *program, args []string) error {
	var s settings
	fs := p.flags("telemetry", telemetryHelp)
	s.registerFile(fs)
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 2 || rest[0] != "send" {
		return usagef("want \"benchgate telemetry send RUN\", the directory of one run; runs are below .benchgate/runs, beside the configuration")
	}
	dir := rest[1]
	if _, err := runsIn(dir); err != nil {
		return err
	}
	c, err := s.load()
	if err != nil {
		return err
	}
	if len(c.Forward) == 0 {
		return usagef("%s names no endpoint under telemetry.forward", c.File)
	}
	summaries, err := run.SendTelemetry(ctx, c, dir, p.LookupEnv, p.note)
	if err != nil {
		return err
	}
	left := 0
	for _, sum := range summaries {
		left += sum.Left
		if sum.Left == 0 {
			fmt.Fprintf(p.Stdout, "%s has everything: %d records sent now\n", sum.To, sum.Records)
			continue
		}
		fmt.Fprintf(p.Stdout, "%s has not everything: %d records sent now\n", sum.To, sum.Records)
	}
	if left > 0 {
		return silent{notMeasured(fmt.Errorf("telemetry was not all sent"))}
	}
	return nil
}
