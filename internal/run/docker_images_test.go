package run_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/run"
)

// twoImages is a run of two tasks without a model, whose images are new: that of
// "quick" is made at once, and that of "slow" by this command. The plan begins with
// "quick".
func (r *rig) twoImages(command string) run.Options {
	r.t.Helper()
	for range 20 {
		dir := r.t.TempDir()
		mark := time.Now().UnixNano()
		for task, does := range map[string]string{"quick": "true", "slow": command} {
			for name, text := range map[string]string{
				"task.toml":              "schema_version = \"1.4\"\n[task]\nname = \"test/" + task + "\"\n",
				"instruction.md":         "Do nothing.\n",
				"environment/Dockerfile": fmt.Sprintf("FROM %s\nWORKDIR /app\nRUN echo %d >mark && %s\n", baseImage, mark, does),
				"tests/test.sh":          "#!/bin/sh\necho 1 >/logs/verifier/reward.txt\n",
			} {
				file := filepath.Join(dir, task, name)
				if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o755)); err != nil {
					r.t.Fatal(err)
				}
			}
		}
		c, err := config.Parse([]byte(`
suite: {name: two, tasks: [{path: quick}, {path: slow}]}
compare: settings
baseline: {agent: command, settings: {command: ["true"]}, from: live}
candidate: {agent: command, settings: {command: ["sh", "-c", "true"]}}
sandbox: docker
limits: {attempts: 1, usd: 1, usd_per_trial: 0.1, workers: 2}
gate: {mode: fixed}
`), "benchgate.yaml", dir, config.Flags{})
		if err != nil {
			r.t.Fatal(err)
		}
		o := run.Options{
			Config: c, Store: baselines.NewDirectory(c.Baselines.Dir), Version: "v0.0.0-e2e", Now: time.Now, RunsDir: r.runs, CacheDir: r.cache,
			LookupEnv: func(name string) (string, bool) { v, ok := r.env[name]; return v, ok },
			Log:       slog.New(slog.NewTextHandler(r.said, nil)),
			Notice:    func(text string) { fmt.Fprintln(r.said, "notice:", text) },
			Progress:  r.progress,
		}
		design, err := run.NewDesign(r.t.Context(), o)
		if err != nil {
			r.t.Fatal(err)
		}
		if design.Steps[0].Task.ID == "quick" {
			return o
		}
	}
	r.t.Fatal("the order of the plan does not depend on the tasks")
	return run.Options{}
}

// byTask is an arm's trial of each task, each of which has one.
func byTask(r *baselines.Run) map[string]baselines.Trial {
	trials := make(map[string]baselines.Trial)
	for _, t := range r.Counted() {
		trials[t.Task] = t
	}
	return trials
}

// A trial ends while the image of another task is still being built.
func TestTrialsRunWhileAnImageIsBuilt(t *testing.T) {
	r := newRig(t)
	r.scripted(filepath.Join(e2eDir, "settings.yaml"))
	result, err := run.Run(t.Context(), r.twoImages("sleep 20"))
	if err != nil {
		t.Fatalf("%v\n%s", err, r.said)
	}
	for _, arm := range []*baselines.Run{result.Baseline, result.Candidate} {
		quick, slow := byTask(arm)["quick"], byTask(arm)["slow"]
		if !quick.IsSolved() || !slow.IsSolved() {
			t.Fatalf("the trials ended as %s (%s) and %s (%s)", quick.Ended, quick.Reason, slow.Ended, slow.Reason)
		}
		ended := quick.Started.Add(time.Duration(quick.Seconds.Total * float64(time.Second)))
		if !ended.Before(slow.Started) {
			t.Errorf("the quick trial of %s ended at %v, and the image of the other was ready at %v at the latest", arm.Header.Arm, ended, slow.Started)
		}
		tasks := arm.Header.Suite.Tasks
		if tasks[0].Image == "" || tasks[0].Image != quick.Image || tasks[1].Image != "" || slow.Image == "" {
			t.Errorf("the images are %q and %q in the header, %q and %q in the trials: want that of slow only in its trial", tasks[0].Image, tasks[1].Image, quick.Image, slow.Image)
		}
	}
	first, second := byTask(result.Candidate)["slow"], byTask(result.Baseline)["slow"]
	if waited := max(first.Seconds.Image, second.Seconds.Image); waited < 5 || waited > 30 {
		t.Errorf("the first trial of slow waited %.1f s for its image", waited)
	}
	nothingLeft(t, filepath.Base(result.Dir), nil)
}

// A build that fails once trials run takes its own task from both arms, and the
// verdict says so. The same command then tries it again, before it is measured.
func TestABuildThatFailsLate(t *testing.T) {
	r := newRig(t)
	r.scripted(filepath.Join(e2eDir, "settings.yaml"))
	o := r.twoImages("sleep 8 && echo the compiler is gone >&2 && exit 3")
	result, err := run.Run(t.Context(), o)
	if err != nil {
		t.Fatalf("%v\n%s", err, r.said)
	}
	if result.Verdict.Outcome != gate.Inconclusive {
		t.Errorf("the verdict is %s, want inconclusive", result.Verdict.Outcome)
	}
	if said := result.Verdict.Warnings; len(said) == 0 || !strings.Contains(said[0], "task slow: ") || !strings.Contains(said[0], "the compiler is gone") {
		t.Errorf("the warnings are %q, want the builder's words for slow first", said)
	}
	for _, arm := range []*baselines.Run{result.Baseline, result.Candidate} {
		quick, slow := byTask(arm)["quick"], byTask(arm)["slow"]
		if !quick.IsSolved() || slow.Ended != baselines.InfraError || slow.Try != baselines.MaxTries || !strings.Contains(slow.Reason, "the compiler is gone") {
			t.Errorf("%s: quick is solved: %v, slow ended as %s at try %d: %s", arm.Header.Arm, quick.IsSolved(), slow.Ended, slow.Try, slow.Reason)
		}
	}
	nothingLeft(t, filepath.Base(result.Dir), nil)

	if _, err := run.Run(t.Context(), o); err == nil || !strings.HasPrefix(err.Error(), "task slow: preparing environment: ") {
		t.Errorf("the second run: %v; want the failing build, before the one trial that is missing", err)
	}
}

// Ctrl-C ends what is still being built, soon.
func TestCtrlCEndsABuildBesideTrials(t *testing.T) {
	r := newRig(t)
	r.scripted(filepath.Join(e2eDir, "settings.yaml"))
	o := r.twoImages("sleep 600")
	ctx, stop := context.WithCancel(t.Context())
	var stopped time.Time
	ended := 0
	r.onProgress = func(p run.Progress) {
		if p.Trial == nil {
			return
		}
		if ended++; ended == 2 { // both trials of quick; the next waits for its image
			stopped = time.Now()
			stop()
		}
	}
	defer stop()
	_, err := run.Run(ctx, o)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want it interrupted\n%s", err, r.said)
	}
	if took := time.Since(stopped); took > 5*time.Second {
		t.Errorf("it took %v to end", took)
	}
	nothingLeft(t, filepath.Base(r.onlyRun()), nil)
}
