package action

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// uploadDir is what the next step may upload, beside the directory of runs. Its
// content is what an artifact has, so that a later job finds these runs in it.
func (a *action) uploadDir() string { return filepath.Join(filesDir(a.values), "upload") }

// reportFile is the report in a run's directory, in Markdown.
const reportFile = "report.md"

// stage lays out what may be uploaded of all runs that are here: those of this job
// and those that it restored.
func (a *action) stage() error {
	if a.values.Upload == "none" {
		return nil
	}
	runs, err := os.ReadDir(a.runsDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("laying out the files to upload: %w", err)
	}
	for _, r := range runs {
		if !runName.MatchString(r.Name()) {
			continue
		}
		if err := layOutRun(filepath.Join(a.runsDir(), r.Name()), a.uploadDir(), a.values.Upload == "full"); err != nil {
			return fmt.Errorf("laying out the files to upload: %w", err)
		}
	}
	return nil
}

// layOutRun lays out one run. Artifacts of public repositories are public: only a
// full one has transcripts, logs and telemetry of agents. The files are the run's
// own under a second name, not copies.
func layOutRun(runDir, uploadDir string, full bool) error {
	to := filepath.Join(uploadDir, filepath.Base(runDir))
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	return filepath.WalkDir(runDir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(runDir, file)
		if err != nil {
			return err
		}
		if kept := filepath.ToSlash(name); !full && kept != reportFile && !slices.Contains(restored, kept) {
			return nil
		}
		return layOut(file, filepath.Join(to, name))
	})
}

// layOut gives a file a second name, or copies it where a file system has no
// second names.
func layOut(file, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if os.Link(file, to) == nil {
		return nil
	}
	from, err := os.Open(file)
	if err != nil {
		return err
	}
	defer from.Close()
	copied, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(copied, from)
	return errors.Join(err, copied.Close())
}
