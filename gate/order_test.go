package gate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/google/go-cmp/cmp"
)

// Four tasks: a always passes, b as well and is twenty times as cheap, c is
// uncertain, d never passes. The cheap one tells most per dollar, the hopeless one
// least; none is left out, and none comes twice before all came once.
func TestOrder(t *testing.T) {
	baseline := func(attempts int) *baselines.Run {
		letters := all(4, strings.Repeat("s", attempts)).but("sffsf"[:attempts], 2).but("fffff"[:attempts], 3)
		return run(baselines.Baseline, "old", letters, func(task, _ int) float64 { return []float64{1, 0.05, 1, 1}[task] })
	}
	tests := map[string]struct {
		mode     gate.Mode
		stored   int // attempts a task
		attempts int
		begun    string
		want     string
	}{
		"informed: the cheap one again and again": {gate.Auto, 5, 3, "", "b1 a1 c1 d1 b2 b3 a2 c2 a3 c3 d2 d3"},
		"informed, once":                          {gate.Auto, 5, 1, "", "b1 a1 c1 d1"},
		"strict goes in rounds":                   {gate.Strict, 5, 3, "", "b1 a1 c1 d1 b2 a2 c2 d2 b3 a3 c3 d3"},
		"so does fixed":                           {gate.Fixed, 5, 2, "", "b1 a1 c1 d1 b2 a2 c2 d2"},
		"and what is strict for want of attempts": {gate.Auto, 2, 2, "", "b1 a1 c1 d1 b2 a2 c2 d2"},

		"more attempts than begun":  {gate.Auto, 5, 3, "b1 a1 c1 d1 b2 a2 c2 d2", "b1 a1 c1 d1 b2 a2 c2 d2 b3 a3 c3 d3"},
		"fewer attempts than begun": {gate.Auto, 5, 2, "b1 a1 c1 d1 b2 b3 a2 c2 a3 c3 d2 d3", "b1 a1 c1 d1 b2 a2 c2 d2"},
		"as many as begun":          {gate.Auto, 5, 2, "d1 c1 b1 a1 d2 c2 b2 a2", "d1 c1 b1 a1 d2 c2 b2 a2"},
		"begun with other tasks":    {gate.Auto, 5, 1, "z1 d1", "d1 b1 a1 c1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stored, p := baseline(test.stored), gate.DefaultPolicy(4)
			p.Mode = test.mode
			for seed := range uint64(3) {
				order := gate.Order(p, stored, stored.Header.Suite, test.attempts, seed, keys(test.begun))
				if got := letters(order); got != test.want {
					t.Errorf("order is %s, want %s", got, test.want)
				}
			}
		})
	}
}

// keys reads "b1 a2": the second attempt at the first task behind the first at
// the second.
func keys(text string) (out []baselines.Key) {
	for _, word := range strings.Fields(text) {
		out = append(out, baselines.Key{Task: taskID(int(word[0] - 'a')), Attempt: int(word[1] - '0')})
	}
	return out
}

func letters(order []baselines.Key) string {
	var words []string
	for _, k := range order {
		for task := range 26 {
			if k.Task == taskID(task) {
				words = append(words, fmt.Sprintf("%c%d", 'a'+task, k.Attempt))
			}
		}
	}
	return strings.Join(words, " ")
}

// A verdict may come inside the first round of a large suite: its first trials
// must be a fair sample of the tasks, whatever they cost.
func TestTheFirstRoundOfALargeSuiteIsRandom(t *testing.T) {
	stored := run(baselines.Baseline, "old", all(40, "sssss"), func(task, _ int) float64 { return float64(task + 1) })
	order := func(stored *baselines.Run, seed uint64) []baselines.Key {
		return gate.Order(gate.DefaultPolicy(40), stored, header(baselines.Candidate, "new", 40, 2).Suite, 2, seed, nil)
	}
	for name, baseline := range map[string]*baselines.Run{"stored": stored, "live": nil} {
		one, other := order(baseline, 1), order(baseline, 2)
		if diff := cmp.Diff(one, order(baseline, 1)); diff != "" {
			t.Errorf("%s: the same seed gives another order:\n%s", name, diff)
		}
		if cmp.Equal(one[:40], other[:40]) || slices.ContainsFunc(one[:40], func(k baselines.Key) bool { return k.Attempt != 1 }) {
			t.Errorf("%s: the first round is not a random one of all tasks: %v", name, one[:40])
		}
		if same := cmp.Equal(one[40:], other[40:]); same != (baseline != nil) {
			t.Errorf("%s: the second attempts of two seeds have the same order: %v", name, same)
		}
	}
}
