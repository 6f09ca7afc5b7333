package run

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// dearNight is a run of three tasks whose stored baseline cost a cent an attempt,
// in a night in which every attempt of both variants costs ten.
func dearNight(t *testing.T, limits string) Options {
	t.Helper()
	o := cheapSuite(t, tenCents(t), limits, "one", "two", "three")
	o.Config.From = "stored"
	o.Config.Gate.PassRateMaxDrop = new(0.9)
	live := o
	config := *o.Config
	config.From, live.Config = "live", &config
	live.Now = o.Now
	storeBaseline(t, live, 5, 0.01, func(h *baselines.Header) { h.Created = o.Now() })
	return o
}

// Ctrl-C among the live pairs keeps what finished; the next run makes no trial of
// the candidate again and no whole pair, but a pair of which one half is missing.
func TestAnInterruptedConfirmationGoesOn(t *testing.T) {
	o := dearNight(t, "{attempts: 5, usd: 10, workers: 1}")
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	confirming := false
	o.Notice = func(text string) { confirming = confirming || strings.Contains(text, "one live pair") }
	o.Progress = func(p Progress) {
		if confirming && p.Done == 3 {
			interrupt()
		}
	}
	if _, err := Run(ctx, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("the error is %v, want that it was interrupted", err)
	}
	first, _ := filepath.Glob(filepath.Join(o.RunsDir, "*"))
	if _, err := os.Stat(filepath.Join(first[0], verdictFile)); err == nil {
		t.Error("an interrupted run left a verdict")
	}
	before, err := readPairs(first[0])
	if err != nil || len(before[baselines.Baseline].Trials)+len(before[baselines.Candidate].Trials) != 3 {
		t.Fatalf("the pairs kept are %+v, %v; want three halves", before, err)
	}

	made := 0
	o.Notice = func(string) {}
	o.Progress = func(p Progress) {
		if made++; p.Planned != 4 {
			t.Errorf("trial %d of %d (%s, %s #%d) is made", p.Done, p.Planned, p.Arm, p.Task, p.Attempt)
		}
	}
	result, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if c := result.Verdict.Confirm; c == nil || c.State != gate.Refuted || c.Tasks != 3 || made != 8 {
		t.Errorf("confirm is %+v after %d starts and ends of trials, want refuted by three pairs after 8", c, made)
	}
	if got := billed(t, result.Dir); got != 6 {
		t.Errorf("the ledger has %d requests of live pairs, want those of all six halves", got)
	}
	// The first pair is the one that was measured before.
	after, err := readPairs(result.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for arm, r := range after {
		if got, want := r.Counted()[0], before[arm].Counted()[0]; !cmp.Equal(got, want) {
			t.Errorf("the %s's first half was made again: %+v, was %+v", arm, got, want)
		}
	}
}

// billed counts the answered requests of live pairs.
func billed(t *testing.T, dir string) int {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, site.LedgerFile))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ledger, err := meter.ReadLedger(f, f.Name())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range ledger {
		if e.Kind == meter.Finished && strings.Contains(e.Trial, "/confirm-") {
			n++
		}
	}
	return n
}

// Pairs that looked affordable may not be: the stored baseline was cheap. The
// regression stands, and with more money the next run measures the rest.
func TestAConfirmationThatRunsOutOfMoney(t *testing.T) {
	o := dearNight(t, "{attempts: 5, usd: 1.05, workers: 1}")
	result, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	c := result.Verdict.Confirm
	if result.Verdict.Outcome != gate.Regression || c == nil || c.State != gate.Unconfirmed || c.Why.Code != gate.NoMoneyLeft {
		t.Fatalf("%s, confirm %+v; want a regression that is unconfirmed for want of money", result.Verdict.Outcome, c)
	}
	if again, err := Run(t.Context(), o); err != nil || !again.Reused {
		t.Errorf("with as much money it was measured again (%v)", err)
	}
	o.Config.Limits.USD = new(10.0)
	result, err = Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if c := result.Verdict.Confirm; result.Reused || result.Verdict.Outcome != gate.Inconclusive || c.State != gate.Refuted || c.Tasks != 3 {
		t.Errorf("with more money: %s, confirm %+v; want it refuted", result.Verdict.Outcome, c)
	}
}

// A run may do what an earlier one could not: then that one's verdict is not the
// last word.
func TestWhichConfirmationsGoOn(t *testing.T) {
	five, six := 5.0, 6.0
	for name, test := range map[string]struct {
		confirm *gate.Confirmation
		usd     *float64
		want    bool
	}{
		"none was asked for":       {nil, nil, false},
		"confirmed":                {&gate.Confirmation{State: gate.Confirmed}, nil, false},
		"refuted":                  {&gate.Confirmation{State: gate.Refuted}, nil, false},
		"no money, as before":      {unconfirmedFor(compare.Fact{Code: gate.NoMoneyLeft, Margin: &five}), &five, false},
		"no money, more now":       {unconfirmedFor(compare.Fact{Code: gate.NoMoneyLeft, Margin: &five}), &six, true},
		"no money, no limit now":   {unconfirmedFor(compare.Fact{Code: gate.NoMoneyLeft, Margin: &five}), nil, true},
		"no requests, no limit":    {unconfirmedFor(compare.Fact{Code: gate.NoRequestsLeft, Of: 50}), nil, true},
		"something broke":          {unconfirmedFor(compare.Fact{Code: gate.PairsMissing}), &five, true},
		"the agent was not to get": {unconfirmedFor(compare.Fact{Code: gate.PairsNotStarted}), &five, true},
		"the model is gone":        {unconfirmedFor(compare.Fact{Code: gate.ModelGone}), nil, false},
		"recordings":               {unconfirmedFor(compare.Fact{Code: gate.OnlyReplayed}), nil, false},
	} {
		e := &earlier{verdict: &gate.Verdict{Outcome: gate.Regression, Confirm: test.confirm}}
		if got := e.goesOn(config.Limits{USD: test.usd}); got != test.want {
			t.Errorf("%s: goes on %v, want %v", name, got, test.want)
		}
	}
	e := &earlier{verdict: &gate.Verdict{Outcome: gate.Regression, Confirm: unconfirmedFor(compare.Fact{Code: gate.NoRequestsLeft, Of: 50})}}
	for limit, want := range map[int]bool{0: true, 49: false, 50: false, 51: true} {
		if got := e.goesOn(config.Limits{Requests: limit}); got != want {
			t.Errorf("after 50 requests, with a limit of %d: goes on %v, want %v", limit, got, want)
		}
	}
}

func unconfirmedFor(why compare.Fact) *gate.Confirmation {
	return &gate.Confirmation{State: gate.Unconfirmed, Why: &why}
}

// A recording of the night before is no attempt of tonight.
func TestRecordingsConfirmNothing(t *testing.T) {
	p := &plan{design: &Design{subjects: map[baselines.Arm]trial.Subject{baselines.Baseline: {Recordings: "recordings/model-a"}}}}
	if why := p.cannotConfirm(nil); why == nil || why.Code != gate.OnlyReplayed {
		t.Errorf("live pairs of a replayed variant: %v, want none", why)
	}
}

// What a pair will cost is the task's own mean, or that of all tasks where it has
// none: broken and priceless tries say nothing.
func TestWhatLivePairsWillCost(t *testing.T) {
	try := func(task string, attempt int, ended baselines.Ended, usd *float64) baselines.Trial {
		t := baselines.Trial{Task: task, Attempt: attempt, Try: 1, Ended: ended}
		if usd != nil {
			t.CostUSD = &baselines.CostUSD{Main: *usd}
		}
		return t
	}
	r := &baselines.Run{Trials: []baselines.Trial{
		try("cheap", 1, baselines.Finished, new(1.0)), try("cheap", 2, baselines.Finished, new(2.0)),
		try("dear", 1, baselines.Timeout, new(6.0)), try("unknown", 1, baselines.Finished, nil),
		try("dear", 2, baselines.Cancelled, new(50.0)),
	}}
	var steps []Step
	for _, id := range []string{"cheap", "dear", "unknown"} {
		steps = append(steps, Step{Task: &suite.Task{ID: id}})
	}
	if got := expected(r, steps); got != 1.5+6+3 {
		t.Errorf("$%v is expected, want $10.5", got)
	}
}
