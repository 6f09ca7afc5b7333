//go:build unix

package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
)

// Four agents at a time that ignore TERM, and work on for as long as they live.
const busyConfig = `
suite: {name: busy, tasks: [{path: tasks/double}]}
baseline: {agent: command, model: claude-opus-4-7, from: live, settings: {command: &busy [sh, -c, 'trap "" TERM INT HUP;
  wget -q -O /dev/null --header "x-api-key: $ANTHROPIC_API_KEY" --header "content-type: application/json"
  --post-data "{\"model\": \"$BENCHGATE_MODEL\", \"max_tokens\": 9, \"messages\": [{\"role\": \"user\", \"content\": \"hello\"}]}"
  "$ANTHROPIC_BASE_URL/v1/messages"; while :; do sleep 1; done']}}
candidate: {agent: command, model: claude-opus-4-8, settings: {command: *busy}}
sandbox: docker
limits: {attempts: 3, workers: 4, cpus: 0.25, memory_mb: 128}
gate: {mode: fixed}
`

const (
	// stopSeconds is how long a stopped trial may take to be gone, by its record.
	stopSeconds = 5
	// endTime is how long benchgate may take to end, whatever else the machine does:
	// far less than agents that nobody ends.
	endTime = 30 * time.Second
)

// Ctrl-C, and what a job's runner sends, while four workers are busy with agents that do
// not listen: none is waited for, and when benchgate has ended nothing is left on the engine.
func TestStoppingFourBusyWorkersOnDocker(t *testing.T) {
	for _, how := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(how.String(), func(t *testing.T) {
			c, stderr := startBusy(t)
			told := time.Now()
			late := time.AfterFunc(endTime, func() { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) })
			defer late.Stop()
			if err := c.Process.Signal(how); err != nil {
				t.Fatal(err)
			}
			awaitLine(t, stderr, "stopping 4 trials")
			awaitLine(t, stderr, "benchgate: interrupted: no verdict")
			code, by := exitOf(t, c, stderr)
			took := time.Since(told)
			if code != exitNotMeasured {
				t.Errorf("exit code %d (%v) after %v, want %d", code, by, took, exitNotMeasured)
			}
			runs, err := filepath.Glob(filepath.Join(c.Dir, ".benchgate/runs/2*"))
			if err != nil || len(runs) != 1 {
				t.Fatalf("runs are %q, %v", runs, err)
			}
			wantNothingOn(t, "benchgate.run="+filepath.Base(runs[0]))
			t.Logf("benchgate ended %.1f s after the signal; its four trials took %.1f s to stop", took.Seconds(), secondsToStop(t, runs[0]))
		})
	}
}

// startBusy starts benchgate as a process of its own and returns when four agents work.
func startBusy(t *testing.T) (c *exec.Cmd, stderr *bufio.Reader) {
	t.Helper()
	dir, busy := dockerTask(t), make(chan struct{})
	model := interruptingModel(t, 3, func() { close(busy) })
	if err := os.WriteFile(filepath.Join(dir, defaultConfig), []byte(busyConfig), 0o644); err != nil {
		t.Fatal(err)
	}
	c = exec.Command(benchgateCommand(t), "run")
	c.Dir = dir
	c.Env = append(os.Environ(), "ANTHROPIC_BASE_URL="+model.URL, "ANTHROPIC_API_KEY="+storyKey, "BENCHGATE_CACHE="+filepath.Join(dir, ".cache"))
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // as a shell starts it
	pipe, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) })
	select {
	case <-busy:
	case <-time.After(time.Minute):
		t.Fatal("four agents did not ask the model within a minute")
	}
	return c, bufio.NewReader(pipe)
}

// secondsToStop are the most that a trial of the run took; four were stopped, and each
// has its record.
func secondsToStop(t *testing.T, run string) float64 {
	t.Helper()
	var seconds []float64
	for _, arm := range []baselines.Arm{baselines.Baseline, baselines.Candidate} {
		r, err := baselines.ReadFile(filepath.Join(run, string(arm)+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		for _, trial := range r.Trials {
			if trial.Ended != baselines.Cancelled {
				t.Errorf("%s/%d ended as %s (%s)", arm, trial.Attempt, trial.Ended, trial.Reason)
			}
			seconds = append(seconds, trial.Seconds.Stop+trial.Seconds.Remove)
		}
	}
	if len(seconds) != 4 || slices.Min(seconds) <= 0 || slices.Max(seconds) > stopSeconds {
		t.Fatalf("the trials took %v s to stop, want four that took at most %d", seconds, stopSeconds)
	}
	return slices.Max(seconds)
}
