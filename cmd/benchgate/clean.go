package main

import (
	"context"
	"fmt"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/run"
	"github.com/benchgate/benchgate/internal/sandbox/docker"
)

const cleanHelp = `
Usage: benchgate clean [--all]

Removes the containers and networks that crashed runs left on the engine, and
the directories that they left of the process sandbox. What belongs to a run
that still goes on stays. With --all the agents' volumes go, too; the next run
fills them again.
`

func cleanVerb(ctx context.Context, p *program, args []string) error {
	fs := p.flags("clean", cleanHelp)
	all := fs.Bool("all", false, "remove the agents' volumes, too")
	verbose := fs.Bool("v", false, "say more on standard error")
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return firstError(err, rest)
	}
	log := p.logger(*verbose)
	var removed []string
	for _, kind := range []config.Sandbox{config.Process, config.Docker} {
		engine, err := run.OpenEngine(ctx, kind, "clean", log)
		if err != nil {
			return err
		}
		swept, err := engine.Sweep(ctx, "")
		removed = append(removed, swept...)
		if err != nil {
			return err
		}
		if d, ok := engine.(*docker.Engine); ok && *all {
			volumes, err := d.RemoveTools(ctx, func(string) bool { return false })
			removed = append(removed, volumes...)
			if err != nil {
				return err
			}
		}
		if err := engine.Close(ctx); err != nil {
			return err
		}
	}
	for _, name := range removed {
		fmt.Fprintln(p.Stdout, "removed", name)
	}
	if len(removed) == 0 {
		fmt.Fprintln(p.Stdout, "nothing to remove")
	}
	return nil
}
