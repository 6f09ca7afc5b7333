package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/run"
	"github.com/benchgate/benchgate/internal/sandbox/docker"
)

const cleanHelp = `
Usage: benchgate clean [--sandbox KIND] [--all]

Removes the containers and networks that crashed runs left on the Docker
engine, and the directories that they left of the process sandbox. What belongs
to a run that still goes on stays. Without --sandbox both are looked at, the
engine if there is one. With --all the agents' volumes go, too; the next run
fills them again.
`

func cleanVerb(ctx context.Context, p *program, args []string) error {
	fs := p.flags("clean", cleanHelp)
	all := fs.Bool("all", false, "remove the agents' volumes, too")
	sandboxes := fs.String("sandbox", "", "only this `kind`: docker, process")
	verbose := fs.Bool("v", false, "say more on standard error")
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return firstError(err, rest)
	}
	kinds := []config.Sandbox{config.Process, config.Docker}
	if only := config.Sandbox(*sandboxes); only != "" {
		if !slices.Contains(kinds, only) {
			return usagef("--sandbox is %q, want docker or process", only)
		}
		kinds = []config.Sandbox{only}
	}
	var removed int
	for _, kind := range kinds {
		names, err := sweep(ctx, kind, *all, p.logger(*verbose))
		for _, name := range names {
			fmt.Fprintln(p.Stdout, "removed", name)
		}
		removed += len(names)
		if len(kinds) > 1 && !*all && errors.Is(err, errNoEngine) {
			fmt.Fprintf(p.Stderr, "note: %v\n", err)
			continue
		}
		if err != nil {
			return err
		}
	}
	if removed == 0 {
		fmt.Fprintln(p.Stdout, "nothing to remove")
	}
	return nil
}

var errNoEngine = errors.New("no engine was cleaned")

// sweep removes what crashed runs left in one kind of sandbox, and with all
// the agents' volumes. It returns what is gone, also with an error.
func sweep(ctx context.Context, kind config.Sandbox, all bool, log *slog.Logger) (removed []string, err error) {
	engine, err := run.OpenEngine(ctx, kind, "clean", log)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoEngine, err)
	}
	defer func() { err = errors.Join(err, engine.Close(context.WithoutCancel(ctx))) }()
	removed, err = engine.Sweep(ctx, "")
	if d, ok := engine.(*docker.Engine); ok && all && err == nil {
		var volumes []string
		volumes, err = d.RemoveTools(ctx, func(string) bool { return false })
		removed = append(removed, volumes...)
	}
	return removed, err
}
