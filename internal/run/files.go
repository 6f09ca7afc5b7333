package run

import (
	"os"
	"path/filepath"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/problem"
	"github.com/google/renameio/v2"
)

// Names of the files in a run's directory, beside the ledger.
const (
	planFile    = "plan.json"
	verdictFile = "verdict.json"
)

// journalFile is the name of an arm's journal.
func journalFile(of baselines.Arm) string { return string(of) + ".jsonl" }

// writeFile puts a file in its place whole or not at all: a later run reads
// it, and half of one would stop that.
func writeFile(path string, content []byte) error {
	return renameio.WriteFile(path, content, 0o644, renameio.WithTempDir(filepath.Dir(path)))
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
