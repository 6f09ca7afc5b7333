//go:build unix

package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
)

// An agent that does not listen to TERM, so that stopping it takes a while.
const stubbornConfig = `
suite: {name: answers, trusted: true, tasks: [{path: tasks/double}]}
baseline: {agent: command, model: claude-opus-4-7, settings: {command: [sh, -c, "trap '' TERM; ask >answer.txt || sleep 9"]}, from: live}
candidate: {agent: command, model: claude-opus-4-8, settings: {command: [sh, -c, "trap '' TERM; ask >answer.txt || sleep 9"]}}
sandbox: process
limits: {attempts: 2, workers: 1}
`

// startRun starts benchgate as a process of its own in a new directory, on a
// model that answers one request and never the next, and returns when the second
// trial waits for it. more comes before the command line, as in "timeout 600".
func startRun(t *testing.T, config string, more ...string) (c *exec.Cmd, stderr *bufio.Reader) {
	t.Helper()
	dir, waits := t.TempDir(), make(chan struct{})
	model := interruptingModel(t, 1, func() { close(waits) })
	if err := os.WriteFile(filepath.Join(dir, defaultConfig), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := harborTask(filepath.Join(dir, "tasks", "double"), "42", "easy", "42"); err != nil {
		t.Fatal(err)
	}
	argv := append(more, benchgateCommand(t), "run")
	c = exec.Command(argv[0], argv[1:]...)
	c.Dir = dir
	c.Env = append(os.Environ(), "TMPDIR="+t.TempDir(), "ANTHROPIC_BASE_URL="+model.URL, "ANTHROPIC_API_KEY="+storyKey, "BENCHGATE_CACHE="+t.TempDir())
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
	case <-waits:
	case <-time.After(time.Minute):
		t.Fatal("the second trial asked nothing within a minute")
	}
	return c, bufio.NewReader(pipe)
}

// awaitLine reads to the line that holds a text and returns it.
func awaitLine(t *testing.T, from *bufio.Reader, text string) string {
	t.Helper()
	var before strings.Builder
	for {
		line, err := from.ReadString('\n')
		before.WriteString(line)
		if strings.Contains(line, text) {
			return line
		}
		if err != nil {
			t.Fatalf("no line holds %q: %v\n%s", text, err, &before)
		}
	}
}

func exitOf(t *testing.T, c *exec.Cmd, rest io.Reader) (code int, by syscall.Signal) {
	t.Helper()
	_, _ = io.Copy(io.Discard, rest)
	err := c.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), c.ProcessState.Sys().(syscall.WaitStatus).Signal()
}

func keptTrials(t *testing.T, c *exec.Cmd) map[baselines.Ended]int {
	t.Helper()
	t.Chdir(c.Dir)
	for _, v := range c.Env {
		if temp, ok := strings.CutPrefix(v, "TMPDIR="); ok {
			if left, _ := filepath.Glob(filepath.Join(temp, "benchgate", "run-*")); len(left) > 0 {
				t.Errorf("the sandboxes left %q", left)
			}
		}
	}
	return endsOfTheOnlyRun(t, 2)
}

// One Ctrl-C is answered before anything is stopped, and the run comes to an
// orderly end.
func TestCtrlCIsAnsweredAtOnce(t *testing.T) {
	c, stderr := startRun(t, stubbornConfig)
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	line := awaitLine(t, stderr, "interrupted: ")
	if want := "stopping 1 trial and removing what they made; the finished ones are kept (once more ends benchgate at once"; !strings.Contains(line, want) {
		t.Errorf("the answer is %q, want %q in it", line, want)
	}
	awaitLine(t, stderr, "benchgate: interrupted: no verdict; the trials that finished are kept in ")
	if code, by := exitOf(t, c, stderr); code != exitNotMeasured {
		t.Errorf("exit code %d (%v), want %d", code, by, exitNotMeasured)
	}
	if ends := keptTrials(t, c); ends[baselines.Finished] != 1 || ends[baselines.Cancelled] != 1 {
		t.Errorf("kept are %v, want one finished and one cancelled", ends)
	}
}

func TestASecondCtrlCEndsBenchgateAtOnce(t *testing.T) {
	c := exec.Command("stubborn")
	pipe, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	stderr := bufio.NewReader(pipe)
	awaitLine(t, stderr, "begun")
	interrupt := func() {
		if err := c.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
	}
	interrupt()
	awaitLine(t, stderr, "told: interrupt")
	interrupt() // is the same one
	time.Sleep(2 * oneSignal)
	interrupt()
	if code, by := exitOf(t, c, stderr); by != os.Interrupt {
		t.Errorf("exit code %d (%v), want that the signal ended it", code, by)
	}
}

// GNU timeout signals its child and then its process group: benchgate gets the
// signal twice. It does the same with a signal it is sent as when its time is over,
// which may come before the second trial on a busy machine.
func TestTimeoutsTwoSignalsAreOne(t *testing.T) {
	if _, err := exec.LookPath("timeout"); err != nil {
		t.Skip("timeout is not installed")
	}
	for _, how := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(how.String(), func(t *testing.T) {
			c, stderr := startRun(t, stubbornConfig, "timeout", "600")
			if err := c.Process.Signal(how); err != nil {
				t.Fatal(err)
			}
			awaitLine(t, stderr, "benchgate: interrupted: no verdict; the trials that finished are kept in ")
			if code, by := exitOf(t, c, stderr); code != exitNotMeasured {
				t.Errorf("exit code %d (%v), want %d", code, by, exitNotMeasured)
			}
			if ends := keptTrials(t, c); ends[baselines.Finished] != 1 || ends[baselines.Cancelled] != 1 {
				t.Errorf("kept are %v, want one finished and one cancelled", ends)
			}
		})
	}
}

// A signal at once after the first, by whoever, is the same one.
func TestDoubledSignalsAreOne(t *testing.T) {
	c, stderr := startRun(t, stubbornConfig)
	for range 3 {
		if err := c.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	awaitLine(t, stderr, "told to end (SIGTERM): stopping 1 trial")
	awaitLine(t, stderr, "benchgate: interrupted: no verdict")
	if code, by := exitOf(t, c, stderr); code != exitNotMeasured {
		t.Errorf("exit code %d (%v), want %d", code, by, exitNotMeasured)
	}
}

// "run 2>&1 | head": nobody reads what benchgate says any more, so it stops as it
// does at Ctrl-C, removes what it made and keeps what finished.
func TestARunThatNobodyReadsLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	model := interruptingModel(t, 2, func() {})
	if err := os.WriteFile(filepath.Join(dir, defaultConfig), []byte(interruptedConfig), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := harborTask(filepath.Join(dir, "tasks", "double"), "42", "easy", "42"); err != nil {
		t.Fatal(err)
	}
	// The reader leaves after the first trial's line; the second one finds out.
	c := exec.Command("sh", "-c", `{ "$0" run 2>&1; echo $? >code; } | sed '/^1.4 /q' >read`, benchgateCommand(t))
	c.Dir = dir
	c.Env = append(os.Environ(), "TMPDIR="+t.TempDir(), "ANTHROPIC_BASE_URL="+model.URL, "ANTHROPIC_API_KEY="+storyKey, "BENCHGATE_CACHE="+t.TempDir())
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	ends := keptTrials(t, c)
	if code, err := os.ReadFile("code"); err != nil || strings.TrimSpace(string(code)) != "5" {
		t.Errorf("exit code %q, %v, want 5", code, err)
	}
	if ends[baselines.Finished] != 2 || ends[baselines.Cancelled] > 1 {
		t.Errorf("kept are %v, want both that finished", ends)
	}
}

// What reads the report may leave before its end: the verdict stands.
func TestAReportThatNobodyReadsKeepsItsVerdict(t *testing.T) {
	c := exec.Command("sh", "-c", `{ "$0" compare --baseline "$1" --candidate "$2" --format json; echo $? >code; } | true`, benchgateCommand(t),
		repository(t, "docs/testdata/quickstart-baseline.jsonl"), repository(t, "docs/testdata/quickstart-candidate.jsonl"))
	var stderr strings.Builder
	c.Dir, c.Stderr = t.TempDir(), &stderr
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	if code, err := os.ReadFile(filepath.Join(c.Dir, "code")); err != nil || strings.TrimSpace(string(code)) != "1" || strings.Contains(stderr.String(), "pipe") {
		t.Errorf("exit code %q, %v, want 1 of the regression; it said\n%s", code, err, &stderr)
	}
}

func repository(t *testing.T, file string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("../..", file))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// benchgateCommand is benchgate as a program: TestMain puts it into PATH.
func benchgateCommand(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("benchgate")
	if err != nil {
		t.Fatal(err)
	}
	return path
}
