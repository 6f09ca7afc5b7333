package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ignored are the lines of .gitignore that keep what runs leave out of a repository
// and accepted baselines in.
var ignored = []string{"/.benchgate/runs/", "/.benchgate/checks/", "!/.benchgate/baselines/"}

// Ignore adds the lines to .gitignore in a directory that are not there yet, behind
// those that are. changed tells that there were some. hides is the number of a line,
// from 1, that leaves the baselines out all the same; 0: there is none.
func Ignore(dir string) (changed bool, hides int, err error) {
	file := filepath.Join(dir, ".gitignore")
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, 0, fmt.Errorf("reading .gitignore: %w", err)
	}
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
		switch strings.Trim(lines[i], "/") {
		case ".benchgate", "**/.benchgate": // a directory that is left out whole
			hides = i + 1
		}
	}
	missing := slices.DeleteFunc(slices.Clone(ignored), func(line string) bool { return slices.Contains(lines, line) })
	if len(missing) == 0 {
		return false, hides, nil
	}
	more := "# What benchgate runs leave stays here; accepted baselines are committed.\n" + strings.Join(missing, "\n") + "\n"
	if len(text) > 0 {
		more = "\n" + more
		if !strings.HasSuffix(string(text), "\n") {
			more = "\n" + more
		}
	}
	if err := appendTo(file, more); err != nil {
		return false, 0, fmt.Errorf("writing .gitignore: %w", err)
	}
	return true, hides, nil
}

func appendTo(file, text string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
