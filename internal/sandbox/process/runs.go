package process

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/benchgate/benchgate/internal/sandbox"
)

// The directory of each sandbox of a run is below <dir>/run-*/trials/. The file
// <dir>/run-*/run.json says which run and which process they belong to. Tools are
// below <dir>/tools/.
const (
	runPrefix = "run-"
	runFile   = "run.json"
	trialsDir = "trials"
	toolsDir  = "tools"
)

// runRecord is what run.json holds.
type runRecord struct {
	Run   string        `json:"run"`
	Owner sandbox.Owner `json:"owner"`
}

// newRoot makes the directory that is a sandbox's root.
func (e *Engine) newRoot(spec sandbox.Spec) (string, error) {
	run := spec.Run
	if run == "" {
		run = e.run
	}
	dir, err := e.runDir(run)
	if err != nil {
		return "", err
	}
	trials := filepath.Join(dir, trialsDir)
	if err := os.MkdirAll(trials, 0o755); err != nil {
		return "", err
	}
	return os.MkdirTemp(trials, sandbox.NamePart(spec.Trial)+"-")
}

// runDir returns this process's directory for a run. It is made under another
// name and renamed once run.json is in it, so that a sweep never finds one that
// does not say whose it is.
func (e *Engine) runDir(run string) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if dir, known := e.runs[run]; known {
		return dir, nil
	}
	record, err := json.Marshal(runRecord{Run: run, Owner: e.owner})
	if err != nil {
		return "", err
	}
	draft, err := os.MkdirTemp(e.dir, "new-")
	if err != nil {
		return "", err
	}
	dir := filepath.Join(e.dir, strings.Replace(filepath.Base(draft), "new-", runPrefix+sandbox.NamePart(run)+"-", 1))
	err = os.WriteFile(filepath.Join(draft, runFile), record, 0o644)
	if err == nil {
		err = os.Rename(draft, dir)
	}
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(draft))
	}
	e.runs[run] = dir
	return dir, nil
}

// Sweep implements sandbox.Engine. The processes of swept sandboxes are killed
// first.
func (e *Engine) Sweep(ctx context.Context, run string) ([]string, error) {
	dirs, err := filepath.Glob(filepath.Join(e.dir, runPrefix+"*"))
	if err != nil {
		return nil, err
	}
	var removed []string
	var errs []error
	for _, dir := range dirs {
		record, err := readRecord(dir)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) { // else another process swept it just now
				errs = append(errs, err)
			}
			continue
		}
		if !e.mayRemove(record, run) {
			continue
		}
		if err := e.removeRun(ctx, dir); err != nil {
			errs = append(errs, fmt.Errorf("removing the sandboxes of run %s: %w", record.Run, err))
			continue
		}
		removed = append(removed, "directory "+dir)
	}
	return removed, errors.Join(errs...)
}

func readRecord(dir string) (runRecord, error) {
	var record runRecord
	path := filepath.Join(dir, runFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return record, err
	}
	if err := json.Unmarshal(text, &record); err != nil {
		return record, fmt.Errorf("reading %s: %w", path, err)
	}
	return record, nil
}

func (e *Engine) mayRemove(record runRecord, run string) bool {
	if run != "" {
		return record.Run == run
	}
	return record.Owner.Gone(e.owner, true)
}

func (e *Engine) removeRun(ctx context.Context, dir string) error {
	if err := killMarked(ctx, dir); err != nil {
		return err
	}
	if err := removeAll(dir); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for run, known := range e.runs {
		if known == dir {
			delete(e.runs, run)
		}
	}
	return nil
}

// removeAll removes a tree, also where it has read-only folders, as Go's module
// cache does.
func removeAll(dir string) error {
	err := os.RemoveAll(dir)
	if err == nil || !errors.Is(err, fs.ErrPermission) {
		return err
	}
	walkErr := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			err = os.Chmod(path, 0o700)
		}
		return err
	})
	return errors.Join(walkErr, os.RemoveAll(dir))
}
