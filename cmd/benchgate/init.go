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
Terminal-Bench tasks found below it. An existing file stays as it is.
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
	fmt.Fprintln(p.Stdout, "next: benchgate doctor, benchgate lock, benchgate check, benchgate run")
	return nil
}
