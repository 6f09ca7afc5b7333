package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/run"
)

// Where standard error is no terminal, a run is a line per finished trial and
// a line per notice: nothing is drawn over.
func TestProgressIsPlainLinesInALog(t *testing.T) {
	var log bytes.Buffer
	p := &program{Stdout: new(bytes.Buffer), Stderr: &log, LookupEnv: func(string) (string, bool) { return "", false }}
	show := p.newProgress(new(config.Config))
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

// The block counts attempts, not tries: one that broke twice and then finished is
// one, and so is one that broke three times.
func TestProgressCountsAttempts(t *testing.T) {
	p := &program{Stdout: new(bytes.Buffer), Stderr: new(bytes.Buffer), LookupEnv: func(string) (string, bool) { return "", false }}
	show := p.newProgress(new(config.Config))
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
