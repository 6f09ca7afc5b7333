package gate

import (
	"fmt"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
)

// madeNight is one with ten tasks, of which so many are solved.
func madeNight(n, solved int, usd float64) *baselines.Run {
	r := &baselines.Run{Header: simulatedHeader(10, 1)}
	r.Header.ID = fmt.Sprintf("n%d", n)
	r.Header.Created = time.Date(2026, 9, n, 3, 0, 0, 0, time.UTC)
	r.Header.Variant = baselines.Variant{Name: "fable", Agent: baselines.Agent{Name: "claude-code", Version: "2.1.330"}, Model: "claude-fable-5"}
	r.Header.Host = baselines.Host{OS: "linux", Arch: "amd64", CPUs: 4, MemoryBytes: 16 << 30, Engine: "docker 28.5"}
	for i, task := range r.Header.Suite.Tasks {
		is := (i+n)%10 < solved
		r.Trials = append(r.Trials, baselines.Trial{
			Seq: i + 1, Task: task.ID, Attempt: 1, Try: 1, Ended: baselines.Finished, Solved: &is, CostUSD: &baselines.CostUSD{Main: usd * (1 + float64((i*n)%3)/20)},
		})
	}
	return r
}

func madeNights(from, to, solved int, usd float64) []*baselines.Run {
	var out []*baselines.Run
	for n := from; n <= to; n++ {
		out = append(out, madeNight(n, solved, usd))
	}
	return out
}

func TestADropIsFoundSaysSinceWhenAndEnds(t *testing.T) {
	nights := append(madeNights(1, 20, 8, 0.2), madeNights(21, 25, 4, 0.2)...)
	nights[20].Header.Variant.Agent.Version = "2.1.331"
	for _, n := range nights[21:] {
		n.Header.Variant.Agent.Version = "2.1.331"
	}
	if calm := WatchDrift(nights[:20], 10); calm.State != DriftSteady || calm.ExitCode != 0 || len(calm.Alarms) != 0 || *calm.PassRate.Delta != 0 {
		t.Errorf("before: %+v", calm)
	}
	r := WatchDrift(nights, 10)
	if r.State != DriftFound || r.ExitCode != 1 || !r.PassRate.Alarm || r.Cost.Alarm {
		t.Fatalf("after: %+v", r)
	}
	if s := r.PassRate.Since; s == nil || s.Night != "n21" || s.Nights != 5 {
		t.Errorf("since %+v, want n21, five nights", s)
	}
	if d := *r.PassRate.Delta; d < -0.401 || d > -0.399 {
		t.Errorf("the pass rate changed by %v, want -0.4", d)
	}
	want := DriftChange{Night: "n21", Key: "variant.agent.version", Before: "2.1.330", After: "2.1.331"}
	if len(r.Changes) != 1 || r.Changes[0] != want {
		t.Errorf("changes: %+v", r.Changes)
	}
	r = WatchDrift(append(nights, madeNights(26, 29, 8, 0.2)...), 10)
	if r.State != DriftSteady || len(r.Alarms) != 1 || r.Alarms[0].Since != "n21" || r.Alarms[0].Ended == "" {
		t.Errorf("when it is as before: %s, %+v", r.State, r.Alarms)
	}
}

func TestDearerNightsAreFound(t *testing.T) {
	r := WatchDrift(append(madeNights(1, 14, 8, 0.2), madeNights(15, 17, 8, 0.26)...), 10)
	if r.PassRate.Alarm || !r.Cost.Alarm || r.Cost.Since.Night != "n15" {
		t.Fatalf("%+v", r.Cost)
	}
	if x := *r.Cost.Ratio; x < 1.28 || x > 1.32 {
		t.Errorf("costs changed by %v, want about 1.3", x)
	}
	// One trial that runs away is no drift.
	nights := madeNights(1, 17, 8, 0.2)
	nights[15].Trials[3].CostUSD.Main = 20
	if r := WatchDrift(nights, 10); r.State != DriftSteady {
		t.Errorf("one runaway: %+v", r.Cost)
	}
}

func TestTooFewNightsSaySo(t *testing.T) {
	for n := 1; n <= 10; n++ {
		if r := WatchDrift(madeNights(1, n, 8, 0.2), 10); r.State != DriftLearning || r.ExitCode != 5 || len(r.Nights) != n {
			t.Errorf("%d nights: %+v", n, r)
		}
	}
}

// Costs that nobody knows are no alarm and no zero.
func TestNightsWithoutCosts(t *testing.T) {
	nights := madeNights(1, 14, 8, 0.2)
	for _, n := range nights {
		for i := range n.Trials {
			n.Trials[i].CostUSD = nil
		}
	}
	r := WatchDrift(nights, 10)
	if r.State != DriftSteady || r.Cost.Before != nil || r.Cost.Ratio != nil || r.Nights[12].CostUSD != nil {
		t.Errorf("%+v", r.Cost)
	}
}

func TestWhatMakesASeries(t *testing.T) {
	a := madeNight(1, 8, 1).Header
	for name, c := range map[string]struct {
		change func(*baselines.Header)
		same   bool
	}{
		"another version": {func(h *baselines.Header) { h.Variant.Agent.Version = "3" }, true},
		"another machine": {func(h *baselines.Header) { h.Host.CPUs = 2 }, true},
		"another lock":    {func(h *baselines.Header) { h.Suite.Digest = "sha256:other" }, true},
		"another model":   {func(h *baselines.Header) { h.Variant.Model = "claude-opus-5" }, false},
		"another agent":   {func(h *baselines.Header) { h.Variant.Agent.Name = "codex" }, false},
		"another effort":  {func(h *baselines.Header) { h.Variant.Settings.Effort = "high" }, false},
		"a task fewer":    {func(h *baselines.Header) { h.Suite.Tasks = h.Suite.Tasks[1:] }, false},
		"tasks in another order": {func(h *baselines.Header) {
			h.Suite.Tasks = append(append([]baselines.Task{}, h.Suite.Tasks[1:]...), h.Suite.Tasks[0])
		}, true},
	} {
		b := madeNight(2, 8, 1).Header
		c.change(&b)
		if SameSeries(a, b) != c.same {
			t.Errorf("%s: the same series is %v", name, !c.same)
		}
	}
}
