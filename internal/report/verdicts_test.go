package report_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// The verdicts that the golden files show, each the document of one story.

func ptr[T any](x T) *T { return &x }

func header(id string, arm baselines.Arm, model string, tasks []gate.TaskRow) baselines.Header {
	h := baselines.Header{
		Schema: baselines.SchemaV1, ID: id, Arm: arm, Benchgate: "v0.1.0", Compare: "model",
		Created: time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC),
		Variant: baselines.Variant{
			Name: strings.TrimPrefix(model, "claude-"), Model: model,
			Agent: baselines.Agent{Name: "claude-code", Version: "2.1.330"},
		},
		Suite:     baselines.Suite{Name: "coding-10", Digest: "sha256:4bf92f3577b34da6a3ce929d0e0e47360af7651916cd43dd8448eb211c80319c"},
		Prices:    baselines.Prices{Source: "list prices 2026-11", Digest: "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
		Limits:    baselines.Limits{Attempts: 5, TimeoutMultiplier: 1, USD: ptr(120.0), USDPerTrial: ptr(5.0)},
		OrderSeed: 1,
		Host:      baselines.Host{OS: "linux", Arch: "amd64", CPUs: 4, Engine: "docker 28.5"},
	}
	for _, row := range tasks {
		h.Suite.Tasks = append(h.Suite.Tasks, baselines.Task{ID: row.ID, Tier: row.Tier, Digest: "sha256:aa"})
	}
	return h
}

func verdict(outcome gate.Outcome, tasks []gate.TaskRow) gate.Verdict {
	return gate.Verdict{
		Schema: gate.SchemaV1, Outcome: outcome, ExitCode: outcome.ExitCode(), Mode: "informed",
		Baseline:      header("base-7", baselines.Baseline, "claude-opus-4-7", tasks),
		Candidate:     header("cand-8", baselines.Candidate, "claude-opus-4-8", tasks),
		TrialsPlanned: 5 * len(tasks), TrialsUsed: 5 * len(tasks), Tasks: tasks,
		Metrics: map[compare.Metric]gate.Metric{},
	}
}

func ratio(unit string, base, cand, low, high float64, status gate.Status) gate.Metric {
	return gate.Metric{
		Unit: unit, Baseline: ptr(base), Candidate: ptr(cand), Ratio: ptr(cand / base),
		Low: ptr(low), High: ptr(high), Level: 0.9, Status: status,
	}
}

// ofTypicalTask has a ratio that is not the quotient of its totals.
func ofTypicalTask(unit string, base, cand, typical, low, high float64, status gate.Status) gate.Metric {
	m := ratio(unit, base, cand, low, high, status)
	m.Ratio, m.Note = ptr(typical), "the values are totals, the ratio is a typical task's"
	return m
}

func delta(base, cand, low, high float64, status gate.Status) gate.Metric {
	return gate.Metric{
		Unit: "fraction", Baseline: ptr(base), Candidate: ptr(cand), Delta: ptr(cand - base),
		Low: ptr(low), High: ptr(high), Level: 0.9, Status: status,
	}
}

func gated(m gate.Metric, margin float64) gate.Metric {
	m.Gated, m.Margin = true, ptr(margin)
	return m
}

// withMargin is a metric that is drawn against a margin and decides nothing.
func withMargin(m gate.Metric, margin float64) gate.Metric {
	m.Margin = ptr(margin)
	return m
}

func side(solved, attempts int, usd float64, ended map[baselines.Ended]int) gate.TaskSide {
	if ended == nil {
		ended = map[baselines.Ended]int{baselines.Finished: attempts}
	}
	return gate.TaskSide{Solved: solved, Attempts: attempts, CostUSD: ptr(usd), Ended: ended}
}

func row(id, tier string, base, cand gate.TaskSide, share float64) gate.TaskRow {
	return gate.TaskRow{ID: id, Tier: tier, Baseline: base, Candidate: cand, ShareOfChange: ptr(share)}
}

func tenTasks() []gate.TaskRow {
	return []gate.TaskRow{
		row("countdown-game", "easy", side(5, 5, 0.31, nil), side(3, 3, 0.18, nil), -0.01),
		row("cpp-compatibility", "easy", side(5, 5, 0.44, nil), side(3, 3, 0.33, nil), 0.01),
		row("count-call-stack", "easy", side(5, 5, 0.52, nil), side(2, 2, 0.2, nil), 0),
		row("debug-long-program", "medium", side(4, 5, 6.1, nil), side(2, 2, 2.9, nil), 0.08),
		row("ode-solver-rk4", "medium", side(5, 5, 2.2, nil), side(2, 2, 0.95, nil), 0.02),
		row("schemelike-metacircular-eval", "medium", side(4, 5, 14.2, nil), side(0, 3, 12.8, map[baselines.Ended]int{baselines.Finished: 1, baselines.Timeout: 2}), 0.49),
		row("reverse-engineering", "hard", side(4, 5, 1.2, nil), side(1, 2, 2.0, map[baselines.Ended]int{baselines.Finished: 1, baselines.Timeout: 1}), 0.31),
		row("write-compressor", "hard", side(1, 5, 9.3, map[baselines.Ended]int{baselines.Finished: 3, baselines.Timeout: 2}), side(0, 2, 3.9, map[baselines.Ended]int{baselines.Finished: 1, baselines.Timeout: 1}), 0.05),
		row("cancel-async-tasks", "hard", side(2, 5, 1.6, nil), side(1, 2, 0.7, nil), 0.01),
		row("polyglot-rust-c", "hard", side(0, 5, 1.1, nil), side(1, 2, 0.5, nil), 0.04),
	}
}

func regression() gate.Verdict {
	v := verdict(gate.Regression, tenTasks())
	v.Headline = "Regression: opus-4-8 solves 50% instead of 70%, and a solved task costs 54% more ($1.06 → $1.63)"
	v.Reasons = []string{
		"pass rate: -20.0 points (90% interval -35.0 to -4.0); the evidence for a drop reached 41.0 of the 33.3 needed",
		"typical cost: no worse within the margin of 50%",
	}
	v.Warnings = []string{"2 trials were tried again after infrastructure errors"}
	v.TrialsUsed, v.USDUsed, v.USDSaved = 23, ptr(24.46), ptr(31.0)
	v.Evidence = map[compare.Metric]gate.Evidence{"pass_rate": {Fail: 41, Pass: 0.02, FailAt: 33.3, PassAt: 10}}
	v.Metrics = map[compare.Metric]gate.Metric{
		"cost_per_solved":   withMargin(ratio("usd", 1.06, 1.63, 0.98, 2.41, gate.Unclear), 1.5),
		"pass_rate":         gated(delta(0.7, 0.5, -0.35, -0.04, gate.Worse), 0.2),
		"typical_cost":      gated(ratio("usd", 0.74, 0.81, 0.96, 1.31, gate.NoWorse), 1.5),
		"total_cost":        ratio("usd", 36.97, 53.17, 1.02, 1.94, gate.Worse),
		"tool_error_rate":   {Unit: "errors_per_call", Baseline: ptr(0.016), Candidate: ptr(0.0085), Ratio: ptr(0.53), Low: ptr(0.31), High: ptr(0.92), Level: 0.9, Status: gate.Better},
		"active_time":       ofTypicalTask("seconds", 10680, 14925, 1.28, 1.1, 1.7, gate.Worse),
		"tokens":            ofTypicalTask("tokens", 29.4e6, 30.3e6, 1.02, 0.84, 1.29, gate.Unclear),
		"requests":          ofTypicalTask("count", 545, 595, 1.05, 0.9, 1.3, gate.Unclear),
		"tool_calls":        ofTypicalTask("count", 455, 1510, 2.1, 0.9, 3.4, gate.Unclear),
		"lines":             {Unit: "lines", Baseline: ptr(929.0), Candidate: ptr(979.0), Ratio: ptr(1.05), Status: gate.Unclear},
		"cache_utilization": {Unit: "fraction", Baseline: ptr(1.0), Candidate: ptr(0.995), Delta: ptr(-0.005), Status: gate.Unclear},
	}
	return v
}

func pass() gate.Verdict {
	tasks := tenTasks()
	for i := range tasks {
		tasks[i].Candidate = tasks[i].Baseline
		tasks[i].ShareOfChange = nil
	}
	v := verdict(gate.Pass, tasks)
	v.Headline = "Pass: a solved task costs 5% less with opus-4-8 ($1.06 → $1.01); solved 70% → 72%"
	v.Reasons = []string{"pass rate: a drop of 20 points or more is ruled out", "typical cost: a rise of 50% or more is ruled out"}
	v.USDUsed = ptr(37.4) // more than counts: a trial was tried again
	v.Metrics = map[compare.Metric]gate.Metric{
		"cost_per_solved": ratio("usd", 1.06, 1.01, 0.7, 1.31, gate.Unclear),
		"pass_rate":       gated(delta(0.7, 0.72, -0.08, 0.12, gate.NoWorse), 0.2),
		"typical_cost":    gated(ratio("usd", 0.74, 0.7, 0.81, 1.08, gate.NoWorse), 1.5),
		"total_cost":      ratio("usd", 36.97, 35.2, 0.8, 1.1, gate.Unclear),
	}
	return v
}

// doubtful is a pass some of whose trials are not what they should be.
func doubtful() gate.Verdict {
	v := pass()
	v.Integrity = &gate.Integrity{
		PassRateWithout: ptr(0.66), Tampered: ptr(1), AnswersFetched: ptr(3), Refused: 1, Fallback: 2,
		Canaries: map[baselines.Flag]int{baselines.NoToolCall: 4, baselines.OtherModelAsked: 1, baselines.TestsNotRun: 1},
	}
	return v
}

func inconclusive() gate.Verdict {
	tasks := tenTasks()
	for i := range tasks {
		before := tasks[i].Baseline
		tasks[i].Candidate = side(before.Solved/before.Attempts, 1, *before.CostUSD/float64(before.Attempts), nil)
		tasks[i].ShareOfChange = nil
	}
	v := verdict(gate.Inconclusive, tasks)
	v.Mode = "fixed"
	v.Candidate.Limits.Attempts, v.TrialsPlanned, v.TrialsUsed = 1, 10, 10
	v.Headline = "Inconclusive: 10 tasks × 1 attempt cannot tell whether opus-4-8 solves as much (70% → 80%); cost per solved task $1.22 → $1.01"
	v.USDUsed = ptr(8.06)
	v.Settle = &gate.Settle{By: gate.ByMoreAttempts, Trials: 40, Attempts: 4, Plan: 5, USD: ptr(32.24), Odds: ptr(0.71)}
	v.Findings = []gate.Finding{{Metric: compare.PassRate, Status: gate.Unclear, Says: gate.SaysOpen}, {Metric: compare.TypicalCost, Status: gate.Unclear, Says: gate.SaysOpen}}
	v.Warnings = []string{"needs 5 attempts per task to see a 20-point drop", "no statement about other tasks: the suite has fewer than 30"}
	v.Evidence = map[compare.Metric]gate.Evidence{"pass_rate": {Fail: 0.4, Pass: 2.6, FailAt: 33.3, PassAt: 10}}
	v.Metrics = map[compare.Metric]gate.Metric{
		"cost_per_solved": withMargin(ratio("usd", 1.216, 1.0075, 0.41, 1.9, gate.Unclear), 1.5),
		"pass_rate":       gated(delta(0.7, 0.8, -0.24, 0.39, gate.Unclear), 0.2),
		"typical_cost":    gated(ratio("usd", 0.851, 0.806, 0.62, 1.61, gate.Unclear), 1.5),
		"total_cost":      ratio("usd", 8.51, 8.06, 0.6, 1.5, gate.Unclear),
		"tool_error_rate": {Unit: "errors_per_call", Status: gate.StatusNotMeasured},
	}
	return v
}

func incomparable() gate.Verdict {
	v := verdict(gate.Incomparable, nil)
	v.Mode, v.Metrics, v.Tasks, v.TrialsPlanned, v.TrialsUsed = "", nil, nil, 50, 0
	v.Differences = []baselines.Difference{
		{Key: "variant.agent.version", Part: baselines.PartAgentVersion, A: "2.1.290", B: "2.1.330"},
		{Key: "variant.settings.files", Item: "CLAUDE.md", Part: baselines.PartSettings, A: "none", B: "sha256:77aa01"},
		{Key: "suite.digest", Item: evil, Part: baselines.PartSuite, A: evil, B: "missing"},
		{Key: "limits.timeout_multiplier", Part: baselines.PartLimits, A: "1", B: "2"},
	}
	report.Explain(&v)
	return v
}

func notMeasured() gate.Verdict {
	return gate.Verdict{Schema: gate.SchemaV1, ExitCode: 5, Headline: "Not measured: the candidate has no finished attempt", TrialsPlanned: 50}
}

func zeroSolved() gate.Verdict {
	tasks := []gate.TaskRow{
		row("parse-stack", "easy", side(2, 2, 0.12, nil), side(0, 2, 0.2, nil), 0.3),
		row("lru-cache", "medium", side(1, 2, 0.4, nil), gate.TaskSide{Attempts: 2, Ended: map[baselines.Ended]int{baselines.Timeout: 2}}, 0.7),
		row("worker-pool", "hard", side(0, 2, 0.9, nil), gate.TaskSide{}, 0),
	}
	tasks[1].ShareOfChange, tasks[2].ShareOfChange = nil, nil
	v := verdict(gate.Regression, tasks)
	v.Headline = "Regression: opus-4-8 solves 0% instead of 50%; a solved task has no cost to compare (the candidate solved no task)"
	v.TrialsPlanned, v.TrialsUsed = 6, 4
	v.Metrics = map[compare.Metric]gate.Metric{
		"cost_per_solved": {Unit: "usd", Baseline: ptr(0.473), Status: gate.Unclear, PValue: ptr(0.0039)},
		"pass_rate":       gated(delta(0.5, 0, -0.81, -0.2, gate.Worse), 0.2),
		"typical_cost":    {Unit: "usd", Baseline: ptr(0.2), Gated: true, Margin: ptr(1.5), Status: gate.StatusNotMeasured, Note: "2 of 4 trials have no known cost"},
	}
	return v
}

func hundredTasks() gate.Verdict {
	var tasks []gate.TaskRow
	for i := range 120 {
		tier := []string{"easy", "medium", "hard"}[i%3]
		base, cand := side(3, 3, 0.5, nil), side(3, 3, 0.5, nil)
		switch {
		case i%17 == 0:
			cand = side(1, 3, 0.9, map[baselines.Ended]int{baselines.Finished: 1, baselines.Timeout: 2})
		case i%23 == 0:
			base = side(2, 3, 0.6, nil)
		}
		tasks = append(tasks, row(fmt.Sprintf("a-task-with-quite-a-long-name-that-tells-what-it-is-about-%03d", i), tier, base, cand, 0.001))
	}
	v := verdict(gate.Pass, tasks)
	v.Candidate.Suite.Name = "terminal-bench-2"
	v.Headline = "Pass: a solved task costs 6% more with opus-4-8 ($0.17 → $0.18); solved 98% → 95%"
	v.USDUsed = ptr(64.2)
	v.Metrics = map[compare.Metric]gate.Metric{
		"cost_per_solved": ratio("usd", 0.17, 0.18, 0.98, 1.11, gate.Unclear),
		"pass_rate":       gated(delta(0.98, 0.95, -0.06, 0, gate.NoWorse), 0.1),
		"typical_cost":    gated(ratio("usd", 0.17, 0.171, 0.99, 1.03, gate.NoWorse), 1.2),
	}
	return v
}

// evil is what a task, an agent or a model service may try.
const evil = "x`|</td></table><img src=x onerror=alert(1)><script>alert(1)</script>\n\n# Heading\n" +
	"[click](https://evil.example) ![i](http://evil.example/i.png) @octocat #1 GH-1 octo/repo#12 www.evil.example a@evil.example " +
	"https://evil.example <https://evil.example> 0123abcd0123abcd0123abcd0123abcd0123abcd $\\frac{1}{2}$ <!-- benchgate:marker --> </details>"

func hostile() gate.Verdict {
	tasks := []gate.TaskRow{
		row(evil, "::add-mask::hard", side(1, 2, 0.1, nil), side(0, 2, 0.1, nil), 1),
		row("::error file=a.go::owned", "##[group]easy", side(1, 2, 0.1, nil), side(1, 2, 0.1, nil), 0),
		row("\x1b]0;title\x07\x1b[31mred\u202Egnp.exe", "", side(1, 2, 0.1, nil), side(2, 2, 0.1, nil), 0),
	}
	v := verdict(gate.Inconclusive, tasks)
	v.Headline = "Cost per solved task not known. " + evil
	v.Reasons = []string{evil, "::set-output name=verdict::pass", "1. not a list", "- nor this", "```\ncode"}
	v.Warnings = []string{evil, "> [!NOTE]\n> fake", "    indented"}
	v.Mode = "fixed"
	v.Candidate.Variant = baselines.Variant{
		Name: evil, Model: evil, Agent: baselines.Agent{Name: evil, Version: "1"},
		Settings: baselines.Settings{Effort: evil, Arguments: []string{evil}, Files: map[string]string{evil: evil}},
	}
	v.Candidate.ID, v.Candidate.Suite.Name, v.Candidate.Prices.Source, v.Candidate.Host.Engine = evil, evil, evil, evil
	v.Metrics = map[compare.Metric]gate.Metric{
		"pass_rate":    gated(delta(0.5, 0.5, -0.4, 0.4, gate.Unclear), 0.2),
		evil:           {Unit: evil, Baseline: ptr(1.0), Method: evil, Note: evil, Status: gate.Status(evil)},
		"typical_cost": {Unit: "usd", Gated: true, Status: gate.StatusNotMeasured, Note: evil},
	}
	return v
}

type story struct {
	name    string
	verdict func() gate.Verdict
}

var stories = []story{
	{"regression", regression},
	{"pass", pass},
	{"doubtful", doubtful},
	{"inconclusive", inconclusive},
	{"incomparable", incomparable},
	{"not_measured", notMeasured},
	{"zero_solved", zeroSolved},
	{"hundred_tasks", hundredTasks},
	{"hostile", hostile},
	{"refuted", refuted},
}
