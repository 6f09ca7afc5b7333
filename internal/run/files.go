package run

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/problem"
	"github.com/benchgate/benchgate/internal/wholefile"
)

// Names of the files in a run's directory, beside the ledger.
const (
	planFile    = "plan.json"
	verdictFile = "verdict.json"
	confirmDir  = "confirm" // of the journals of live pairs
)

// journalFile is the name of an arm's journal.
func journalFile(of baselines.Arm) string { return string(of) + ".jsonl" }

// JournalIn is the path of an arm's run file in a run's directory.
func JournalIn(dir string, of baselines.Arm) string { return filepath.Join(dir, journalFile(of)) }

// VerdictIn is the path of the verdict in a run's directory.
func VerdictIn(dir string) string { return filepath.Join(dir, verdictFile) }

// readPairs reads the live pairs of a run's directory, by arm; nil where there are
// none.
func readPairs(dir string) (map[baselines.Arm]*baselines.Run, error) {
	pairs := make(map[baselines.Arm]*baselines.Run)
	for _, name := range []baselines.Arm{baselines.Baseline, baselines.Candidate} {
		r, err := baselines.ReadFile(filepath.Join(dir, confirmDir, journalFile(name)))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading live pairs: %w", err)
		}
		pairs[name] = r
	}
	return pairs, nil
}

// writeFile writes a file that a later run reads: half of one would stop that run.
func writeFile(path string, content []byte) error {
	return wholefile.Write(path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

func readJSON(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var problems problem.List
	problem.NewSource(file, text).DecodeJSON(into, false, &problems)
	return problems.Err()
}
