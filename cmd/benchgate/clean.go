package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/site"
)

const cleanHelp = `
Usage: benchgate clean [--sandbox KIND] [--all]

Removes the containers and networks that crashed runs left on the Docker
engine, and the directories that they left of the process sandbox. What belongs
to a run that still goes on stays. Without --sandbox both are looked at, the
engine if there is one. With --all the agents' volumes and the tasks'
images go, too; the next run makes them again.
`

func cleanVerb(ctx context.Context, p *program, args []string) error {
	fs := p.flags("clean", cleanHelp)
	all := fs.Bool("all", false, "remove the agents' volumes and the tasks' images, too")
	sandboxes := fs.String("sandbox", "", "only this `kind`: docker, process")
	verbose := fs.Bool("v", false, "say more on standard error")
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return firstError(err, rest)
	}
	kinds := []sandbox.Kind{sandbox.Process, sandbox.Docker}
	if only := sandbox.Kind(*sandboxes); only != "" {
		if !slices.Contains(kinds, only) {
			return usagef("--sandbox is %q, want docker or process", only)
		}
		kinds = []sandbox.Kind{only}
	}
	var removed int
	for _, kind := range kinds {
		engine, err := site.OpenEngine(ctx, kind, "clean", p.logger(*verbose))
		if err != nil && len(kinds) > 1 && !*all {
			fmt.Fprintf(p.Stderr, "note: no container was looked for: %v\n", err)
			continue
		}
		if err != nil {
			return err
		}
		names, err := site.Clean(ctx, engine, *all)
		for _, name := range names {
			fmt.Fprintln(p.Stdout, "removed", name)
		}
		removed += len(names)
		if err := errors.Join(err, engine.Close(context.WithoutCancel(ctx))); err != nil {
			return err
		}
	}
	if removed == 0 {
		fmt.Fprintln(p.Stdout, "nothing to remove")
	}
	return nil
}
