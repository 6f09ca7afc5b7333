package compare_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/google/go-cmp/cmp"
)

// attempt adds one attempt to a run.
func attempt(r *baselines.Run, task, number int, ended baselines.Ended, solved bool, usd float64) *baselines.Trial {
	t := baselines.Trial{
		Seq: len(r.Trials) + 1, Task: fmt.Sprintf("task-%02d", task), Attempt: number, Try: 1,
		Ended: ended, Solved: &solved, CostUSD: &baselines.CostUSD{Main: usd},
	}
	r.Trials = append(r.Trials, t)
	return &r.Trials[len(r.Trials)-1]
}

// fill makes every task's attempts: solved tells which solve.
func fill(arm baselines.Arm, tasks, attempts int, solved func(task, attempt int) bool, usd func(task int) float64) *baselines.Run {
	r := emptyRun(arm, tasks)
	for number := 1; number <= attempts; number++ {
		for task := range tasks {
			attempt(r, task, number, baselines.Finished, solved(task, number), usd(task))
		}
	}
	return r
}

func always(int, int) bool            { return true }
func dollar(int) float64              { return 1 }
func below(n int) func(t, _ int) bool { return func(t, _ int) bool { return t < n } }

func TestOneAttemptATaskTakesTango(t *testing.T) {
	baseline := fill(baselines.Baseline, 10, 1, below(8), dollar)
	candidate := fill(baselines.Candidate, 10, 1, below(6), dollar)
	e := compare.Compare(baseline, candidate).Estimates[compare.PassRate]
	// Vector V01a: two of ten pairs lost, none won.
	check(t, "baseline", e.Baseline, 0.8)
	check(t, "candidate", e.Candidate, 0.6)
	check(t, "delta", e.Delta, -0.2)
	check(t, "low", e.Low, -0.45920719)
	check(t, "high", e.High, 0.05553036)
	check(t, "p", e.PWorse, 0.25) // two losses, no win: exactly 1/4
	if e.Method != "tango" || e.Basis != 10 {
		t.Errorf("method %s over %d tasks, want tango over 10", e.Method, e.Basis)
	}
}

func check(t *testing.T, what string, got *float64, want float64) {
	t.Helper()
	if got == nil || math.Abs(*got-want) > 1e-6 {
		t.Errorf("%s is %v, want %v", what, show(got), want)
	}
}

func show(x *float64) string {
	if x == nil {
		return "absent"
	}
	return fmt.Sprint(*x)
}

func TestUnequalAttemptsKeepTheOtherArm(t *testing.T) {
	baseline := fill(baselines.Baseline, 4, 2, always, dollar)
	candidate := fill(baselines.Candidate, 4, 2, always, dollar)
	if e := compare.Compare(baseline, candidate).Estimates[compare.PassRate]; e.Method != "within-task" {
		t.Errorf("method is %s with two attempts everywhere", e.Method)
	}
	candidate.Trials[0].Ended, candidate.Trials[0].Solved = baselines.InfraError, nil
	c := compare.Compare(baseline, candidate)
	e := c.Estimates[compare.PassRate]
	if e.Method != "stratified-mn" {
		t.Errorf("method is %s", e.Method)
	}
	check(t, "delta", e.Delta, 0)
	// The pair of the lost attempt is gone from what is paired.
	if total := c.Estimates[compare.TotalCost]; total.Basis != 7 {
		t.Errorf("%d pairs of costs, want 7", total.Basis)
	}
	if c.Candidate.Infra != 1 || c.Candidate.Attempts != 7 || c.Baseline.Attempts != 8 {
		t.Errorf("candidate %+v, baseline %+v", c.Candidate, c.Baseline)
	}
	// One of the first task's two attempts is lost: (1/2+1+1+1)/4 at worst.
	if diff := cmp.Diff(compare.Sensitivity{Excluded: 1, Worst: 0.875, Best: 1}, c.Candidate.PassRate); diff != "" {
		t.Errorf("sensitivity:\n%s", diff)
	}
}

func TestTasksSayWhereTheMoneyWent(t *testing.T) {
	baseline := fill(baselines.Baseline, 3, 1, below(2), dollar)
	candidate := fill(baselines.Candidate, 3, 1, func(task, _ int) bool { return task != 1 }, func(task int) float64 {
		return []float64{1, 4, 0}[task] // $0, $3 and -$1 changed
	})
	candidate.Trials[1].Ended = baselines.Timeout
	c := compare.Compare(baseline, candidate)
	type row struct {
		Flip  compare.Flip
		Share float64
		Ended map[baselines.Ended]int
	}
	var got []row
	for _, task := range c.Tasks {
		got = append(got, row{task.Flip, *task.ShareOfChange, task.Candidate.Ended})
	}
	want := []row{
		{"", 0, map[baselines.Ended]int{baselines.Finished: 1}},
		{compare.Lost, 0.75, map[baselines.Ended]int{baselines.Timeout: 1}},
		{compare.Won, -0.25, map[baselines.Ended]int{baselines.Finished: 1}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tasks:\n%s", diff)
	}
	if c.UndefinedCostPairs != 1 {
		t.Errorf("%d pairs without a ratio, want the one that cost nothing", c.UndefinedCostPairs)
	}
}

func TestMoneyOfHousekeepingIsNotCompared(t *testing.T) {
	baseline := fill(baselines.Baseline, 6, 1, always, dollar)
	candidate := fill(baselines.Candidate, 6, 1, always, dollar)
	for i := range candidate.Trials {
		candidate.Trials[i].CostUSD.Auxiliary = 100
		candidate.Trials[i].CostUSD.Subagent = 1
	}
	c := compare.Compare(baseline, candidate)
	check(t, "typical cost", c.Estimates[compare.TypicalCost].Ratio, 2)
	check(t, "total cost", c.Estimates[compare.TotalCost].Candidate, 12)
}

func TestOtherTasksOnlyFromThirty(t *testing.T) {
	for _, tasks := range []int{29, 30} {
		c := compare.Compare(
			fill(baselines.Baseline, tasks, 1, below(20), dollar),
			fill(baselines.Candidate, tasks, 1, below(15), dollar))
		if got := c.OtherTasks != nil; got != (tasks >= 30) {
			t.Errorf("%d tasks: a statement on other tasks: %v", tasks, got)
		}
		if said := strings.Contains(texts(c), `{"code":"no_other_tasks","tasks":`); said != (tasks < 30) {
			t.Errorf("%d tasks: warned: %v", tasks, said)
		}
	}
}

// texts are the warnings as the verdict document has them, one a line.
func texts(c *compare.Comparison) string {
	var all []string
	for _, w := range c.Warnings {
		text, err := json.Marshal(w)
		if err != nil {
			panic(err)
		}
		all = append(all, string(text))
	}
	return strings.Join(all, "\n")
}

func TestWarnings(t *testing.T) {
	tests := map[string]struct {
		change func(baseline, candidate *baselines.Run)
		want   string
	}{
		"few attempts": {func(b, c *baselines.Run) {}, `{"code":"few_attempts","count":1,"need":5,"tasks":10,"margin":0.2}`},
		"unknown cost": {func(b, c *baselines.Run) { c.Trials[0].CostUSD = nil }, `{"code":"unknown_cost","arm":"candidate","count":1,"of":10}`},
		"no answer":    {func(b, c *baselines.Run) { c.Trials[0].Solved = nil }, `{"code":"no_answer","arm":"candidate","count":1}`},
		"lost attempt": {func(b, c *baselines.Run) { b.Trials[3].Ended = baselines.InfraError }, `{"code":"missing_tasks","names":["task-03"]}`},
		"another host": {func(b, c *baselines.Run) { c.Header.Host.Arch = "arm64" }, `{"code":"hosts_differ"}`},
		"missed requests": {func(b, c *baselines.Run) {
			b.Trials[0].Flags = []baselines.Flag{baselines.MeterMissed}
		}, `{"code":"meter_missed","arm":"baseline","count":1,"of":10}`},
		"unmatched attempts": {func(b, c *baselines.Run) { attempt(c, 0, 2, baselines.Finished, true, 1) }, `{"code":"unmatched","count":1}`},
		"nothing at all":     {func(b, c *baselines.Run) { c.Trials = nil }, `{"code":"nothing_to_compare"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			baseline := fill(baselines.Baseline, 10, 1, always, dollar)
			candidate := fill(baselines.Candidate, 10, 1, always, dollar)
			test.change(baseline, candidate)
			if got := texts(compare.Compare(baseline, candidate)); !strings.Contains(got, test.want) {
				t.Errorf("warnings are\n%s\nwant %q", got, test.want)
			}
		})
	}
}

// What is explained, such as requests cut by a kill, is no doubt about the
// meter.
func TestExplainedMissesAreNoDoubt(t *testing.T) {
	baseline := fill(baselines.Baseline, 10, 1, always, dollar)
	baseline.Trials[0].Flags = []baselines.Flag{baselines.MeterMissed}
	baseline.Trials[0].Agreement = &baselines.Agreement{Explained: "killed"}
	c := compare.Compare(baseline, fill(baselines.Candidate, 10, 1, always, dollar))
	if c.Baseline.MeterMissed != 0 {
		t.Errorf("%d misses counted", c.Baseline.MeterMissed)
	}
}

// The simulated study found 5, 15 and 45 attempts per task for drops of 20, 10
// and 5 points at ten tasks, 2 and 5 at thirty, 1 and 2 at 89.
func TestAttemptsToSee(t *testing.T) {
	for _, c := range []struct {
		tasks       int
		drop        float64
		least, most int
	}{
		{10, 0.20, 5, 5},
		{10, 0.10, 13, 15},
		{10, 0.05, 40, 47},
		{30, 0.20, 2, 2},
		{30, 0.10, 4, 5},
		{89, 0.20, 1, 1},
		{89, 0.10, 2, 2},
		{0, 0.2, 1, 1},
		{10, 0, 1, 1},
	} {
		if got := compare.AttemptsToSee(c.tasks, c.drop); got < c.least || got > c.most {
			t.Errorf("%d tasks, drop %v: %d attempts, want %d to %d", c.tasks, c.drop, got, c.least, c.most)
		}
	}
	if got := compare.SmallestDropSeen(10, 5); got < 0.19 || got > 0.22 {
		t.Errorf("ten tasks five times show a drop of %v, want about 0.20", got)
	}
}

func ExampleCompare() {
	baseline := fill(baselines.Baseline, 10, 1, below(5), func(int) float64 { return 0.630 })
	candidate := fill(baselines.Candidate, 10, 1, below(8), func(int) float64 { return 0.806 })
	c := compare.Compare(baseline, candidate)

	perSolved, rate := c.Estimates[compare.CostPerSolved], c.Estimates[compare.PassRate]
	fmt.Printf("$%.2f -> $%.2f per solved task\n", *perSolved.Baseline, *perSolved.Candidate)
	fmt.Printf("%+.0f points, %+.0f to %+.0f\n", 100**rate.Delta, 100**rate.Low, 100**rate.High)
	few := c.Warnings[0]
	fmt.Printf("%s: %d, needs %d\n", few.Code, few.Count, few.Need)
	// Output:
	// $1.26 -> $1.01 per solved task
	// +30 points, +2 to +56
	// few_attempts: 1, needs 5
}

// Reference values from outside: tables and closed forms.
func TestDistributions(t *testing.T) {
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"Φ(1.96)", compare.NormalCDF(1.96), 0.9750021048517795},
		{"z of 0.95", compare.NormalQuantile(0.95), 1.6448536269514722},
		// I_x(1, b) = 1-(1-x)^b and I_x(a, 1) = x^a.
		{"I_0.3(1, 4)", compare.BetaCDF(0.3, 1, 4), 1 - math.Pow(0.7, 4)},
		{"I_0.3(5, 1)", compare.BetaCDF(0.3, 5, 1), math.Pow(0.3, 5)},
		// I_x(2, 3) = P(Bin(4, x) >= 2) = 0.5248 at x = 0.4.
		{"I_0.4(2, 3)", compare.BetaCDF(0.4, 2, 3), 0.5248},
		{"I_0.5(0.09, 0.09)", compare.BetaCDF(0.5, 0.09, 0.09), 0.5},
		{"I_0", compare.BetaCDF(0, 2, 3), 0},
		{"I_1", compare.BetaCDF(1, 2, 3), 1},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s = %.15g, want %.15g", c.what, c.got, c.want)
		}
	}
}
