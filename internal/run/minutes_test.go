package run

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/scriptedmodel"
)

// tenMinutesEach lets the clock of a run go on by ten minutes at the end of each trial.
func tenMinutesEach(o *Options) {
	var mu sync.Mutex
	now := time.Now()
	o.Now = func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}
	o.Progress = func(p Progress) {
		mu.Lock()
		defer mu.Unlock()
		if p.Trial != nil {
			now = now.Add(10 * time.Minute)
		}
	}
}

// An agent may work for an hour here, and one minute is kept for the end: the sixth
// trial begins after 50 minutes of 120, and the seventh could not end any more. The
// same command goes on with the other six.
func TestARunEndsWithWhatItHasBeforeItsMinutesAreOver(t *testing.T) {
	o := cheap(t, tenCents(t), "{attempts: 6, usd: 10, workers: 1, minutes: 120}")
	tenMinutesEach(&o)
	first, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if all := slices.Concat(first.Baseline.Trials, first.Candidate.Trials); len(all) != 6 {
		t.Errorf("%d trials ran, want 6", len(all))
	}
	said := "the run ended after 120 minutes (limits.minutes) with 6 of 12 trials; the same command goes on from them"
	if v := first.Verdict; v.Outcome != gate.Inconclusive || !strings.Contains(v.Headline, said) {
		t.Errorf("the verdict is %s: %q, want an inconclusive one that says %q", v.Outcome, v.Headline, said)
	}

	second, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if all := slices.Concat(second.Baseline.Trials, second.Candidate.Trials); second.Reused || len(all) != 12 {
		t.Errorf("the second run (reused: %v) has %d trials, want 12", second.Reused, len(all))
	}
	for _, trial := range first.Candidate.Trials {
		if !slices.ContainsFunc(second.Candidate.Trials, func(other baselines.Trial) bool { return other.Started.Equal(trial.Started) }) {
			t.Errorf("attempt %d was measured again", trial.Attempt)
		}
	}
	if strings.Contains(second.Verdict.Headline, "minutes") {
		t.Errorf("with all trials in, the verdict says %q", second.Verdict.Headline)
	}
}

// What still runs when the time is over is stopped, and is no result of its variant.
func TestWhatRunsWhenTheMinutesAreOverIsStopped(t *testing.T) {
	server := scriptedmodel.New(scriptedmodel.Script{
		Conversations: []scriptedmodel.Conversation{{Match: "done", Turns: []scriptedmodel.Turn{{Text: "done", Delay: time.Minute}}}},
		Fallback:      scriptedmodel.Turn{Text: "yes"},
	}, scriptedmodel.Options{})
	url, stop, err := server.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	}()
	o := cheap(t, url, "{attempts: 3, usd: 10, workers: 1, minutes: 0.05, timeout_multiplier: 0.0005}") // 2.7 s for trials of 1.8 s
	now := time.Now()
	o.Now = func() time.Time { return now } // so that every trial seems to have time
	result, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var ends []baselines.Ended
	for _, trial := range slices.Concat(result.Baseline.Trials, result.Candidate.Trials) {
		ends = append(ends, trial.Ended)
		if trial.Ended == baselines.Cancelled && (trial.Reason != errMinutes.Error() || trial.Solved != nil) {
			t.Errorf("the trial that was stopped is %+v", trial)
		}
	}
	slices.Sort(ends)
	if !slices.Equal(ends, []baselines.Ended{baselines.Cancelled, baselines.InfraError}) && !slices.Equal(ends, []baselines.Ended{baselines.Cancelled, baselines.Timeout}) {
		t.Errorf("trials ended %v, want one at its deadline and one stopped", ends)
	}
	if len(result.Verdict.Held) == 0 || result.Verdict.Held[0].Code != gate.TimeOver {
		t.Errorf("the verdict's reasons are %q", result.Verdict.Reasons)
	}
}

// Minutes that are less than one trial may take are a mistake, before money is spent.
func TestMinutesThatAreTooFewForATrialAreRefused(t *testing.T) {
	o := cheap(t, tenCents(t), "{attempts: 1, usd: 10, minutes: 30}")
	_, err := Run(t.Context(), o)
	want := "and the agent of task task may work for 60.0 min"
	if err == nil || !strings.Contains(err.Error(), want) || NotMeasured(err) {
		t.Errorf("the error is %v, want a mistake: %s", err, want)
	}
}

// Minutes that were over while the first trial was prepared are no mistake.
func TestMinutesThatAreOverBeforeTheFirstTrial(t *testing.T) {
	o := cheap(t, tenCents(t), "{attempts: 1, usd: 10, minutes: 120}")
	began := time.Now()
	var asked atomic.Bool
	o.Now = func() time.Time {
		if !asked.Swap(true) {
			return began
		}
		return began.Add(3 * time.Hour)
	}
	_, err := Run(t.Context(), o)
	if !errors.Is(err, errMinutes) || !NotMeasured(err) {
		t.Errorf("the error is %v, want one about the minutes", err)
	}
}
