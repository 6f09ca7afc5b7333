package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/benchgate/benchgate/internal/config"
)

const initHelp = `
Usage: benchgate init [DIR]

Writes a commented benchgate.yaml into DIR (default: here) for the Harbor and
Terminal-Bench tasks found below it. An existing file stays as it is. Adds the
lines to DIR/.gitignore that keep runs out of the repository and accepted
baselines in.
`

func initVerb(_ context.Context, p *program, args []string) error {
	set := p.flags("init", initHelp)
	rest, err := parse(set, args)
	if err != nil {
		return err
	}
	dir := "."
	switch len(rest) {
	case 0:
	case 1:
		dir = rest[0]
	default:
		return usagef("init takes one directory")
	}
	file := filepath.Join(dir, defaultConfig)
	tasks, err := config.Init(file)
	if errors.Is(err, fs.ErrExist) {
		return usagef("%s is there already; remove it first, or edit it", file)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(p.Stdout, "wrote %s with %d tasks\n", file, tasks)
	if tasks == 0 {
		fmt.Fprintln(p.Stdout, "no task was found here: name some under suite.tasks")
	}
	if err := p.ignoreRuns(dir); err != nil {
		return err
	}
	fmt.Fprint(p.Stdout, `next: name the models in it, then
  benchgate doctor               what this machine lacks
  benchgate lock                 pin the tasks; commit the lock
  benchgate check                each task's reference passes, doing nothing fails
  benchgate plan                 trials, dollars, odds of a verdict
  benchgate run                  both variants side by side, until the verdict
or, to measure the baseline once for many runs:
  benchgate run --arm baseline   prints the command that saves it
`)
	return nil
}

// ignoreRuns keeps runs out of the user's repository.
func (p *program) ignoreRuns(dir string) error {
	file := filepath.Join(dir, ".gitignore")
	changed, hides, err := config.Ignore(dir)
	if err != nil {
		return err
	}
	if changed {
		fmt.Fprintf(p.Stdout, "wrote %s: runs stay here, accepted baselines can be committed\n", file)
	}
	if hides > 0 {
		p.note(fmt.Sprintf("%s:%d leaves out all of .benchgate, accepted baselines too; remove that line to commit them", file, hides))
	}
	return nil
}
