package main

import (
	"path/filepath"
	"slices"
)

// calledAs are the commands for which the program's own name stands. The runner
// of GitHub Actions starts the step and the post step of a container action with
// the same arguments; only the program's path may differ (action.yml, Dockerfile).
var calledAs = map[string][]string{
	"benchgate-action":      {"action"},
	"benchgate-action-post": {"action", "--post"},
}

// arguments are those of the command line, with the command that the program's
// name stands for before them.
func arguments(argv []string) []string {
	if len(argv) == 0 { // execve(2) allows it
		return nil
	}
	return append(slices.Clone(calledAs[filepath.Base(argv[0])]), argv[1:]...)
}
