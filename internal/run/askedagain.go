package run

import (
	"fmt"
	"path/filepath"
)

// AskedAgain counts the runs that measured the question of the run in dir anew,
// although an earlier one had an answer: see [Options.Again]. A verdict from one of
// several measurements is not as sure as its error rates say.
func AskedAgain(runsDir, dir string) (int, error) {
	var of identity
	if err := readJSON(filepath.Join(dir, planFile), &of); err != nil {
		return 0, fmt.Errorf("counting runs of the same question: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(runsDir, "*", planFile))
	if err != nil {
		return 0, fmt.Errorf("counting runs of the same question: %w", err)
	}
	again := 0
	for _, file := range files {
		var id identity
		if err := readJSON(file, &id); err != nil {
			return 0, fmt.Errorf("counting runs of the same question: %w", err)
		}
		if id.Again && id.Process == of.Process && id.Prices == of.Prices && id.Baseline == of.Baseline {
			again++
		}
	}
	return again, nil
}
