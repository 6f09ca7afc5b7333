package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Init writes a new configuration, which must not be there yet, for the tasks
// below its directory. It returns how many tasks it found. The error matches
// [fs.ErrExist] when the file is there.
func Init(file string) (tasks int, err error) {
	found, err := findTasks(filepath.Dir(file))
	if err != nil {
		return 0, fmt.Errorf("looking for tasks: %w", err)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return 0, fmt.Errorf("writing configuration: %w", err)
	}
	_, err = f.Write(Template(found))
	if err := errors.Join(err, f.Close()); err != nil {
		return 0, fmt.Errorf("writing configuration: %w", err)
	}
	return len(found), nil
}

// maxDepth is how deep below the directory tasks are looked for.
const maxDepth = 6

// findTasks lists the directories with a task.toml or a task.yaml, relative to
// dir and slash-separated. Hidden directories are left out.
func findTasks(dir string) ([]TemplateTask, error) {
	var tasks []TemplateTask
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
			tasks = append(tasks, TemplateTask{Path: filepath.ToSlash(filepath.Dir(name))})
		}
		return nil
	})
	return tasks, err
}
