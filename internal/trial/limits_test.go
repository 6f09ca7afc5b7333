package trial_test

import (
	"context"
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/trial"
)

// asked is an engine that keeps what sandboxes were asked of it.
type asked struct {
	sandbox.Engine
	specs []sandbox.Spec
}

func (a *asked) Create(ctx context.Context, spec sandbox.Spec) (sandbox.Sandbox, error) {
	a.specs = append(a.specs, spec)
	return a.Engine.Create(ctx, spec)
}

func TestASandboxGetsTheRunsLimitsWhereTheTaskSetsNone(t *testing.T) {
	for name, test := range map[string]struct {
		task       string // lines of its environment
		limits     trial.Limits
		wantCPUs   float64
		wantMemory int64
	}{
		"no limits at all":        {},
		"those of the run":        {limits: trial.Limits{CPUs: 1.5, MemoryMB: 4096}, wantCPUs: 1.5, wantMemory: 4096},
		"a task that needs more":  {"cpus = 8\nmemory_mb = 8192\n", trial.Limits{CPUs: 1.5, MemoryMB: 4096}, 8, 8192},
		"a task that gets less":   {"cpus = 1\nmemory_mb = 512\n", trial.Limits{CPUs: 1.5, MemoryMB: 4096}, 1, 512},
		"a task that sets one":    {"cpus = 1\n", trial.Limits{CPUs: 1.5, MemoryMB: 4096}, 1, 4096},
		"a task without the runs": {"cpus = 1\nmemory_mb = 512\n", trial.Limits{}, 1, 512},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "")
			engine := &asked{Engine: r.Engine}
			r.Engine, r.Limits = engine, test.limits
			r.run(r.task(map[string]string{
				"task.toml": answerTask["task.toml"] + "[environment]\n" + test.task,
			}), r.plain("nop"))
			if len(engine.specs) != 1 {
				t.Fatalf("%d sandboxes were made", len(engine.specs))
			}
			if spec := engine.specs[0]; spec.CPUs != test.wantCPUs || spec.MemoryMB != test.wantMemory {
				t.Errorf("the sandbox has %g CPUs and %d MiB, want %g and %d", spec.CPUs, spec.MemoryMB, test.wantCPUs, test.wantMemory)
			}
		})
	}
}
