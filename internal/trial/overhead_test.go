package trial_test

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/realparts"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/docker"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// mostOverFloor is what a trial that does nothing may cost at most, as a multiple of
// the engine's floor: 1.25 on a quiet machine, with room for one that is not.
const mostOverFloor = 1.5

// pairs are measured in each of the benchmark's operations: a median of one
// says little.
const pairs = 7

// BenchmarkNopOverhead measures a whole trial of the agent that does nothing,
// from sandbox to record, over what the engine itself takes for one pass of
// create, start, exec, copy in, copy out, stop and remove (see [engineFloor]). A
// trial must also clear old answers and run the tests: two more execs. Both
// are measured in turn, so that they share the machine's moods, and compared
// by their medians.
func BenchmarkNopOverhead(b *testing.B) {
	engine, run := overheadEngine(b)
	task := overheadTask(b)
	runner := overheadRunner(b, engine, run)
	if err := runner.Prepare(b.Context(), []*suite.Task{task}, nil); err != nil {
		b.Fatal(err)
	}
	image, err := runner.Image(task.ID)
	if err != nil {
		b.Fatal(err)
	}
	spec := sandbox.Spec{Run: runner.RunID, Trial: "floor", Image: image, Network: task.Network}
	engineFloor(b, engine, spec) // makes the network, warms the engine's caches

	var floors, trials []time.Duration
	for b.Loop() {
		for range pairs {
			floors = append(floors, timed(func() { engineFloor(b, engine, spec) }))
			trials = append(trials, timed(func() { runNop(b, runner, task, len(trials)+1) }))
		}
	}
	ratio := float64(medianTime(trials)) / float64(medianTime(floors))
	b.ReportMetric(0, "ns/op") // of all pairs together: says nothing
	b.ReportMetric(float64(medianTime(floors).Milliseconds()), "ms-floor")
	b.ReportMetric(float64(medianTime(trials).Milliseconds()), "ms-trial")
	b.ReportMetric(ratio, "x-floor")
	if ratio > mostOverFloor {
		b.Errorf("a trial that does nothing takes %.2f times the engine's floor, more than %.2f", ratio, mostOverFloor)
	}
}

// runNop is one trial from sandbox to record.
func runNop(b *testing.B, runner *trial.Runner, task *suite.Task, attempt int) {
	b.Helper()
	nop, err := agent.Lookup("nop")
	if err != nil {
		b.Fatal(err)
	}
	t := runner.Run(b.Context(), trial.Job{
		Arm: baselines.Candidate, Seq: attempt, Attempt: attempt, Try: 1, Task: task,
		Subject: trial.Subject{Agent: nop, Variant: baselines.Variant{Name: "nop", Agent: baselines.Agent{Name: "nop"}}},
	})
	if t.Ended != baselines.Finished || t.Solved == nil || *t.Solved {
		b.Fatalf("the trial ended as %s: %s", t.Ended, t.Reason)
	}
}

// engineFloor is one pass through the engine as benchgate uses it: Create creates and
// starts a container, Exec runs true, a file of a few bytes goes in and comes
// out again, Remove stops and removes in one forced step.
func engineFloor(b *testing.B, engine sandbox.Engine, spec sandbox.Spec) {
	b.Helper()
	ctx := b.Context()
	box, err := engine.Create(ctx, spec)
	if err != nil {
		b.Fatal(err)
	}
	_, err = box.Exec(ctx, sandbox.Command{Argv: []string{"true"}})
	if err != nil {
		b.Error(err)
	}
	if err := box.CopyIn(ctx, "/", oneFile(b)); err != nil {
		b.Error(err)
	}
	if out, err := box.CopyOut(ctx, "/file"); err != nil {
		b.Error(err)
	} else {
		_, _ = io.Copy(io.Discard, out)
		_ = out.Close()
	}
	if err := box.Remove(ctx); err != nil {
		b.Fatal(err)
	}
}

func oneFile(b *testing.B) io.Reader {
	b.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	content := "a few bytes"
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "file", Mode: 0o644, Size: int64(len(content))}); err != nil {
		b.Fatal(err)
	}
	if _, err := io.WriteString(w, content); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return &buf
}

// overheadEngine returns this machine's engine, which is swept at the end.
func overheadEngine(b testing.TB) (engine sandbox.Engine, run string) {
	b.Helper()
	realparts.Need(b, realparts.Docker)
	run = "overhead-" + time.Now().UTC().Format("150405.000000")
	engine, err := docker.New(b.Context(), docker.Options{Run: run})
	if err != nil {
		realparts.Lacking(b, realparts.Docker, err.Error())
	}
	b.Cleanup(func() {
		ctx := context.WithoutCancel(b.Context())
		if _, err := engine.Sweep(ctx, run); err != nil {
			b.Error(err)
		}
		if err := engine.Close(ctx); err != nil {
			b.Error(err)
		}
	})
	return engine, run
}

// overheadRunner makes what a run makes for its trials. The model API is never
// asked.
func overheadRunner(b testing.TB, engine sandbox.Engine, run string) *trial.Runner {
	b.Helper()
	dir := b.TempDir()
	ledger, err := meter.OpenLedger(filepath.Join(dir, "ledger.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := ledger.Close(); err != nil {
			b.Error(err)
		}
	})
	m, err := meter.New(meter.Options{
		Upstream: &url.URL{Scheme: "http", Host: "127.0.0.1:9"}, Prices: prices.Default(), Ledger: ledger,
	})
	if err != nil {
		b.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	return &trial.Runner{
		RunID: run, Engine: engine, Meter: m, Telemetry: otlp.NewReceiver(otlp.Options{Log: log, Now: time.Now}),
		Prices: prices.Default(), Dir: dir, Log: log, Now: time.Now,
	}
}

// overheadTask is the smallest task there is: nothing is built, and the tests say
// that nothing was done.
func overheadTask(b *testing.B) *suite.Task {
	b.Helper()
	dir := b.TempDir()
	for name, content := range map[string]string{
		"task.toml":      "schema_version = \"1.4\"\n[environment]\ndocker_image = \"debian:bookworm-slim\"\n",
		"instruction.md": "Do nothing.\n",
		"tests/test.sh":  "#!/bin/sh\necho 0 >/logs/verifier/reward.txt\n",
	} {
		file := filepath.Join(dir, "nothing", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o755); err != nil {
			b.Fatal(err)
		}
	}
	s, err := suite.Load(b.Context(), dir, "overhead", []suite.Source{{Path: "nothing", Tier: suite.Easy}}, suite.LoadOptions{})
	if err != nil {
		b.Fatal(err)
	}
	return s.Tasks[0]
}

func timed(f func()) time.Duration {
	begun := time.Now()
	f()
	return time.Since(begun)
}

func medianTime(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}
