package config_test

import (
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestFlagsAloneAreAConfiguration(t *testing.T) {
	got, err := config.FromFlags(config.Flags{
		Dir: "/work-dir", DatasetPath: "tasks/core", TaskIDs: []string{"a", "b"},
		Agent: "claude-code", BaselineModel: "m1", Model: "m2", Attempts: "2", USD: "12.5", CPUs: "1.5", MemoryMB: "2048",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := &config.Config{
		Dir:       "/work-dir",
		Suite:     config.Suite{Name: "core", Dataset: "/work-dir/tasks/core", TaskIDs: []string{"a", "b"}},
		Compare:   baselines.CompareModel,
		Baseline:  &config.Variant{Name: "m1", Agent: config.Agent{Name: "claude-code"}, Model: "m1"},
		From:      config.Auto,
		Candidate: &config.Variant{Name: "m2", Agent: config.Agent{Name: "claude-code"}, Model: "m2"},
		Sandbox:   sandbox.Docker,
		Verifier:  baselines.VerifierShared,
		Tamper:    baselines.TamperFlag,
		Limits:    config.Limits{Attempts: 2, USD: new(12.5), TimeoutMultiplier: 1, CPUs: 1.5, MemoryMB: 2048},
		Gate:      config.Gate{Mode: gate.Auto, Confirm: config.ConfirmAuto, OnInconclusive: config.ConcludeNeutral},
		Baselines: config.Baselines{Dir: "/work-dir/.benchgate/baselines"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

func TestFlagsAreJudgedLikeTheFile(t *testing.T) {
	for _, tt := range []struct {
		name  string
		flags config.Flags
		want  []string
	}{
		{"nothing", config.Flags{}, []string{
			`there is no task to run; list at least one under suite.tasks, or name a directory of tasks with --dataset-path`,
			`candidate has no model, which claude-code needs`,
		}},
		{"six mistakes", config.Flags{
			DatasetPath: "tasks", Agent: "cluade-code", Model: "m", Attempts: "many", USD: "-1", MemoryMB: "4GB", Sandbox: "vm", Mode: "fast",
		}, []string{
			`--agent: candidate.agent is "cluade-code", want claude-code, codex, oracle, nop, command or replay; did you mean "claude-code"?`,
			`--sandbox: sandbox is "vm", want docker or process`,
			`--attempts: limits.attempts is "many", want a whole number from 1 to 1000`,
			`--usd: limits.usd is -1, want dollars above 0 and up to 1000000`,
			`--memory-mb: limits.memory_mb is "4GB", want a whole number from 6 to 1048576`,
			`--mode: gate.mode is "fast", want auto, informed, strict or fixed`,
		}},
		{"a sandbox that the suite has to allow", config.Flags{DatasetPath: "tasks", Model: "m", Sandbox: "process"}, []string{
			"--sandbox: sandbox is process, which isolates nothing: the agent acts with your rights; use docker, or declare `trusted: true` under suite if you trust every task and the agent",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.flags.Dir = "/work-dir"
			_, err := config.FromFlags(tt.flags)
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tt.want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFlagsWinOverTheFile(t *testing.T) {
	flags := config.Flags{
		Dir: "/work-dir", DatasetPath: "other", TaskIDs: []string{"x*"}, Agent: "claude-code@2.2.0",
		Model: "m9", BaselineModel: "4", From: "live", Attempts: "1", USDPerTrial: "0.5", TokensPerTrial: "5000000", Requests: "300", Minutes: "90.5", Workers: "2",
		TimeoutMultiplier: "2", CPUs: "1", MemoryMB: "512", Mode: "fixed", Baselines: "/b", Prices: "p.json",
	}
	got, err := config.Load("testdata/full.yaml", flags)
	if err != nil {
		t.Fatal(err)
	}
	want, err := config.Load("testdata/full.yaml", config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	want.Suite.Dataset, want.Suite.Tasks, want.Suite.TaskIDs = "/work-dir/other", nil, []string{"x*"}
	want.Candidate.Agent.Version, want.Baseline.Agent.Version = "2.2.0", "2.2.0"
	want.Candidate.Model, want.Baseline.Model = "m9", "4"
	want.From = config.Live
	want.Limits = config.Limits{Attempts: 1, USD: new(120.0), USDPerTrial: new(0.5), TokensPerTrial: 5_000_000, Requests: 300, Minutes: 90.5, Workers: 2, TimeoutMultiplier: 2, TimeoutGrace: 300, CPUs: 1, MemoryMB: 512}
	want.Gate.Mode = gate.Fixed
	want.Baselines = config.Baselines{Dir: "/b"}
	want.Prices = "/work-dir/p.json"
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(config.File{}), asText); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}
