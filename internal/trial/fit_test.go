package trial_test

import (
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

func TestAMachineThatIsTooSmallIsRefused(t *testing.T) {
	machine := sandbox.Info{Engine: "docker", CPUs: 4, MemoryBytes: 8 << 30, Isolated: true}
	limits := trial.Limits{CPUs: 4, MemoryMB: 8192}
	modest := &suite.Task{ID: "modest", CPUs: 1, MemoryMB: 512}
	for name, test := range map[string]struct {
		limits trial.Limits
		tasks  []*suite.Task
		info   sandbox.Info
		want   []string // in the error; none: it fits
	}{
		"all that there is":        {limits, []*suite.Task{{ID: "a"}}, machine, nil},
		"more CPUs":                {trial.Limits{CPUs: 4.5}, []*suite.Task{{ID: "a"}}, machine, []string{"limits.cpus is 4.5, and the engine has 4 CPUs: set it to"}},
		"more memory":              {trial.Limits{MemoryMB: 8193}, []*suite.Task{{ID: "a"}}, machine, []string{"limits.memory_mb is 8193, and the engine has 8192 MiB: set it to"}},
		"no task needs the limits": {trial.Limits{CPUs: 5, MemoryMB: 9000}, []*suite.Task{modest}, machine, nil},
		"one task does":            {trial.Limits{CPUs: 5, MemoryMB: 9000}, []*suite.Task{modest, {ID: "a"}}, machine, []string{"limits.cpus is 5", "limits.memory_mb is 9000"}},
		"tasks with more CPUs": {limits, []*suite.Task{{ID: "a", CPUs: 8}, {ID: "b", CPUs: 16}}, machine, []string{
			"task a wants 8 CPUs, and the engine has 4: use a larger machine, or leave the task out", "task b wants 16",
		}},
		"a task with more memory":    {limits, []*suite.Task{{ID: "a", MemoryMB: 16384}}, machine, nil},
		"memory that nobody knows":   {limits, []*suite.Task{{ID: "a"}}, sandbox.Info{CPUs: 4, Isolated: true}, nil},
		"nothing that holds to them": {trial.Limits{CPUs: 99}, []*suite.Task{{ID: "a", CPUs: 98}}, sandbox.Info{CPUs: 1}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			err := test.limits.Fit(test.info, test.tasks)
			if (err != nil) != (test.want != nil) {
				t.Fatalf("it says %v", err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in: %v", want, err)
				}
			}
		})
	}
}
