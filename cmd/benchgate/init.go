package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

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
	tasks, err := findTasks(dir)
	if err != nil {
		return fmt.Errorf("looking for tasks: %w", err)
	}
	file := filepath.Join(dir, defaultConfig)
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return usagef("%s is there already; remove it first, or edit it", file)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(config.Template(tasks))
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing configuration: %w", err)
	}
	fmt.Fprintf(p.Stdout, "wrote %s with %d tasks\n", file, len(tasks))
	if len(tasks) == 0 {
		fmt.Fprintln(p.Stdout, "no task was found here: name some under suite.tasks")
	}
	fmt.Fprintln(p.Stdout, "next: benchgate doctor, benchgate lock, benchgate check, benchgate run")
	return nil
}

// maxDepth is how deep below the directory tasks are looked for.
const maxDepth = 6

// findTasks lists the directories with a task.toml or a task.yaml, relative to
// dir and slash-separated. Hidden directories are left out.
func findTasks(dir string) ([]config.TemplateTask, error) {
	var tasks []config.TemplateTask
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || strings.Count(name, string(filepath.Separator)) >= maxDepth) {
				return filepath.SkipDir
			}
			return nil
		}
		if d.Name() == "task.toml" || d.Name() == "task.yaml" {
			tasks = append(tasks, config.TemplateTask{Path: filepath.ToSlash(filepath.Dir(name))})
		}
		return nil
	})
	return tasks, err
}
