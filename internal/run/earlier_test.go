package run

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// measure runs the quickstart's two easy tasks, with notices collected.
func measure(t *testing.T, dir string, f config.Flags, change ...func(*Options)) (*Result, string) {
	t.Helper()
	o := options(t, dir, f)
	var notices []string
	o.Notice = func(s string) { notices = append(notices, s) }
	for _, c := range change {
		c(&o)
	}
	result, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return result, strings.Join(notices, "\n")
}

func options(t *testing.T, dir string, f config.Flags) Options {
	t.Helper()
	f.TaskIDs = []string{"merge-bookings", "count-call-stacks"}
	f.Baselines = filepath.Join(dir, "baselines")
	c, err := config.Load("../../examples/quickstart/benchgate.yaml", f)
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		Config: c, Store: baselines.NewDirectory(c.Baselines.Dir), Version: "test", LookupEnv: os.LookupEnv, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		RunsDir: filepath.Join(dir, "runs"), CacheDir: filepath.Join(dir, "cache"),
		Notice: func(string) {}, Progress: func(Progress) {},
	}
}

func save(t *testing.T, dir string, r *baselines.Run) {
	t.Helper()
	store := baselines.NewDirectory(filepath.Join(dir, "baselines"))
	if err := store.Save(context.Background(), r, nil); err != nil {
		t.Fatal(err)
	}
	if err := store.Promote(context.Background(), r.Header.ID); err != nil {
		t.Fatal(err)
	}
}

// Asking until the answer pleases is no test: a second run of the same question
// gives the same verdict, and more attempts go on from those there are.
func TestAskingAgainGoesOnAndNeverStartsOver(t *testing.T) {
	if testing.Short() {
		t.Skip("replays 20 trials")
	}
	dir := t.TempDir()
	live, _ := measure(t, dir, config.Flags{Attempts: "3", Mode: "fixed"})
	save(t, dir, live.Baseline)

	first, _ := measure(t, dir, config.Flags{Attempts: "1", From: "stored", Mode: "fixed"})
	if first.Reused || first.Verdict.Outcome != gate.Inconclusive {
		t.Fatalf("first run: reused %v, verdict %s; want a new inconclusive one", first.Reused, first.Verdict.Outcome)
	}

	second, notices := measure(t, dir, config.Flags{Attempts: "1", From: "stored", Mode: "fixed"})
	if !second.Reused || second.Dir != first.Dir {
		t.Errorf("the same question was measured again, in %s: %s", second.Dir, notices)
	}

	third, notices := measure(t, dir, config.Flags{Attempts: "2", From: "stored", Mode: "fixed"})
	if third.Reused || !strings.Contains(notices, "2 of its trials count here") {
		t.Errorf("more attempts did not go on from the first run: %s", notices)
	}
	if got := len(third.Candidate.Counted()); got != 4 {
		t.Errorf("%d attempts stand, want 4", got)
	}
	for i, trial := range first.Candidate.Counted() {
		if carried := third.Candidate.Counted()[i]; !carried.Started.Equal(trial.Started) {
			t.Errorf("attempt %d of %s was made again", trial.Attempt, trial.Task)
		}
	}
	usd, known := third.Candidate.SpentUSD()
	if !known || third.Verdict.USDUsed == nil || *third.Verdict.USDUsed > usd*1.0001 || *third.Verdict.USDUsed < usd*0.9999 {
		t.Errorf("the bill is %v, want %v with the carried trials", third.Verdict.USDUsed, usd)
	}
}

// Hosted models change from day to day, so a nightly job measures a live baseline
// anew. Whoever asks twice on one day gets one answer.
func TestAVerdictOnALiveBaselineStandsForADay(t *testing.T) {
	if testing.Short() {
		t.Skip("replays 8 trials")
	}
	dir := t.TempDir()
	first, _ := measure(t, dir, config.Flags{Attempts: "1", Mode: "fixed"})
	now := time.Now()
	for _, test := range []struct {
		after, liveAge time.Duration
		reused         bool
	}{{11 * time.Hour, 0, true}, {23 * time.Hour, 48 * time.Hour, true}, {24 * time.Hour, 0, false}} {
		r, notices := measure(t, dir, config.Flags{Attempts: "1", Mode: "fixed"}, func(o *Options) {
			o.Now, o.LiveAge = func() time.Time { return now.Add(test.after) }, test.liveAge
		})
		if r.Reused != test.reused || r.Reused && (r.Dir != first.Dir || r.Baseline == nil || r.Verdict.Outcome != first.Verdict.Outcome) {
			t.Errorf("%s later the verdict is given again: %v, want %v\n%s", test.after, r.Reused, test.reused, notices)
		}
	}
}

// Both arms of an interrupted run were paid for: the same command goes on from
// what finished, and pays no trial twice.
func TestAnInterruptedLiveBaselineIsNotPaidAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("replays 8 trials")
	}
	for name, test := range map[string]struct {
		after  time.Duration
		halves bool // an attempt of one arm counts without the other's
	}{
		"on the same day": {time.Minute, true},
		"on the next day": {20 * time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			ctx, stop := context.WithCancel(t.Context())
			ended := make(map[baselines.Arm]map[baselines.Key]bool)
			count := func(p Progress) {
				if p.Trial != nil && p.Trial.Ended.Counts() {
					if ended[p.Arm] == nil {
						ended[p.Arm] = make(map[baselines.Key]bool)
					}
					ended[p.Arm][p.Trial.Key()] = true
				}
			}
			f := config.Flags{Attempts: "2", Mode: "fixed", Workers: "1"}
			o := options(t, dir, f)
			o.Progress = func(p Progress) {
				if count(p); len(ended[baselines.Baseline])+len(ended[baselines.Candidate]) == 3 {
					stop()
				}
			}
			if _, err := Run(ctx, o); !errors.Is(err, context.Canceled) {
				t.Fatalf("the first run ended with %v, want an interruption", err)
			}
			first := ended
			ended = make(map[baselines.Arm]map[baselines.Key]bool)
			now := time.Now()
			r, notices := measure(t, dir, f, func(o *Options) {
				o.Progress, o.LiveAge = count, 24*time.Hour
				o.Now = func() time.Time { return now.Add(test.after) }
			})
			for arm, keys := range first {
				for k := range keys {
					paired := first[baselines.Baseline][k] && first[baselines.Candidate][k]
					if again := ended[arm][k]; again != (!paired && !test.halves) {
						t.Errorf("%v of %s, of which both arms had finished: %v; made again: %v\n%s", k, arm, paired, again, notices)
					}
				}
			}
			for arm, run := range map[baselines.Arm]*baselines.Run{baselines.Candidate: r.Candidate, baselines.Baseline: r.Baseline} {
				if got := len(run.Counted()); got != 4 {
					t.Errorf("%d attempts of the %s stand, want 4", got, arm)
				}
			}
		})
	}
}

// What an earlier run cost at other prices does not mix with this one's, and
// one that cannot be read says how to do without it.
func TestAnEarlierRunIsUsedOnlyAsItStands(t *testing.T) {
	dir := t.TempDir()
	id := identity{Schema: planSchema, Process: "sha256:p", Prices: "sha256:now", Baseline: "b"}
	made := filepath.Join(dir, "20261123T030000Z-aaaaaa")
	if err := os.MkdirAll(made, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := writePlan(made, id); err != nil {
		t.Fatal(err)
	}
	other := id
	other.Prices = "sha256:then"
	if e, err := findEarlier(dir, other, 0); e != nil || err != nil {
		t.Errorf("at other prices: %v, %v; want no earlier run", e, err)
	}
	if _, err := findEarlier(dir, id, 0); err == nil || !strings.Contains(err.Error(), "reading earlier run") {
		t.Errorf("without its journal: error %v", err)
	}
}

// A cheap task that tells much comes a third time before a dear one comes twice,
// so a plan of three attempts a task is another order than one of two. A run that
// goes on keeps the order it began in: what was looked at stays as it was.
func TestMoreAttemptsComeBehindThoseThereAre(t *testing.T) {
	if testing.Short() {
		t.Skip("replays 12 trials")
	}
	dir := t.TempDir()
	live, _ := measure(t, dir, config.Flags{Attempts: "3", Mode: "fixed"})
	for i := range live.Baseline.Trials {
		if live.Baseline.Trials[i].Task == "count-call-stacks" {
			live.Baseline.Trials[i].CostUSD.Main *= 20
		}
	}
	save(t, dir, live.Baseline)
	order := func(r *Result) string {
		var b strings.Builder
		trials := slices.Clone(r.Candidate.Trials)
		slices.SortFunc(trials, func(a, b baselines.Trial) int { return a.Seq - b.Seq })
		for _, trial := range trials {
			fmt.Fprintf(&b, "%d %s#%d ", trial.Seq, trial.Task[:1], trial.Attempt)
		}
		return strings.TrimSpace(b.String())
	}
	for _, test := range []struct {
		attempts string
		again    bool
		says     string // the notice
		want     string
	}{
		{"2", false, "", "1 m#1 2 c#1 3 m#2 4 c#2"},
		{"3", false, "4 of its trials count here", "1 m#1 2 c#1 3 m#2 4 c#2 5 m#3 6 c#3"},
		{"1", false, "2 of its trials count here", "1 m#1 2 c#1"},
		{"3", true, "", "1 m#1 2 c#1 3 m#2 4 m#3 5 c#2 6 c#3"},
	} {
		r, notices := measure(t, dir, config.Flags{Attempts: test.attempts, From: "stored", Mode: "informed"}, func(o *Options) { o.Again = test.again })
		if got := order(r); got != test.want || !strings.Contains(notices, test.says) {
			t.Errorf("%s attempts, again %v: %s, want %s (%s)", test.attempts, test.again, got, test.want, notices)
		}
	}
}

// A verdict is given again only where the model API answered the trials that it
// rests on: with a key that was refused (the first ledgers say only "rejected" and
// 401), the trials say nothing about the candidate, and are measured again.
func TestAVerdictOnRefusedRequestsIsNotGivenAgain(t *testing.T) {
	key401 := meter.Entry{Kind: meter.Finished, Model: "claude-opus-4-8", Status: 401, Retry: meter.Rejected}
	ok := meter.Entry{Kind: meter.Finished, Model: "claude-opus-4-8", Status: 200}
	busy := meter.Entry{Kind: meter.Finished, Model: "claude-opus-4-8", Status: 529, Retry: meter.Overloaded}
	row, err := agent.Lookup(agent.ClaudeCode)
	if err != nil {
		t.Fatal(err)
	}
	subjects := map[baselines.Arm]trial.Subject{baselines.Candidate: {Agent: row, Variant: baselines.Variant{Model: "claude-opus-4-8"}}}
	for name, test := range map[string]struct {
		outcome gate.Outcome
		ended   baselines.Ended // of the second of two trials
		asked   []meter.Entry   // by it; the first was answered
		stands  bool
	}{
		"a regression with a refused key":           {gate.Regression, baselines.Timeout, []meter.Entry{key401, key401}, false},
		"a regression with a key revoked midway":    {gate.Regression, baselines.AgentError, []meter.Entry{ok, key401}, false},
		"a pass with an outage":                     {gate.Pass, baselines.Timeout, []meter.Entry{busy}, false},
		"a regression of answered trials":           {gate.Regression, baselines.Timeout, []meter.Entry{ok}, true},
		"a regression of an agent that never asked": {gate.Regression, baselines.AgentError, nil, true},
		"a regression without the trial that broke": {gate.Regression, baselines.InfraError, []meter.Entry{key401}, true},
		"undecided, and the API broke a trial":      {gate.Inconclusive, baselines.InfraError, []meter.Entry{busy}, false},
		"undecided, and the engine broke a trial":   {gate.Inconclusive, baselines.InfraError, nil, true},
		"undecided": {gate.Inconclusive, baselines.Finished, []meter.Entry{ok}, true},
	} {
		t.Run(name, func(t *testing.T) {
			before := &earlier{
				identity: identity{Plan: "p", Baseline: "b"}, verdict: &gate.Verdict{Outcome: test.outcome},
				runs: map[baselines.Arm]*baselines.Run{baselines.Candidate: {Trials: []baselines.Trial{
					{Task: "a", Seq: 1, Attempt: 1, Try: 1, Ended: baselines.Finished},
					{Task: "b", Seq: 2, Attempt: 1, Try: 1, Ended: test.ended},
				}}},
				ledger: []meter.Entry{withTrial(ok, "candidate/a/1.1")},
			}
			for _, e := range test.asked {
				before.ledger = append(before.ledger, withTrial(e, "candidate/b/1.1"))
			}
			if got := before.stands(identity{Plan: "p", Baseline: "b"}, subjects); got != test.stands {
				t.Errorf("the verdict stands: %v, want %v", got, test.stands)
			}
			steps := []Step{{Seq: 1, Attempt: 1, Task: &suite.Task{ID: "a"}}, {Seq: 2, Attempt: 1, Task: &suite.Task{ID: "b"}}}
			done := before.carry(&Design{Steps: steps, subjects: subjects}, time.Now()).arms[baselines.Candidate].done
			if want := test.stands && test.ended.Counts(); !done[baselines.Key{Task: "a", Attempt: 1}] || done[baselines.Key{Task: "b", Attempt: 1}] != want {
				t.Errorf("carried over are %v; want a, and b is %v", done, want)
			}
		})
	}
}

func withTrial(e meter.Entry, id string) meter.Entry {
	e.Trial = id
	return e
}
