package main

import (
	"context"
	"fmt"
	"time"

	"github.com/benchgate/benchgate/internal/run"
)

const planHelp = `
Usage: benchgate plan [-c benchgate.yaml] [flags]

Says what "benchgate run" would do, without doing it: tasks, attempts, order,
limits, and the most it can cost.
`

func planVerb(ctx context.Context, p *program, args []string) error {
	var s settings
	fs := p.flags("plan", planHelp)
	s.register(fs)
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return firstError(err, rest)
	}
	c, err := s.loadTasks()
	if err != nil {
		return err
	}
	tasks, _, err := run.LoadSuite(ctx, c, p.suiteOptions(s))
	if err != nil {
		return err
	}
	policy := c.Policy(len(tasks.Tasks))
	fmt.Fprintf(p.Stdout, "suite %s: %d tasks, %d attempts each, %s sandbox, %d at a time\n",
		tasks.Name, len(tasks.Tasks), policy.Attempts, c.Sandbox, c.Limits.Workers)
	fmt.Fprintf(p.Stdout, "gate: pass rate may drop by %.0f points", 100*policy.PassRateMaxDrop)
	if policy.TypicalCostMaxRatio > 0 {
		fmt.Fprintf(p.Stdout, ", typical cost may grow to %g times", policy.TypicalCostMaxRatio)
	}
	fmt.Fprintln(p.Stdout)
	var longest time.Duration
	for _, step := range run.Order(tasks.Tasks, policy.Attempts, run.OrderSeed(tasks.Digest())) {
		fmt.Fprintf(p.Stdout, "%4d  %s #%d\n", step.Seq, step.Task.ID, step.Attempt)
		longest += step.Task.AgentTimeout + step.Task.Tests.Timeout
	}
	arms := 2
	fmt.Fprintf(p.Stdout, "at most %d trials with a live baseline", arms*len(tasks.Tasks)*policy.Attempts)
	if longest > 0 {
		minutes := longest.Minutes() * c.Limits.TimeoutMultiplier * float64(arms) / float64(c.Limits.Workers)
		fmt.Fprintf(p.Stdout, ", about %.0f minutes if every one ran out of time", minutes)
	}
	if c.Limits.USD != nil {
		fmt.Fprintf(p.Stdout, ", never more than $%g and what is in flight", *c.Limits.USD)
	}
	fmt.Fprintln(p.Stdout)
	return nil
}
