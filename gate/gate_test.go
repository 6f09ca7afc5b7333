package gate_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/google/go-cmp/cmp"
)

// usual is a suite of ten tasks in five attempts: most pass always, one is
// flaky, two never pass.
var usual = all(10, "sssss").but("sfssf", 7).but("fffff", 8, 9)

func policy(mode gate.Mode) gate.Policy {
	p := gate.DefaultPolicy(10)
	p.Mode = mode
	return p
}

func TestSequentialVerdicts(t *testing.T) {
	tests := map[string]struct {
		mode     gate.Mode
		baseline outcomes
		change   outcomes
		cost     func(task, attempt int) float64
		want     gate.Outcome
		mostUsed int
		says     string // part of [said]
	}{
		"informed: nothing changed":    {gate.Informed, usual, usual, costing(1, 2), gate.Pass, 25, "pass_rate: no_worse margin_ruled_out"},
		"informed: three tasks broke":  {gate.Informed, usual, usual.but("fffff", 0, 1, 2), costing(1, 2), gate.Regression, 10, "pass_rate: worse worse"},
		"informed: twice the price":    {gate.Informed, usual, usual, costing(2, 2), gate.Regression, 12, "typical_cost: worse worse"},
		"informed: a flaky task flaps": {gate.Informed, usual, usual.but("fsfss", 7), costing(1, 2), gate.Pass, 30, ""},
		"strict: nothing changed":      {gate.Strict, usual, usual, costing(1, 2), gate.Pass, 20, `{"code":"not_adjusted",`},
		"strict: three tasks broke":    {gate.Strict, usual, usual.but("fffff", 0, 1, 2), costing(1, 2), gate.Regression, 30, ""},
		"informed: four tasks, all solved": {
			gate.Informed, all(4, "sssss"), all(4, "sssss"), costing(1, 2), gate.Pass, 20, "",
		},
		"auto with a thin baseline is strict": {gate.Auto, all(10, "ss"), all(10, "ff"), costing(1, 2), gate.Regression, 10, ""},
		"informed: without costs no pass":     {gate.Informed, usual, usual, nil, gate.Inconclusive, 25, `typical_cost: not_measured not_judged {"code":"unknown_cost"`},
		"informed: every trial broken":        {gate.Informed, usual, all(10, "iiiii"), costing(1, 2), gate.NotMeasured, 0, `held: {"code":"infra_took_all","arm":"candidate","count":50}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			baseCost := costing(1, 1)
			if test.cost == nil {
				baseCost = nil
			}
			v := replayed(policy(test.mode),
				run(baselines.Baseline, "old", test.baseline, baseCost),
				run(baselines.Candidate, "new", test.change, test.cost))
			if v.Outcome != test.want || v.TrialsUsed > test.mostUsed {
				t.Errorf("verdict is %s after %d trials, want %s after %d at most\n%s", v.Outcome, v.TrialsUsed, test.want, test.mostUsed, written(t, v))
			}
			if got := said(v); !strings.Contains(got, test.says) {
				t.Errorf("the document says\n%s\nwant it to say %s", got, test.says)
			}
			if early := v.TrialsUsed > 0 && v.TrialsUsed < v.TrialsPlanned; v.StoppedEarly != early {
				t.Errorf("stopped early: %v, want %v", v.StoppedEarly, early)
			}
		})
	}
}

// A live gate gets trials as they finish, a replay has them all. Both must say
// the same, word for word, whatever finishes first.
func TestAnyOrderOfFinishingGivesTheSameVerdict(t *testing.T) {
	candidates := map[string]*baselines.Run{
		"unchanged": run(baselines.Candidate, "new", usual, costing(1, 2)),
		"broken":    run(baselines.Candidate, "new", usual.but("fffff", 0, 1, 2), costing(1.1, 2)),
		"doubtful":  run(baselines.Candidate, "new", usual.but("sfsfs", 0, 1), costing(1.2, 2)),
		"dearer":    run(baselines.Candidate, "new", usual, costing(1.6, 2)),
	}
	baseline := run(baselines.Baseline, "old", usual, costing(1, 1))
	for name, candidate := range candidates {
		for _, mode := range []gate.Mode{gate.Informed, gate.Strict, gate.Fixed} {
			want := replayed(policy(mode), baseline, candidate)
			for seed := range uint64(5) {
				g := open(t, policy(mode), baseline, candidate.Header)
				for _, i := range rand.New(rand.NewPCG(seed, 0)).Perm(len(candidate.Trials)) {
					g.Add(candidate.Trials[i])
				}
				got := g.Verdict()
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("%s, %s: a live gate and the replay differ:\n%s", name, mode, diff)
				}
			}
		}
	}
}

func open(t *testing.T, p gate.Policy, baseline *baselines.Run, candidate baselines.Header) *gate.Gate {
	t.Helper()
	g, err := gate.Open(p, baseline, candidate)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// A live baseline's trials finish in any order, too. Whatever the order, they
// enter the statistics by their place in the plan, and the document is one.
func TestAnyOrderOfBothArmsGivesTheSameDocument(t *testing.T) {
	candidates := map[string]outcomes{
		"unchanged": usual,
		"broken":    usual.but("fffff", 0, 1, 2, 3),
		"doubtful":  usual.but("sfsfs", 0, 1),
		"errors":    usual.but("sisss", 0).but("ssiss", 1),
	}
	for name, letters := range candidates {
		for _, mode := range []gate.Mode{gate.Strict, gate.Fixed} {
			baseline := run(baselines.Baseline, "old", usual.but("ssfff", 2).but("sisss", 3), costing(1, 1))
			candidate := run(baselines.Candidate, "new", letters, costing(1, 2))
			baseline.Header.Plan, candidate.Header.Plan = "sha256:one", "sha256:one"
			want := replayed(policy(mode), baseline, candidate)
			for seed := range uint64(5) {
				g := open(t, policy(mode), &baselines.Run{Header: baseline.Header}, candidate.Header)
				for _, i := range rand.New(rand.NewPCG(seed, 0)).Perm(2 * len(candidate.Trials)) {
					if n := len(candidate.Trials); i < n {
						g.Add(candidate.Trials[i])
					} else {
						g.AddBaseline(baseline.Trials[i-n])
					}
				}
				if diff := cmp.Diff(want, g.Verdict()); diff != "" {
					t.Fatalf("%s, %s, order %d: a live gate and the replay differ:\n%s", name, mode, seed, diff)
				}
			}
		}
	}
}

// What a live baseline did beyond the verdict is in no number.
func TestALiveBaselineIsReadToTheVerdictOnly(t *testing.T) {
	baseline := run(baselines.Baseline, "old", usual, costing(1, 1))
	candidate := run(baselines.Candidate, "new", usual.but("fffff", 0, 1, 2, 3), costing(1, 2))
	baseline.Header.Plan, candidate.Header.Plan = "sha256:one", "sha256:one"
	v := replayed(policy(gate.Strict), baseline, candidate)
	attempts := 0
	for _, task := range v.Tasks {
		attempts += task.Baseline.Attempts
	}
	if !v.StoppedEarly || attempts != v.TrialsUsed {
		t.Errorf("%s on %d attempts of the baseline and %d of the candidate, want as many and fewer than planned", v.Outcome, attempts, v.TrialsUsed)
	}
}

// Later trials are looked at only when all earlier ones are in.
func TestTrialsWaitForTheirTurn(t *testing.T) {
	baseline := run(baselines.Baseline, "old", usual, costing(1, 1))
	candidate := run(baselines.Candidate, "new", usual.but("fffff", 0, 1, 2), costing(1, 2))
	g := open(t, policy(gate.Informed), baseline, candidate.Header)
	for _, trial := range candidate.Trials[1:] {
		g.Add(trial)
	}
	if g.Stands() || g.Used() != 0 {
		t.Fatalf("decided on %d trials while the first was running", g.Used())
	}
	if v := g.Verdict(); v.Outcome != gate.NotMeasured {
		t.Errorf("verdict on nothing is %s", v.Outcome)
	}
	g.Add(candidate.Trials[0])
	if !g.Stands() || g.Verdict().Outcome != gate.Regression {
		t.Errorf("with the first trial in: %s", g.Verdict().Outcome)
	}
}

func TestAVerdictOnceGivenDoesNotChange(t *testing.T) {
	baseline := run(baselines.Baseline, "old", usual, costing(1, 1))
	candidate := run(baselines.Candidate, "new", usual, costing(1, 2))
	g := open(t, policy(gate.Informed), baseline, candidate.Header)
	next := 0
	for ; !g.Stands(); next++ {
		g.Add(candidate.Trials[next])
	}
	before := g.Verdict()
	for _, trial := range candidate.Trials[next:] {
		no := false
		trial.Solved = &no
		g.Add(trial)
	}
	after := g.Verdict()
	if *after.USDUsed <= *before.USDUsed {
		t.Errorf("trials beyond the verdict are not in the bill: $%v", *after.USDUsed)
	}
	if before.USDSaved == nil || after.USDSaved != nil {
		t.Errorf("saved are $%v and, once all trials were made, $%v", before.USDSaved, after.USDSaved)
	}
	after.USDUsed, after.USDSaved = before.USDUsed, before.USDSaved
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("later trials changed the verdict:\n%s", diff)
	}
}

// After an inconclusive stop the same process goes on: it is not restarted.
func TestAnInconclusiveRunContinues(t *testing.T) {
	baseline := run(baselines.Baseline, "old", usual, costing(1, 1))
	candidate := run(baselines.Candidate, "new", usual, costing(1, 2))
	whole := replayed(policy(gate.Informed), baseline, left(policy(gate.Informed), baseline, candidate, 0))

	part := *candidate
	part.Trials = candidate.Trials[:12]
	first := replayed(policy(gate.Informed), baseline, &part)
	if first.Outcome != gate.Inconclusive || first.Settle == nil || first.Settle.By != gate.ByPlannedTrials || first.Settle.Trials != 38 {
		t.Fatalf("after 12 trials: %s, %q", first.Outcome, said(first))
	}
	g := open(t, policy(gate.Informed), baseline, candidate.Header)
	for _, trial := range candidate.Trials[:12] {
		g.Add(trial)
	}
	for _, trial := range candidate.Trials[12:] {
		if g.Add(trial); g.Stands() {
			break
		}
	}
	if diff := cmp.Diff(whole, g.Verdict()); diff != "" {
		t.Errorf("a continued run differs:\n%s", diff)
	}
}

// A live baseline: the trials of both arms come adjacent, in any order.
func TestLiveBaselineIsStrict(t *testing.T) {
	baseline := run(baselines.Baseline, "old", usual, costing(1, 1))
	candidate := run(baselines.Candidate, "new", usual.but("fffff", 0, 1, 2, 3), costing(1, 2))
	baseline.Header.Plan, candidate.Header.Plan = "sha256:one", "sha256:one"
	want := replayed(policy(gate.Auto), baseline, candidate)
	if want.Mode != gate.Strict || want.Outcome != gate.Regression {
		t.Fatalf("two runs of one plan: %s, %s", want.Mode, want.Outcome)
	}

	g := open(t, policy(gate.Auto), &baselines.Run{Header: baseline.Header}, candidate.Header)
	for i := range candidate.Trials {
		g.Add(candidate.Trials[i])
		if g.Used() != i && !g.Stands() {
			t.Fatalf("candidate trial %d was used before its pair", i+1)
		}
		g.AddBaseline(baseline.Trials[i])
	}
	got := g.Verdict()
	if got.Outcome != want.Outcome || got.TrialsUsed != want.TrialsUsed {
		t.Errorf("live: %s after %d trials; replayed: %s after %d", got.Outcome, got.TrialsUsed, want.Outcome, want.TrialsUsed)
	}
}

// What was in flight when the verdict stood was paid for, whether it came to
// its end or was cancelled. Saved is only what was never made.
func TestTheBillOfAReplay(t *testing.T) {
	dollar := func(task, attempt int) float64 { return 1 + float64(task%3)/1000*float64(attempt) }
	baseline := run(baselines.Baseline, "old", usual, dollar)
	candidate := run(baselines.Candidate, "new", usual.but("fffff", 0, 1, 2), dollar)
	// The second trial broke once before: its money was spent all the same.
	broken := candidate.Trials[1]
	broken.Ended, broken.Solved, broken.CostUSD = baselines.InfraError, nil, &baselines.CostUSD{Main: 0.5}
	candidate.Trials[1].Try = 2
	cancelled := candidate.Trials[11]
	cancelled.Ended, cancelled.Solved, cancelled.CostUSD = baselines.Cancelled, nil, &baselines.CostUSD{Main: 0.25}

	for _, test := range []struct {
		name        string
		inFlight    int
		more        []baselines.Trial
		used, saved float64
	}{
		{"nothing was in flight", 0, nil, 10.5, 40},
		{"one trial came to its end", 1, nil, 11.5, 39},
		{"another was cancelled", 1, []baselines.Trial{cancelled}, 11.75, 38.75},
		{"no trial was left to stop", 40, nil, 50.6, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := left(policy(gate.Informed), baseline, candidate, test.inFlight)
			file.Trials = slices.Concat(file.Trials, []baselines.Trial{broken}, test.more)
			v := replayed(policy(gate.Informed), baseline, file)
			if v.TrialsUsed != 10 || v.TrialsPlanned != 50 {
				t.Errorf("used %d of %d trials, want 10 of 50", v.TrialsUsed, v.TrialsPlanned)
			}
			within(t, "dollars used", *v.USDUsed, test.used)
			switch {
			case test.saved > 0:
				within(t, "dollars saved", *v.USDSaved, test.saved)
			case v.USDSaved != nil:
				t.Errorf("$%v are saved of a run that made all its trials", *v.USDSaved)
			}
		})
	}
}

func within(t *testing.T, what string, got, want float64) {
	t.Helper()
	if got < want-0.1 || got > want+0.1 {
		t.Errorf("%s: %.2f, want about %.2f", what, got, want)
	}
}

func TestModes(t *testing.T) {
	tests := map[string]struct {
		asked    gate.Mode
		attempts string // of the stored baseline
		want     gate.Mode
		warning  string
	}{
		"auto, five attempts":      {gate.Auto, "sssss", gate.Informed, ""},
		"auto, three attempts":     {gate.Auto, "sss", gate.Informed, `{"code":"few_baseline","count":3,"need":5}`},
		"auto, two attempts":       {gate.Auto, "ss", gate.Strict, ""},
		"informed, two attempts":   {gate.Informed, "ss", gate.Strict, `{"code":"few_for_informed","count":2,"need":3}`},
		"strict, five attempts":    {gate.Strict, "sssss", gate.Strict, ""},
		"fixed, five attempts":     {gate.Fixed, "sssss", gate.Fixed, ""},
		"nothing said":             {"", "sssss", gate.Informed, ""},
		"informed, live":           {gate.Informed, "", gate.Strict, `{"code":"live_not_informed"}`},
		"auto, live":               {gate.Auto, "", gate.Strict, ""},
		"lost attempts are no use": {gate.Auto, "ssiii", gate.Strict, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			candidate := header(baselines.Candidate, "new", 10, 5)
			g := open(t, policy(test.asked), run(baselines.Baseline, "old", all(10, test.attempts), costing(1, 1)), candidate)
			if g.Mode() != test.want {
				t.Errorf("mode is %s, want %s", g.Mode(), test.want)
			}
			if warnings := said(g.Verdict()); !strings.Contains(warnings, test.warning) {
				t.Errorf("warnings are %q, want %q", warnings, test.warning)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	baseline := run(baselines.Baseline, "old", usual, costing(1, 1))
	candidate := header(baselines.Candidate, "new", 10, 5)

	wrong := policy("eager")
	wrong.PassRateMaxDrop, wrong.Alpha, wrong.TypicalCostMaxRatio = 0, 2, 0.9
	_, err := gate.Open(wrong, baseline, candidate)
	for _, part := range []string{"mode", "max_drop", "alpha", "max_ratio"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error is %v, want it to name %s", err, part)
		}
	}
	if v := gate.Decide(wrong, baseline, run(baselines.Candidate, "new", usual, nil)); v.Outcome != gate.NotMeasured {
		t.Errorf("an invalid policy gives %s", v.Outcome)
	}

	candidate.Limits.CPUs = 16
	if _, err := gate.Open(policy(gate.Auto), baseline, candidate); !errors.Is(err, gate.ErrIncomparable) || !strings.Contains(err.Error(), "limits.cpus") {
		t.Errorf("error is %v, want ErrIncomparable with the key", err)
	}
}
