package trial_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/realparts"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// mostOfHarbor is what a trial may take at most as a part of what Harbor 0.26 takes
// for the same task and agent on a public network, by the network that we give it. A
// guard, which a public network has, is made ahead.
var mostOfHarbor = map[suite.Network]float64{suite.NoNetwork: 0.25, suite.Public: 0.40}

// harborTask is a task in Harbor's form, which takes no time itself.
var harborTask = map[string]string{
	"task.toml":              "schema_version = \"1.4\"\n[task]\nname = \"benchgate/answer\"\n[agent]\ntimeout_sec = 60.0\n[verifier]\ntimeout_sec = 60.0\n[environment]\ncpus = 1\nmemory_mb = 2048\n",
	"instruction.md":         "Write 42 into answer.txt.\n",
	"environment/Dockerfile": "FROM debian:bookworm-slim\nWORKDIR /app\n",
	"solution/solve.sh":      "#!/bin/bash\necho 42 > /app/answer.txt\n",
	"tests/test.sh":          "#!/bin/bash\nif [ \"$(cat /app/answer.txt 2>/dev/null)\" = 42 ]; then echo 1; else echo 0; fi > /logs/verifier/reward.txt\n",
	"grace.yaml":             "services:\n  main:\n    stop_grace_period: 0s\n", // else Harbor waits ten seconds for a shell
}

// BenchmarkOfHarbor measures whole trials, from the making of the sandbox to its
// removal, as a part of what Harbor takes on the same machine. Both are measured in
// turn and compared by their medians.
func BenchmarkOfHarbor(b *testing.B) {
	harbor := realparts.HarborProgram(b)
	for network, most := range mostOfHarbor {
		for name, solved := range map[string]bool{"oracle": true, "nop": false} {
			b.Run(fmt.Sprintf("%s/%s", network, name), func(b *testing.B) {
				engine, run := overheadEngine(b)
				dir := writeHarborTask(b)
				s, err := suite.Load(b.Context(), dir, "harbor", []suite.Source{{Path: "answer"}}, suite.LoadOptions{})
				if err != nil {
					b.Fatal(err)
				}
				s.Tasks[0].Network = network
				runner := overheadRunner(b, engine, run)
				if err := runner.Prepare(b.Context(), s.Tasks, nil); err != nil {
					b.Fatal(err)
				}
				ofHarbor(b, harbor, dir, name, solved) // builds its image
				ours(b, runner, s.Tasks[0], name, solved, 1)
				var theirs, own []time.Duration
				for b.Loop() {
					for range 5 {
						theirs = append(theirs, ofHarbor(b, harbor, dir, name, solved))
						own = append(own, ours(b, runner, s.Tasks[0], name, solved, len(own)+2))
					}
				}
				part := float64(medianTime(own)) / float64(medianTime(theirs))
				b.ReportMetric(0, "ns/op") // of all together: says nothing
				b.ReportMetric(float64(medianTime(theirs).Milliseconds()), "ms-harbor")
				b.ReportMetric(float64(medianTime(own).Milliseconds()), "ms-trial")
				b.ReportMetric(part, "x-harbor")
				if part > most {
					b.Errorf("a trial takes %.2f of what Harbor takes, more than %.2f", part, most)
				}
			})
		}
	}
}

func writeHarborTask(b *testing.B) (dir string) {
	b.Helper()
	dir = b.TempDir()
	for name, content := range harborTask {
		file := filepath.Join(dir, "answer", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o755); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

// ours runs one trial of an agent without a model.
func ours(b *testing.B, runner *trial.Runner, task *suite.Task, name string, solved bool, attempt int) time.Duration {
	b.Helper()
	row, err := agent.Lookup(name)
	if err != nil {
		b.Fatal(err)
	}
	begun := time.Now()
	t := runner.Run(b.Context(), trial.Job{
		Arm: baselines.Candidate, Seq: attempt, Attempt: attempt, Try: 1, Task: task,
		Subject: trial.Subject{Agent: row, Variant: baselines.Variant{Name: name, Agent: baselines.Agent{Name: name}}},
	})
	took := time.Since(begun)
	if t.Ended != baselines.Finished || t.Solved == nil || *t.Solved != solved {
		b.Fatalf("the trial ended as %s: %s", t.Ended, t.Reason)
	}
	return took
}

// ofHarbor runs the same with Harbor, which says itself when the trial began and
// ended: the start of its interpreter is not counted.
func ofHarbor(b *testing.B, harbor, dir, name string, solved bool) time.Duration {
	b.Helper()
	trials := b.TempDir()
	c := exec.CommandContext(b.Context(), harbor, "trial", "start", "--path", filepath.Join(dir, "answer"), "--agent", name,
		"--trials-dir", trials, "--trial-name", "answer", "--extra-docker-compose", filepath.Join(dir, "answer", "grace.yaml"))
	if out, err := c.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	result, err := os.ReadFile(filepath.Join(trials, "answer", "result.json"))
	if err != nil {
		b.Fatal(err)
	}
	var r struct {
		StartedAt  time.Time `json:"started_at"`
		FinishedAt time.Time `json:"finished_at"`
		Verifier   struct {
			Rewards struct {
				Reward float64 `json:"reward"`
			} `json:"rewards"`
		} `json:"verifier_result"`
	}
	if err := json.Unmarshal(result, &r); err != nil {
		b.Fatal(err)
	}
	if (r.Verifier.Rewards.Reward == 1) != solved {
		b.Fatalf("Harbor's trial ended as\n%s", result)
	}
	return r.FinishedAt.Sub(r.StartedAt)
}
