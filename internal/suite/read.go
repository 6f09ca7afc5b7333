package suite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/benchgate/benchgate/internal/problem"
)

// reading is one task directory being read, and every problem found so far.
type reading struct {
	dir      string                      // absolute
	shown    string                      // the directory as messages name it
	lookup   func(string) (string, bool) // host variables; nil leaves templates as they are
	problems problem.List
	task     *Task
}

// readTask reads the task in dir. Its tier comes from the source, else from
// the task's own difficulty, else it is medium.
func readTask(dir, shown string, src Source, lookup func(string) (string, bool)) (*Task, error) {
	r := &reading{dir: dir, shown: shown, lookup: lookup, task: &Task{
		ID:     filepath.Base(dir),
		Dir:    dir,
		Source: src,
		Tier:   src.Tier,
	}}
	r.checkID()
	switch formOf(dir) {
	case Harbor:
		r.readHarbor()
	case TerminalBench1:
		r.readTerminalBench1()
	default:
		return nil, fmt.Errorf("%s is no task: it has neither task.toml (Harbor) nor task.yaml (Terminal-Bench 1)%s", shown, datasetHint(dir, src.Path))
	}
	if r.task.Tier == "" {
		r.task.Tier = Medium
	}
	r.pin()
	if err := r.problems.Err(); err != nil {
		return nil, err
	}
	return r.task, nil
}

// formOf says which form a directory has, or "" for none. A task that has both
// files is read as Harbor's: converted tasks keep the old file beside.
func formOf(dir string) Form {
	for _, f := range []struct {
		file string
		form Form
	}{{"task.toml", Harbor}, {"task.yaml", TerminalBench1}} {
		if info, err := os.Stat(filepath.Join(dir, f.file)); err == nil && info.Mode().IsRegular() {
			return f.form
		}
	}
	return ""
}

func datasetHint(dir, path string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "; the directory does not exist"
	}
	for _, e := range entries {
		if formOf(filepath.Join(dir, e.Name())) != "" {
			return fmt.Sprintf("; to take every task in it, write %s/*", strings.TrimSuffix(path, "/"))
		}
	}
	return ""
}

var plainID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)

// checkID refuses an id that is not safe as a directory's name and as a label of
// a container.
func (r *reading) checkID() {
	if !plainID.MatchString(r.task.ID) {
		r.problem("", "the task's id is its directory's name, %q: want letters, digits, dots, dashes and underscores, at most 128", r.task.ID)
	}
}

// pin lists and digests the task's files.
func (r *reading) pin() {
	files, err := listFiles(r.dir, r.task.Form)
	if err != nil {
		r.problem("", "%v", err)
		return
	}
	r.task.Files = files
	r.task.Digest = digestOf(files)
	r.task.Environment.Digest = r.task.Digest
}

// problem notes something about a file as a whole; an empty name is the
// task's directory.
func (r *reading) problem(name, format string, args ...any) {
	r.problems.Add(&problem.Problem{File: r.show(name), Message: fmt.Sprintf(format, args...)})
}

func (r *reading) show(name string) string {
	if name == "" {
		return r.shown
	}
	return r.shown + "/" + name
}

func (r *reading) path(name string) string { return filepath.Join(r.dir, filepath.FromSlash(name)) }

// file returns the content of a file that the task must have.
func (r *reading) file(name, what string) ([]byte, bool) {
	data, err := os.ReadFile(r.path(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.problem(name, "is missing: %s", what)
		return nil, false
	case err != nil:
		r.problem(name, "reading: %v", err)
		return nil, false
	case !utf8.Valid(data):
		r.problem(name, "is not UTF-8 text")
		return nil, false
	}
	return data, true
}

func (r *reading) has(name string) bool {
	_, err := os.Stat(r.path(name))
	return err == nil
}

func (r *reading) note(format string, args ...any) {
	r.task.Notes = append(r.task.Notes, fmt.Sprintf(format, args...))
}

// setTier takes the task's own difficulty where the source gave no tier.
func (r *reading) setTier(difficulty string) {
	if r.task.Tier != "" {
		return
	}
	switch tier := Tier(strings.ToLower(difficulty)); tier {
	case Easy, Medium, Hard:
		r.task.Tier = tier
	}
}
