package config_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/config"
)

func TestLinesOfKeys(t *testing.T) {
	const text = "suite: {name: a, tasks: [{path: t}]}\ngate:\n  alpha: 2\n  pass_rate:\n    max_drop: 0.2\n  nonsense: 1\n"
	keys := []string{"gate.pass_rate.max_drop", "gate.typical_cost.max_ratio", "gate.alpha", "candidate"}
	want := map[string]int{"gate.pass_rate.max_drop": 5, "gate.typical_cost.max_ratio": 2, "gate.alpha": 3, "candidate": 1}
	if diff := cmp.Diff(want, config.Lines([]byte(text), keys...)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, broken := range []string{"", "a: [", "- list\n", "\x00"} {
		if got := config.Lines([]byte(broken), "gate")["gate"]; got != 1 {
			t.Errorf("%q: line %d", broken, got)
		}
	}
}
