package run

import (
	"io"
	"os"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/problem"
	"github.com/benchgate/benchgate/internal/wholefile"
)

// Names of the files in a run's directory, beside the ledger.
const (
	planFile    = "plan.json"
	verdictFile = "verdict.json"
)

// journalFile is the name of an arm's journal.
func journalFile(of baselines.Arm) string { return string(of) + ".jsonl" }

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
