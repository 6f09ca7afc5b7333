package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
	"github.com/benchgate/benchgate/internal/step"
)

// Where standard error is no terminal, a run is a line per finished trial and
// a line per notice: nothing is drawn over.
func TestProgressIsPlainLinesInALog(t *testing.T) {
	var log bytes.Buffer
	show := displayOn(&log).newProgress(new(config.Config))
	show.notice("no lock")
	event := run.Progress{Arm: baselines.Candidate, Variant: "new", Task: "double", Attempt: 1, Try: 1, Planned: 20}
	show.progress(event)
	event.Trial, event.Done, event.Dir = &baselines.Trial{
		Task: "double", Attempt: 1, Try: 1, Ended: baselines.Finished, Solved: new(true), CostUSD: &baselines.CostUSD{Main: 0.0617},
		Seconds: baselines.Seconds{Total: 41.2},
	}, 7, "trials/candidate/double/1.1"
	show.progress(event)
	event.Trial, event.Attempt, event.Done = &baselines.Trial{
		Task: "double", Attempt: 2, Try: 1, Ended: baselines.Timeout, Reason: "ran out of\n::error::time\x1b[2J", Solved: new(false),
		Seconds: baselines.Seconds{Total: 600},
	}, 2, 8
	show.progress(event)
	event.Trial, event.Attempt = &baselines.Trial{
		Task: "double", Attempt: 3, Try: 1, Ended: baselines.InfraError, Reason: "the engine is gone",
	}, 3
	show.progress(event)
	show.close()

	want := strings.TrimPrefix(`
note: no lock
 7/20  candidate  double #1                         solved      $0.0617  41 s
 8/20  candidate  double #2                         failed, timed out  cost not known  10.0 min  ran out of : :error::time�[2J  see trials/candidate/double/1.1
 8/20  candidate  double #3                         infra error  cost not known  0.0 s  the engine is gone  see trials/candidate/double/1.1
`, "\n")
	if diff := cmp.Diff(want, log.String()); diff != "" {
		t.Errorf("the log (-want +got):\n%s", diff)
	}
}

// displayOn is a program whose standard error is that.
func displayOn(log io.Writer) *program {
	p := &program{Stdout: new(bytes.Buffer), Stderr: log, LookupEnv: func(string) (string, bool) { return "", false }}
	p.display = p.newDisplay(func() {})
	return p
}

// clock is a display's time, which only the test moves.
func (p *program) clock() (tick func(time.Duration)) {
	now := time.Unix(0, 0)
	p.display.now = func() time.Time { return now }
	p.display.startTick.Do(func() {})
	return func(d time.Duration) {
		for end := now.Add(d); now.Before(end); {
			now = now.Add(time.Second)
			p.display.locked(p.display.tick)
		}
	}
}

// In a log, what takes less than some seconds leaves no line, what takes longer
// one line a minute and one at its end. Of steps within steps the inner ones
// tell.
func TestStepsInALog(t *testing.T) {
	var log bytes.Buffer
	p := displayOn(&log)
	after := p.clock()
	ctx := step.With(t.Context(), p.display.step)
	outer := step.Begin(ctx, "preparing", "tasks")
	quick := step.Begin(ctx, "pulling", "busybox")
	after(4 * time.Second)
	quick.End(nil)
	build := step.Begin(ctx, "building", "the image of a\n::error::task")
	build.Of(2, 7, step.Parts)
	build.Now("RUN \x1b[2Jmake")
	after(130 * time.Second)
	build.End(nil)
	clean := step.Begin(ctx, "removing", "what the run made")
	after(90 * time.Second)
	clean.End(errors.New("no engine"))
	outer.End(nil)

	want := strings.TrimPrefix(`
building the image of a : :error::task: step 2 of 7, RUN �[2Jmake, 5.0 s
building the image of a : :error::task: step 2 of 7, RUN �[2Jmake, 1.1 min
building the image of a : :error::task: step 2 of 7, RUN �[2Jmake, 2.1 min
done: building the image of a : :error::task: 2.2 min
removing what the run made: 55 s
failed: removing what the run made: after 1.5 min
`, "\n")
	if diff := cmp.Diff(want, log.String()); diff != "" {
		t.Errorf("the log (-want +got):\n%s", diff)
	}
}

// On a terminal the steps stand in the block, below the text of both streams,
// and a long one leaves a line.
func TestStepsOnATerminal(t *testing.T) {
	var screen bytes.Buffer
	p := displayOn(&screen)
	p.display.live, p.display.text = true, func() report.TextOptions { return report.TextOptions{Width: 60} }
	p.display.stdout.file = &screen
	after := p.clock()
	ctx := step.With(t.Context(), p.display.step)
	quick := step.Begin(ctx, "pulling", "busybox")
	quick.End(nil)
	s := step.Begin(ctx, "downloading", "claude-code 2.1.330")
	s.Of(12e6, 80e6, step.Bytes)
	after(2 * time.Second)
	fmt.Fprintln(p.display.stdout, "a result")
	after(4 * time.Second)
	s.End(nil)
	p.display.close()

	const want = "a result\ndone: downloading claude-code 2.1.330: 12.0 MB, 6.0 s\n"
	if got := onScreen(screen.String()); got != want {
		t.Errorf("the screen is\n%q, want\n%q", got, want)
	}
	if line := "downloading claude-code 2.1.330: 12.0 MB of 80.0 MB, 5.0 s"; !strings.Contains(screen.String(), line) {
		t.Errorf("never drawn: %q in\n%q", line, screen.String())
	}
}

// onScreen is what a terminal shows in the end: it obeys "up" and "clear to the
// end".
func onScreen(written string) string {
	var lines []string
	for line := range strings.Lines(written) {
		for strings.HasPrefix(line, "\x1b[") {
			var up int
			if n, _ := fmt.Sscanf(line, "\x1b[%dA\x1b[J", &up); n == 0 {
				break
			}
			lines, line = lines[:len(lines)-up], line[strings.Index(line, "J")+1:]
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

// The block counts attempts, not tries: one that broke twice and then finished is
// one, and so is one that broke three times.
func TestProgressCountsAttempts(t *testing.T) {
	show := displayOn(new(bytes.Buffer)).newProgress(new(config.Config))
	defer show.close()
	broken := &baselines.Trial{Ended: baselines.InfraError}
	for i, last := range []*baselines.Trial{{Ended: baselines.Finished, Solved: new(true)}, broken} {
		for try, end := range []*baselines.Trial{broken, broken, last} {
			show.progress(run.Progress{
				Arm: baselines.Candidate, Task: "double", Attempt: i + 1, Try: try + 1, Planned: 2,
				Trial: end, Final: try == 2,
			})
		}
	}
	if arm := show.status.Arms[0]; arm.Done != 2 || arm.Solved != 1 {
		t.Errorf("%d attempts are done and %d solved, want 2 and 1", arm.Done, arm.Solved)
	}
}
