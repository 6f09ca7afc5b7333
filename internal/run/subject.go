package run

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/trial"
)

// subjectsOf turns the configured variants into what trials run: both, or the one
// that is measured alone. All that is wrong with either is said at once.
func subjectsOf(ctx context.Context, c *config.Config) (map[baselines.Arm]trial.Subject, error) {
	if err := c.ReadFiles(ctx); err != nil {
		return nil, err
	}
	subjects := make(map[baselines.Arm]trial.Subject)
	var errs []error
	for _, arm := range []baselines.Arm{baselines.Candidate, baselines.Baseline} {
		if alone := c.Alone(); alone != "" && arm != alone {
			continue
		}
		subject, err := subjectOf(*c.Variant(arm))
		errs = append(errs, err)
		subjects[arm] = subject
	}
	return subjects, errors.Join(errs...)
}

// subjectOf makes of a configured variant, whose files were read, what a trial
// needs: its agent from the table of agents, and the digest of its recordings.
func subjectOf(v config.Variant) (trial.Subject, error) {
	row, err := agent.Lookup(v.Agent.Name)
	if err != nil {
		return trial.Subject{}, err
	}
	s := trial.Subject{Agent: row, Variant: v.Measured(), Recordings: v.Settings.Recordings}
	for name, file := range v.Settings.Files {
		if s.Files == nil {
			s.Files = make(map[string][]byte)
		}
		s.Files[name] = file.Content
	}
	if s.Recordings != "" {
		if s.Variant.Settings.Recording, err = treeDigest(s.Recordings); err != nil {
			return trial.Subject{}, fmt.Errorf("variant %s: reading recordings: %w", v.Name, err)
		}
	}
	return s, nil
}

// noteFile is a line about recordings, in their directory: who made them and
// what about them is not real. A verdict on them repeats it.
const noteFile = "NOTE.txt"

// recordingNotes says, for each replayed subject, that it is one.
func recordingNotes(subjects map[baselines.Arm]trial.Subject) []string {
	var notes []string
	for _, arm := range []baselines.Arm{baselines.Baseline, baselines.Candidate} {
		s := subjects[arm] // without one where only the other is measured
		if s.Recordings == "" {
			continue
		}
		note := fmt.Sprintf("%s (%s) was replayed from recordings, nothing was asked of a model now", s.Variant.Name, arm)
		if text, err := os.ReadFile(filepath.Join(s.Recordings, noteFile)); err == nil {
			line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
			note += ": " + line
		}
		notes = append(notes, note)
	}
	return notes
}

// treeDigest covers the names and contents of a directory's files.
func treeDigest(dir string) (string, error) {
	all := sha256.New()
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		fmt.Fprintf(all, "%s\x00%x\n", filepath.ToSlash(name), sha256.Sum256(content))
		return nil
	})
	if err != nil {
		return "", err
	}
	return "sha256:" + hex.EncodeToString(all.Sum(nil)), nil
}
