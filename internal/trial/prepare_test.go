package trial_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
	"github.com/benchgate/benchgate/internal/wait"
)

// together is an engine that prepares environments only when so many are asked for
// at once, and fails for those without a name.
type together struct {
	sandbox.Engine
	wanted int

	mu   sync.Mutex
	in   int
	open chan struct{}
}

func (e *together) Prepare(ctx context.Context, env suite.Environment, _ io.Writer) (sandbox.Image, error) {
	e.mu.Lock()
	if e.in++; e.in == e.wanted {
		close(e.open)
	}
	e.mu.Unlock()
	select {
	case <-e.open:
	case <-ctx.Done():
		return sandbox.Image{}, ctx.Err()
	}
	if env.Image == "" {
		return sandbox.Image{}, errors.New("there is no such image")
	}
	return sandbox.Image{ID: env.Image}, nil
}

// Environments are prepared several at a time, and every one that cannot be is named
// in the suite's order, whichever failed first.
func TestEnvironmentsArePreparedAtOnce(t *testing.T) {
	r := newRig(t, "")
	r.Engine = &together{Engine: r.Engine, wanted: 4, open: make(chan struct{})}
	var tasks []*suite.Task
	for i := range 9 {
		tasks = append(tasks, &suite.Task{ID: fmt.Sprintf("task-%d", i), Environment: suite.Environment{Image: fmt.Sprintf("image-%d", i)}})
	}
	r.must(r.Prepare(t.Context(), tasks, nil))
	for _, task := range tasks {
		if got, err := r.Image(task.ID); err != nil || got.ID != task.Environment.Image {
			t.Errorf("the image of %s is %q (%v)", task.ID, got.ID, err)
		}
	}

	tasks[5].Environment.Image, tasks[2].Environment.Image = "", ""
	err := r.Prepare(t.Context(), tasks, nil)
	if err == nil {
		t.Fatal("environments that cannot be prepared are no error")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "task task-2: preparing environment: there is no such image") || !strings.HasPrefix(lines[1], "task task-5: ") {
		t.Errorf("the error is %q", lines)
	}
}

// buildTime is an engine on which the image "20s" takes twenty seconds. Images that
// are named after "no " fail then, those after "once " the first time.
type buildTime struct {
	sandbox.Engine
	mu          sync.Mutex
	builds      []string // in the order in which they began
	now, atMost int      // that go on; at most since seen was called
}

func (e *buildTime) Info(context.Context) (sandbox.Info, error) { return sandbox.Info{}, nil }

func (e *buildTime) Prepare(ctx context.Context, env suite.Environment, _ io.Writer) (sandbox.Image, error) {
	e.mu.Lock()
	again := slices.Contains(e.builds, env.Image)
	e.builds = append(e.builds, env.Image)
	e.now++
	e.atMost = max(e.atMost, e.now)
	e.mu.Unlock()
	kind, text, _ := strings.Cut(env.Image, " ")
	if text == "" {
		kind, text = "", kind
	}
	d, err := time.ParseDuration(text)
	if err == nil {
		err = wait.For(ctx, d)
	}
	e.mu.Lock()
	e.now--
	e.mu.Unlock()
	if err == nil && (kind == "no" || kind == "once" && !again) {
		err = errors.New("RUN make: exit code 2")
	}
	return sandbox.Image{ID: env.Image}, err
}

// seen is how many builds went on at once at most since the last call, and how many
// were begun at all.
func (e *buildTime) seen() (atMost, builds int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	atMost, e.atMost = e.atMost, 0
	return atMost, len(e.builds)
}

// imaged are tasks with these images, named after their place, from "task-0".
func imaged(images ...string) (tasks []*suite.Task) {
	for i, image := range images {
		tasks = append(tasks, &suite.Task{ID: fmt.Sprintf("task-%d", i), Environment: suite.Environment{Image: image}})
	}
	return tasks
}

// onePerTask is a job for each task, in this order.
func onePerTask(tasks []*suite.Task, s trial.Subject) func() (trial.Job, bool) {
	next := 0
	return func() (trial.Job, bool) {
		if next == len(tasks) {
			return trial.Job{}, false
		}
		next++
		return trial.Job{Arm: baselines.Candidate, Seq: next, Attempt: 1, Task: tasks[next-1], Subject: s}, true
	}
}

// A trial starts when its task's image is ready, though others are still being built,
// and none before those ahead of it in the plan.
func TestTrialsStartWhileImagesAreBuilt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := new(buildTime)
		r := &trial.Runner{Engine: engine}
		tasks := imaged("60s", "1s", "2s", "30s")
		planned := []*suite.Task{tasks[1], tasks[2], tasks[0], tasks[1], tasks[3]}
		began := time.Now()
		p, err := r.PrepareAhead(t.Context(), tasks, planned, nil)
		if err == nil {
			err = p.AwaitFirst(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		defer p.Stop()
		if _, err := r.Image("task-0"); err == nil {
			t.Error("the image of task-0 is there before it is built")
		}
		var mu sync.Mutex
		var starts []string
		pool := trial.Pool{
			Runner: r, Limiter: &trial.Limiter{Most: 4}, Observe: func(trial.Event) error { return nil },
			Try: func(_ context.Context, job trial.Job) baselines.Trial {
				mu.Lock()
				starts = append(starts, fmt.Sprintf("%d: %s at %v, waited %v", job.Seq, job.Task.ID, time.Since(began), job.Imaged))
				mu.Unlock()
				time.Sleep(10 * time.Second)
				return baselines.Trial{Ended: baselines.Finished}
			},
		}
		if err := pool.Run(t.Context(), onePerTask(planned, trial.Subject{})); err != nil {
			t.Fatal(err)
		}
		slices.Sort(starts) // those that start at the same instant write in any order
		want := []string{
			"1: task-1 at 5s, waited 0s", // the head start
			"2: task-2 at 5s, waited 0s",
			"3: task-0 at 1m0s, waited 55s",
			"4: task-1 at 1m0s, waited 0s",
			"5: task-3 at 1m0s, waited 0s",
		}
		if diff := cmp.Diff(want, starts); diff != "" {
			t.Errorf("starts (-want +got):\n%s", diff)
		}
		if !slices.Equal(slices.Sorted(slices.Values(engine.builds)), []string{"1s", "2s", "30s", "60s"}) {
			t.Errorf("built were %v, want each once", engine.builds)
		}
	})
}

// Nothing was paid yet when an image of the first ones cannot be built: all are
// tried, and every one that fails is named, in the suite's order.
func TestFailingBuildsAreNamedBeforeTheFirstTrial(t *testing.T) {
	for name, images := range map[string][]string{
		"within the head start":         {"no 90s", "1s", "1s", "1s", "no 2s"},
		"before the first one is ready": {"no 90s", "40s", "1s", "1s", "no 30s"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, tasks := &trial.Runner{Engine: new(buildTime)}, imaged(images...)
				p, err := r.PrepareAhead(t.Context(), tasks, []*suite.Task{tasks[1], tasks[4], tasks[0]}, nil)
				if err != nil {
					t.Fatal(err)
				}
				defer p.Stop()
				want := "task task-0: preparing environment: RUN make: exit code 2\ntask task-4: preparing environment: RUN make: exit code 2"
				if err := p.AwaitFirst(t.Context()); err == nil || err.Error() != want {
					t.Errorf("%v, want %s", err, want)
				}
			})
		})
	}
}

// Builds leave trials some of the machine, and a run that ends ends them.
func TestFewBuildsRunBesideTrials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := new(buildTime)
		r, tasks := &trial.Runner{Engine: engine}, imaged("6s", "7s", "8s", "9s", "10s", "11s", "12s", "13s", "14s", "1h")
		p, err := r.PrepareAhead(t.Context(), tasks, tasks, nil)
		if err == nil {
			err = p.AwaitFirst(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := engine.seen(); n != 4 {
			t.Errorf("%d were built at once before the first trial, want 4", n)
		}
		time.Sleep(5 * time.Second)
		engine.seen()
		time.Sleep(time.Minute)
		if n, builds := engine.seen(); n != 2 || builds != 10 {
			t.Errorf("%d of %d were built at once beside trials, want 2 of 10", n, builds)
		}
		p.Stop()
		if _, err := r.Image("task-9"); !errors.Is(err, context.Canceled) {
			t.Errorf("the last build ended with %v, want it cancelled", err)
		}
	})
}

// When an image cannot be built once trials run, those of its task break, each with
// the builder's words, and all others are measured. The build is tried as often as a
// trial.
func TestAFailingBuildBreaksItsOwnTask(t *testing.T) {
	r := newRig(t, "")
	good := r.task(nil)
	engine := &buildTime{Engine: r.Engine}
	r.Engine = failing{r.Engine, engine}
	bad := &suite.Task{ID: "bad", Environment: suite.Environment{Image: "no 10ms"}}
	flaky := *good
	flaky.ID, flaky.Environment = "flaky", suite.Environment{Image: "once 10ms"}
	p, err := r.PrepareAhead(t.Context(), []*suite.Task{good, bad, &flaky}, nil, nil)
	r.must(err)
	defer p.Stop()
	var seen events
	pool := trial.Pool{Runner: r.Runner, Limiter: &trial.Limiter{Most: 1}, Observe: seen.observe, Pause: func(int) time.Duration { return 0 }}
	r.must(pool.Run(t.Context(), onePerTask([]*suite.Task{good, bad, good, bad, bad}, r.plain("oracle"))))

	var got []string
	for _, e := range seen.all {
		if e.Trial == nil {
			continue
		}
		got = append(got, fmt.Sprintf("%s %d.%d %s %s, final: %v", e.Trial.Task, e.Trial.Seq, e.Trial.Try, e.Trial.Ended, e.Trial.Reason, e.Final))
		if (e.Trial.Image != "") != (e.Trial.Ended == baselines.Finished) {
			t.Errorf("the image of %s is %q", e.Job.ID(), e.Trial.Image)
		}
		r.must(e.Trial.Validate())
	}
	const why = " infra_error setting up: preparing environment: RUN make: exit code 2, final: "
	want := []string{
		"answer 1.1 finished , final: true",
		"bad 2.1" + why + "false", "bad 2.2" + why + "false", "bad 2.3" + why + "true",
		"answer 3.1 finished , final: true",
		"bad 4.3" + why + "true", "bad 5.3" + why + "true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tries (-want +got):\n%s", diff)
	}
	if n := strings.Count(strings.Join(engine.builds, ","), "no 10ms"); n != baselines.MaxTries {
		t.Errorf("it was built %d times, want %d", n, baselines.MaxTries)
	}
	if failed := p.Failed(); len(failed) != 2 || !strings.HasPrefix(failed[0].Error(), "task bad: ") {
		t.Errorf("failed are %v", failed)
	}
	r.nothingLeft()
}

// failing builds images by name as buildTime does, and all else as the engine does.
type failing struct {
	sandbox.Engine
	named *buildTime
}

func (e failing) Prepare(ctx context.Context, env suite.Environment, log io.Writer) (sandbox.Image, error) {
	if env.Image != "" {
		return e.named.Prepare(ctx, env, log)
	}
	return e.Engine.Prepare(ctx, env, log)
}

// A build that fails once costs its trial a try, and those behind it nothing.
func TestABuildThatFailsOnceIsMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, tasks := &trial.Runner{Engine: new(buildTime)}, imaged("once 8s", "1s")
		p, err := r.PrepareAhead(t.Context(), tasks, []*suite.Task{tasks[1], tasks[0]}, nil)
		if err == nil {
			err = p.AwaitFirst(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		defer p.Stop()
		var got []string
		pool := trial.Pool{
			Runner: r, Limiter: &trial.Limiter{Most: 1}, Observe: func(trial.Event) error { return nil },
			Try: func(_ context.Context, job trial.Job) baselines.Trial {
				got = append(got, fmt.Sprintf("%s %d.%d waited %v", job.Task.ID, job.Seq, job.Try, job.Imaged))
				if _, err := r.Image(job.Task.ID); err != nil {
					return baselines.Trial{Try: job.Try, Ended: baselines.InfraError}
				}
				return baselines.Trial{Try: job.Try, Ended: baselines.Finished}
			},
		}
		if err := pool.Run(t.Context(), onePerTask([]*suite.Task{tasks[1], tasks[0], tasks[0]}, trial.Subject{})); err != nil {
			t.Fatal(err)
		}
		want := []string{"task-1 1.1 waited 0s", "task-0 2.1 waited 3s", "task-0 2.2 waited 8s", "task-0 3.1 waited 0s"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("tries (-want +got):\n%s", diff)
		}
	})
}

// Whether an agent starts in an image is tried once, and told once, however many tasks
// have it; of another task's trials it says as much.
func TestAnAgentIsTriedOncePerImage(t *testing.T) {
	r := newRig(t, "")
	one := r.task(nil)
	other := *one
	other.ID = "other"
	tried := filepath.Join(t.TempDir(), "tried")
	s := r.plain("oracle")
	s.Agent.Preflight = func(agent.Start) []agent.Check {
		return []agent.Check{{Argv: shell(t, "echo tried >>'"+tried+"'; echo no loader >&2; exit 1"), Hint: "the agent does not start"}}
	}
	p, err := r.PrepareAhead(t.Context(), []*suite.Task{one, &other}, []*suite.Task{&other}, []trial.Subject{s})
	r.must(err)
	defer p.Stop()
	const why = "the agent does not start\n    no loader"
	if err := p.AwaitFirst(t.Context()); err == nil || err.Error() != "task answer: "+why {
		t.Errorf("%v, want it once, of the first task", err)
	}
	for _, task := range []*suite.Task{one, &other} {
		if _, err := r.Image(task.ID); err == nil || err.Error() != why {
			t.Errorf("%s: %v, want %s", task.ID, err, why)
		}
	}
	if text, err := os.ReadFile(tried); err != nil || string(text) != "tried\n" {
		t.Errorf("it was tried: %q (%v), want once", text, err)
	}
	r.nothingLeft()
}
