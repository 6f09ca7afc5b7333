package action

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// What an artifact of runs may have. A run of 500 trials has a journal of about
// 1 MB and a ledger of some MB; transcripts are not restored.
const (
	maxRestoredFiles = 2_000
	maxRestoredBytes = 256 << 20 // of all files together, unpacked
	maxRestoredFile  = 64 << 20
)

// restored are the files of a run that a later one reads, by their names in a
// run's directory. All others in an artifact are left there.
var restored = []string{
	"plan.json", "verdict.json", judgedFile, "candidate.jsonl", "baseline.jsonl", "ledger.jsonl",
	"confirm/candidate.jsonl", "confirm/baseline.jsonl",
}

// runName is how runs' directories are called.
var runName = regexp.MustCompile(`^[0-9]{8}T[0-9]{6}\.[0-9]{3}Z-[a-z2-7]{6}$`)

// unpack puts the runs of an artifact into the directory of runs and says how
// many there were. A run that is there already stays as it is. What an artifact
// holds is judged like any other foreign file: names are compared with those
// that are known and lead nowhere else, sizes are counted while unpacking, and
// nothing is written before all of it was looked through.
func unpack(archive io.ReaderAt, size int64, runsDir string) (int, error) {
	reader, err := zip.NewReader(archive, size)
	if err != nil {
		return 0, fmt.Errorf("unpacking an earlier run: %w", err)
	}
	wanted, err := chooseRestored(reader.File)
	if err != nil {
		return 0, fmt.Errorf("unpacking an earlier run: %w", err)
	}
	var runs []string
	left := int64(maxRestoredBytes)
	for _, f := range wanted {
		run, name, _ := strings.Cut(f.Name, "/")
		if !slices.Contains(runs, run) {
			if isThere(filepath.Join(runsDir, run)) {
				continue
			}
			runs = append(runs, run)
		}
		n, err := unpackFile(f, filepath.Join(runsDir, run, filepath.FromSlash(name)), min(left, maxRestoredFile))
		if err != nil {
			return 0, errors.Join(fmt.Errorf("unpacking an earlier run: %w", err), removeRuns(runsDir, runs))
		}
		left -= n
	}
	return len(runs), nil
}

// chooseRestored picks what is unpacked; of one name only one may be there.
func chooseRestored(files []*zip.File) ([]*zip.File, error) {
	if len(files) > maxRestoredFiles*100 { // "full" has some files a trial
		return nil, fmt.Errorf("it has %d files", len(files))
	}
	var wanted []*zip.File
	seen := make(map[string]bool)
	for _, f := range files {
		run, name, _ := strings.Cut(f.Name, "/")
		if !runName.MatchString(run) || !slices.Contains(restored, name) {
			continue
		}
		switch {
		case !f.Mode().IsRegular():
			return nil, fmt.Errorf("%s is no regular file", f.Name)
		case seen[f.Name]:
			return nil, fmt.Errorf("it has %s twice", f.Name)
		case f.UncompressedSize64 > maxRestoredFile:
			return nil, fmt.Errorf("%s is larger than %d MiB", f.Name, maxRestoredFile>>20)
		}
		seen[f.Name] = true
		wanted = append(wanted, f)
	}
	if len(wanted) > maxRestoredFiles {
		return nil, fmt.Errorf("it has %d files of runs", len(wanted))
	}
	return wanted, nil
}

// unpackFile writes one file of at most so many bytes.
func unpackFile(f *zip.File, to string, most int64) (int64, error) {
	from, err := f.Open()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", path.Base(f.Name), err)
	}
	defer from.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return 0, err
	}
	file, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(file, io.LimitReader(from, most+1))
	if err == nil && n > most {
		err = fmt.Errorf("%s is larger than it may be", f.Name)
	}
	return n, errors.Join(err, file.Close())
}

func removeRuns(runsDir string, runs []string) error {
	var errs []error
	for _, run := range runs {
		errs = append(errs, os.RemoveAll(filepath.Join(runsDir, run)))
	}
	return errors.Join(errs...)
}

func isThere(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
