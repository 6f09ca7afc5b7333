package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/run"
)

// isDir tells whether the argument names a directory, as a run leaves one.
func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// runsIn are the run files of a run's directory by arm. A directory without any is
// no run's.
func runsIn(dir string) (map[baselines.Arm]string, error) {
	files := make(map[baselines.Arm]string)
	for _, arm := range []baselines.Arm{baselines.Baseline, baselines.Candidate} {
		file := run.JournalIn(dir, arm)
		switch _, err := os.Stat(file); {
		case err == nil:
			files[arm] = file
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	if len(files) == 0 {
		return nil, usagef("%s is no run's directory: it has neither candidate.jsonl nor baseline.jsonl; runs are below .benchgate/runs, beside the configuration", dir)
	}
	return files, nil
}

// runNamed is the run file that is meant by its own name, by a run's directory, or
// by that of a stored baseline. Of a directory with the runs of both arms it is the
// preferred one's.
func runNamed(name string, preferred baselines.Arm) (file string, err error) {
	if !isDir(name) {
		return name, nil
	}
	if stored := filepath.Join(name, "run.jsonl"); !isDir(stored) {
		if _, err := os.Stat(stored); err == nil {
			return stored, nil
		}
	}
	files, err := runsIn(name)
	if err != nil {
		return "", err
	}
	if file, there := files[preferred]; there {
		return file, nil
	}
	for _, file := range files { // the only one
		return file, nil
	}
	return "", nil
}

// runToSave is the run file that is meant by a file's name, or by a run's directory
// and an arm: empty means the candidate of a gate, and of one variant's measurement
// that one. other tells that the directory has the other arm's run, too.
func runToSave(name string, arm baselines.Arm) (file string, other bool, err error) {
	if !isDir(name) {
		if arm != "" {
			return "", false, usagef("--arm chooses between the runs of a directory, and %s is one run's file", name)
		}
		return name, false, nil
	}
	files, err := runsIn(name)
	if err != nil {
		return "", false, err
	}
	wanted := arm
	if wanted == "" {
		wanted = baselines.Candidate
		if _, there := files[wanted]; !there {
			wanted = baselines.Baseline
		}
	}
	file, there := files[wanted]
	if !there {
		return "", false, usagef("%s has no %s.jsonl: that arm was not measured there; leave --arm out to save the other", name, wanted)
	}
	return file, len(files) > 1 && arm == "", nil
}
