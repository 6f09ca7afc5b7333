//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const manyTrialsConfig = `
suite: {name: many, trusted: true, tasks: [{path: tasks/double}]}
baseline: {agent: command, model: claude-opus-4-7, settings: {command: [sh, -c, ask >answer.txt]}, from: live}
candidate: {agent: command, model: claude-opus-4-8, settings: {command: [sh, -c, ask >answer.txt]}}
sandbox: process
limits: {attempts: %d, workers: 8}
gate: {mode: fixed}
`

// manyTrials runs a gate of that many trials as a process of its own, and gives
// what it said and the most memory that it had, in MB.
func manyTrials(t *testing.T, trials int) (said string, megabytes float64) {
	t.Helper()
	dir, model := t.TempDir(), newCountingModel(t)
	if err := os.WriteFile(filepath.Join(dir, defaultConfig), fmt.Appendf(nil, manyTrialsConfig, trials/2), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := harborTask(filepath.Join(dir, "tasks", "double"), "42", "easy", "42"); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("benchgate", "run")
	c.Dir = dir
	c.Env = append(os.Environ(), "ANTHROPIC_BASE_URL="+model.URL, "ANTHROPIC_API_KEY="+storyKey, "BENCHGATE_CACHE="+t.TempDir())
	out, err := c.CombinedOutput()
	if c.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), peak(c.ProcessState)
}

// What a run keeps of each trial is its record: 500 trials take little more memory
// than 20.
func TestFiveHundredTrials(t *testing.T) {
	if os.Getenv("BENCHGATE_FULL") == "" {
		t.Skip("BENCHGATE_FULL is not set: it takes half a minute of two processors")
	}
	_, few := manyTrials(t, 20)
	said, many := manyTrials(t, 500)
	t.Logf("20 trials took %.0f MB, 500 took %.0f MB", few, many)
	if !strings.Contains(said, "500/500") {
		t.Errorf("it says\n%s", said)
	}
	if many > 100 {
		t.Errorf("500 trials took %.0f MB, want at most 100", many)
	}
}
