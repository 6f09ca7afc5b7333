package run

import (
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
func subjectsOf(c *config.Config) (map[baselines.Arm]trial.Subject, error) {
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

// subjectOf reads what a configured variant names: its agent from the table of
// agents, its files, and the digest of its recordings.
func subjectOf(v config.Variant) (trial.Subject, error) {
	row, err := agent.Lookup(v.Agent.Name)
	if err != nil {
		return trial.Subject{}, err
	}
	s := trial.Subject{Agent: row, Variant: v.Measured(), Recordings: v.Settings.Recordings}
	if s.Files, s.Variant.Settings.Files, err = readFiles(v.Settings.Files); err != nil {
		return trial.Subject{}, fmt.Errorf("variant %s: %w", v.Name, err)
	}
	if s.Recordings != "" {
		if s.Variant.Settings.Recording, err = treeDigest(s.Recordings); err != nil {
			return trial.Subject{}, fmt.Errorf("variant %s: reading recordings: %w", v.Name, err)
		}
	}
	return s, nil
}

func readFiles(paths map[string]string) (content map[string][]byte, digests map[string]string, err error) {
	var errs []error
	for name, host := range paths {
		text, err := os.ReadFile(host)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if content == nil {
			content, digests = make(map[string][]byte), make(map[string]string)
		}
		sum := sha256.Sum256(text)
		content[name], digests[name] = text, "sha256:"+hex.EncodeToString(sum[:])
	}
	return content, digests, errors.Join(errs...)
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
