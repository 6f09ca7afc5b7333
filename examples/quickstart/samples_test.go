package quickstart_test

import (
	"io"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/sandbox/process"
	"github.com/benchgate/benchgate/internal/suite"
)

func TestTheSampleConfigurationsAreRead(t *testing.T) {
	for file, wantTasks := range map[string]int{
		"benchgate.yaml":                   6,
		"record.yaml":                      6,
		"../terminal-bench/benchgate.yaml": 10,
	} {
		t.Run(file, func(t *testing.T) {
			c, err := config.Load(filepath.FromSlash(file), config.Flags{})
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Suite.Tasks) != wantTasks || c.Compare != baselines.CompareModel || c.Baseline == nil {
				t.Errorf("%d tasks compared by %q, baseline %v", len(c.Suite.Tasks), c.Compare, c.Baseline)
			}
		})
	}
}

// The recordings belong to the suite that is replayed.
func TestTheRecordingsWereMadeOfTheSameSuite(t *testing.T) {
	replayed, err := config.Load("benchgate.yaml", config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := config.Load("record.yaml", config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(recorded.Suite, replayed.Suite); diff != "" {
		t.Errorf("record.yaml and benchgate.yaml list other tasks (-recorded +replayed):\n%s", diff)
	}
	if recorded.Limits.Attempts != replayed.Limits.Attempts {
		t.Errorf("%d attempts recorded, %d replayed", recorded.Limits.Attempts, replayed.Limits.Attempts)
	}
}

// The process sandbox refuses what it cannot do, RUN in a Dockerfile for one.
func TestTheTasksFitTheProcessSandbox(t *testing.T) {
	s, err := suite.LoadDataset(t.Context(), "tasks", tasks(t), suite.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	engine, err := process.New(process.Options{Dir: t.TempDir(), Run: "samples"})
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range s.Tasks {
		image, err := engine.Prepare(t.Context(), task.Environment, io.Discard)
		if err != nil || image.Workdir != "/app" {
			t.Errorf("%s: working directory %q, %v", task.ID, image.Workdir, err)
		}
		if task.Solution.Script == "" {
			t.Errorf("%s has no reference solution", task.ID)
		}
	}
	if err := engine.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTheTerminalBenchSampleIsATask(t *testing.T) {
	s, err := suite.LoadDataset(t.Context(), "../terminal-bench-1", []string{"hello-world"}, suite.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if task := s.Tasks[0]; task.Form != suite.TerminalBench1 || task.Tier != suite.Easy || task.Tests.Reward != suite.PytestOutput {
		t.Errorf("form %q, tier %q, reward %q", task.Form, task.Tier, task.Tests.Reward)
	}
}
