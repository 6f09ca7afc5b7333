package action

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
)

func TestWholeTrialsAreTold(t *testing.T) {
	told := make(chan report.Running)
	begin := report.Running{Candidate: report.RunningArm{Name: "b"}, Baseline: &report.RunningArm{Name: "a"}, Most: 6}
	l := newLive(begin, func(r report.Running) { told <- r })
	yes, no := true, false
	event := func(arm baselines.Arm, trial *baselines.Trial, final bool) run.Progress {
		return run.Progress{Arm: arm, Task: "t", Trial: trial, Final: final}
	}
	ended := func(solved *bool, usd float64) *baselines.Trial {
		return &baselines.Trial{Ended: baselines.Finished, Solved: solved, CostUSD: &baselines.CostUSD{Main: usd}}
	}
	l.progress(event(baselines.Candidate, nil, false))              // it begins
	l.progress(event(baselines.Candidate, ended(nil, 0.25), false)) // it will be tried again
	l.progress(event(baselines.Candidate, ended(&yes, 0.75), true)) //
	want := begin
	want.Done, want.USD = 1, ptr(1)
	want.Candidate = report.RunningArm{Name: "b", Trials: 1, Solved: 1, CostPerSolvedUSD: ptr(1)}
	if diff := cmp.Diff(want, <-told); diff != "" {
		t.Errorf("after a whole trial (-want +got):\n%s", diff)
	}
	l.progress(event(baselines.Baseline, ended(&no, 0.5), true))
	want.Baseline, want.USD = &report.RunningArm{Name: "a", Trials: 1}, ptr(1.5)
	if diff := cmp.Diff(want, <-told); diff != "" {
		t.Errorf("after one of the baseline (-want +got):\n%s", diff)
	}
	l.progress(event(baselines.Candidate, &baselines.Trial{Ended: baselines.InfraError}, true)) // no attempt, and nobody knows its costs
	if got := <-told; got.USD != nil || got.Candidate.CostPerSolvedUSD != nil || got.Done != 1 {
		t.Errorf("after a trial of unknown costs: %+v", got)
	}
	l.end()
}

func TestTimeLeftIsAsTheTrialsSoFarTook(t *testing.T) {
	began := time.Date(2026, 11, 27, 14, 2, 0, 0, time.UTC)
	for _, test := range []struct {
		done, most int
		taken      time.Duration
		want       *float64
	}{
		{done: 12, most: 30, taken: 4 * time.Minute, want: ptr(360)},
		{done: 2, most: 30, taken: time.Minute}, // too few to say so
		{done: 30, most: 30, taken: time.Hour},  // all are in, and the verdict is to come
		{done: 12, most: 30},                    // by a clock that stands
	} {
		got := secondsLeft(report.Running{Done: test.done, Most: test.most, Started: began}, began.Add(test.taken))
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%d of %d after %s (-want +got):\n%s", test.done, test.most, test.taken, diff)
		}
	}
}

func ptr(f float64) *float64 { return &f }
