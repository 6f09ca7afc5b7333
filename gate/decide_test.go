package gate_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
)

func TestFixedVerdicts(t *testing.T) {
	const tasks = 10
	usual := all(tasks, "sssss").but("fffff", 8, 9)
	same := costing(1, 2)
	tests := map[string]struct {
		baseline, candidate outcomes
		cost                func(task, attempt int) float64
		policy              func(*gate.Policy)
		want                gate.Outcome
		says                string // part of [said]
	}{
		"nothing changed": {
			baseline: usual, candidate: usual, cost: same,
			want: gate.Pass, says: `pass_rate: no_worse margin_ruled_out`,
		},
		"three tasks broke": {
			baseline: usual, candidate: usual.but("fffff", 0, 1, 2), cost: same,
			want: gate.Regression, says: `pass_rate: worse worse`,
		},
		"twice the price": {
			baseline: usual, candidate: usual, cost: costing(2, 2),
			want: gate.Regression, says: `typical_cost: worse worse`,
		},
		"half the price": {
			baseline: usual, candidate: usual, cost: costing(0.5, 2),
			want: gate.Pass, says: `typical_cost: better better`,
		},
		"ten tasks once cannot pass, even when all are equal": {
			baseline: all(tasks, "s"), candidate: all(tasks, "s"), cost: same,
			want: gate.Inconclusive, says: `settle: {"by":"more_attempts"`,
		},
		"three of ten tasks lost once is no regression": {
			baseline: all(tasks, "s"), candidate: all(tasks, "s").but("f", 0, 1, 2), cost: costing(1, 3),
			want: gate.Inconclusive,
		},
		"ten tasks once, all lost, is extreme": {
			baseline: all(tasks, "s"), candidate: all(tasks, "f"), cost: same,
			want: gate.Regression,
		},
		"one attempt, 8 solved against 5": {
			baseline: all(tasks, "s").but("f", 0, 1), candidate: all(tasks, "s").but("f", 0, 1, 2, 3, 4), cost: same,
			want: gate.Inconclusive, says: `pass_rate: unclear open`,
		},
		"nothing solved any more": {
			baseline: usual, candidate: all(tasks, "fffff"), cost: same,
			want: gate.Regression, says: `note cost_per_solved: {"code":"solved_none","arm":"candidate"}`,
		},
		"neither side solves anything": {
			baseline: all(tasks, "fffff"), candidate: all(tasks, "fffff"), cost: same,
			want: gate.Inconclusive, says: `pass_rate: no_worse margin_ruled_out {"code":"nothing_can_fall","arm":"baseline","of":50,"margin":0.2}`,
		},
		"costs unknown": {
			baseline: usual, candidate: usual,
			want: gate.Inconclusive, says: `typical_cost: not_measured not_judged {"code":"unknown_cost","arm":"baseline","count":50,"of":50}`,
		},
		"costs unknown, not gated": {
			baseline: usual, candidate: usual,
			policy: func(p *gate.Policy) { p.TypicalCostMaxRatio = 0 },
			want:   gate.Pass, says: `note cost_per_solved: {"code":"unknown_cost","arm":"baseline","count":50,"of":50}`,
		},
		"a task missing on one side": {
			baseline: usual, candidate: usual.but(".....", 3), cost: same,
			want: gate.Inconclusive, says: `held: {"code":"missing_tasks","names":["task-03"]}`,
		},
		"a task lost to infrastructure errors": {
			baseline: usual, candidate: usual.but("iiiii", 3), cost: same,
			want: gate.Inconclusive, says: `"code":"missing_tasks","names":["task-03"]`,
		},
		"infrastructure errors on one side": {
			baseline: usual, candidate: all(tasks, "ssssi").but("ffffi", 8, 9), cost: same,
			want: gate.Inconclusive, says: `{"code":"infra_excess","value":0.2,"beside":0}`,
		},
		"infrastructure errors everywhere": {
			baseline: usual, candidate: all(tasks, "iiiii"), cost: same,
			want: gate.NotMeasured, says: `held: {"code":"infra_took_all","arm":"candidate","count":50}`,
		},
		"no candidate trial": {
			baseline: usual, candidate: all(tasks, "....."), cost: same,
			want: gate.NotMeasured, says: `held: {"code":"no_attempts","arm":"candidate"}`,
		},
		"a cancelled tail": {
			baseline: usual, candidate: all(tasks, "ssscc").but("fffcc", 8, 9), cost: same,
			want: gate.Inconclusive, says: `held: {"code":"plan_incomplete","arm":"candidate","count":30,"of":50}`,
		},
		"tests without an answer did not solve": {
			baseline: usual, candidate: usual.but("nnnnn", 0, 1, 2), cost: same,
			want: gate.Regression,
		},
		"timeouts that solved are solved": {
			baseline: usual, candidate: all(tasks, "ttttt").but("TTTTT", 8, 9), cost: same,
			want: gate.Pass,
		},
		"one task": {
			baseline: all(1, "sssss"), candidate: all(1, "sssss"), cost: same,
			want: gate.Inconclusive,
		},
		"unequal attempts": {
			baseline: usual, candidate: all(tasks, "sss").but("fff", 0, 1, 2, 8, 9), cost: same,
			want: gate.Regression, says: `pass_rate: worse worse`,
		},
		"cost per solved, gated": {
			baseline: usual, candidate: usual.but("fffff", 0), cost: costing(1.4, 2),
			policy: func(p *gate.Policy) { p.TypicalCostMaxRatio, p.CostPerSolvedMaxRatio = 0, 1.5 },
			want:   gate.Regression, says: `cost_per_solved: worse worse`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := fixed(len(test.baseline))
			if test.policy != nil {
				test.policy(&p)
			}
			baseCost := costing(1, 1)
			if test.cost == nil {
				baseCost = nil
			}
			v := gate.Decide(p,
				run(baselines.Baseline, "old", test.baseline, baseCost),
				run(baselines.Candidate, "new", test.candidate, test.cost))
			if v.Outcome != test.want {
				t.Errorf("verdict is %s, want %s\n%s", v.Outcome, test.want, written(t, v))
			}
			if v.ExitCode != test.want.ExitCode() {
				t.Errorf("exit code is %d, want %d", v.ExitCode, test.want.ExitCode())
			}
			if got := said(v); !strings.Contains(got, test.says) {
				t.Errorf("the document says\n%s\nwant it to say %s", got, test.says)
			}
			written(t, v)
		})
	}
}

// written is the document as JSON, which no NaN or infinity survives.
func written(t *testing.T, v gate.Verdict) string {
	t.Helper()
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatalf("the verdict cannot be written: %v", err)
	}
	return string(data)
}

func TestIncomparableNamesTheKey(t *testing.T) {
	o := all(10, "sssss")
	dollars := 3.0
	tests := map[string]struct {
		change func(*baselines.Header)
		policy func(*gate.Policy)
		want   string // empty: comparable
	}{
		"the model is what is compared": {change: func(h *baselines.Header) { h.Variant.Model = "other" }},
		"another model": {
			change: func(h *baselines.Header) { h.Variant.Model = "other" },
			policy: func(p *gate.Policy) { p.Compare = "settings" },
			want:   "variant.model differs: baseline old, candidate other",
		},
		"another agent version": {
			change: func(h *baselines.Header) { h.Variant.Agent.Version = "2.2.0" },
			want:   "variant.agent.version differs: baseline 2.1.330, candidate 2.2.0",
		},
		"another agent": {
			change: func(h *baselines.Header) { h.Variant.Agent.Name = "codex" },
			want:   "variant.agent.name differs",
		},
		"another effort": {
			change: func(h *baselines.Header) { h.Variant.Settings.Effort = "high" },
			want:   "variant.settings.effort differs: baseline none, candidate high",
		},
		"another CLAUDE.md": {
			change: func(h *baselines.Header) { h.Variant.Settings.Files = map[string]string{"CLAUDE.md": "sha256:b"} },
			want:   "variant.settings.files.CLAUDE.md differs: baseline none, candidate sha256:b",
		},
		"another recording is another variant": {change: func(h *baselines.Header) { h.Variant.Settings.Recording = "sha256:r" }},
		"another suite":                        {change: func(h *baselines.Header) { h.Suite.Digest = "sha256:x" }, want: "suite.digest differs"},
		"another task": {
			change: func(h *baselines.Header) { h.Suite.Digest, h.Suite.Tasks[3].Digest = "sha256:x", "sha256:y" },
			want:   "suite.digest (task task-03) differs: baseline sha256:t medium, candidate sha256:y medium",
		},
		"more memory":                   {change: func(h *baselines.Header) { h.Limits.MemoryMB = 8192 }, want: "limits.memory_mb differs: baseline 4096, candidate 8192"},
		"more processors":               {change: func(h *baselines.Header) { h.Limits.CPUs = 4 }, want: "limits.cpus differs"},
		"more time":                     {change: func(h *baselines.Header) { h.Limits.TimeoutMultiplier = 2 }, want: "limits.timeout_multiplier differs"},
		"less money per trial":          {change: func(h *baselines.Header) { h.Limits.USDPerTrial = &dollars }, want: "limits.usd_per_trial differs: baseline none, candidate 3"},
		"other prices are no key":       {change: func(h *baselines.Header) { h.Prices.Digest = "sha256:p" }},
		"more attempts are no key":      {change: func(h *baselines.Header) { h.Limits.Attempts = 9 }},
		"another image is no key":       {change: func(h *baselines.Header) { h.Suite.Tasks[0].Image = "sha256:i" }},
		"more money in all is no key":   {change: func(h *baselines.Header) { h.Limits.USD = &dollars }},
		"another host is only a caveat": {change: func(h *baselines.Header) { h.Host.Arch = "arm64" }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			baseline := run(baselines.Baseline, "old", o, costing(1, 1))
			candidate := run(baselines.Candidate, "old", o, costing(1, 2))
			test.change(&candidate.Header)
			p := fixed(10)
			if test.policy != nil {
				test.policy(&p)
			}
			v := gate.Decide(p, baseline, candidate)
			if test.want == "" {
				if v.Outcome == gate.Incomparable {
					t.Errorf("incomparable: %v", v.Differences)
				}
				return
			}
			if v.Outcome != gate.Incomparable || v.ExitCode != 4 {
				t.Errorf("verdict is %s, exit code %d", v.Outcome, v.ExitCode)
			}
			var got []string
			for _, d := range v.Differences {
				got = append(got, fmt.Sprintf("%s differs: baseline %s, candidate %s", d.Name(), d.A, d.B))
			}
			if len(got) != 1 || !strings.Contains(got[0], test.want) {
				t.Errorf("differences are %q, want %q", got, test.want)
			}
			written(t, v)
		})
	}
}

// Thirty tasks are a sample of others like them; ten are not.
func TestOtherTasksAreSpokenOfFromThirtyOn(t *testing.T) {
	for tasks, speaks := range map[int]bool{10: false, 29: false, 30: true, 80: true} {
		baseline := all(tasks, "sfs").but("sss", 0, 1, 2)
		v := gate.Decide(gate.DefaultPolicy(tasks), run(baselines.Baseline, "old", baseline, nil), run(baselines.Candidate, "new", baseline.but("fff", 3), nil))
		if says := strings.Contains(said(v), `note pass_rate: {"code":"other_tasks"`); says != speaks {
			t.Errorf("%d tasks: it speaks of others: %v, want %v (%q)", tasks, says, speaks, said(v))
		}
	}
}
