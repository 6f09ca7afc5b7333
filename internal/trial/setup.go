package trial

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/wait"
)

// logDirs exist in every sandbox, writable for everyone: those of Harbor's
// layout, and the two that Terminal-Bench 1 binds.
var logDirs = []string{"logs", "logs/agent", "logs/agent/claude", "logs/verifier", "logs/artifacts", "agent-logs"}

// setup makes the sandbox and puts everything into it except the tests.
func (a *attempt) setup(ctx context.Context) (err error) {
	if a.image, err = a.Image(a.job.Task.ID); err != nil {
		return err
	}
	a.trial.Image = a.image.ID
	if err := a.addTime(&a.trial.Seconds.Create, func() error { return a.create(ctx) }); err != nil {
		return fmt.Errorf("creating sandbox: %w", err)
	}
	if err := a.emptyOwned(ctx); err != nil {
		return err
	}
	if err := a.makeLogDirs(ctx); err != nil {
		return err
	}
	if err := a.beginEntrypoint(ctx); err != nil {
		return err
	}
	if err := a.placeInputs(ctx); err != nil {
		return err
	}
	if err := a.awaitHealthy(ctx); err != nil {
		return err
	}
	a.admit()
	if err := a.placeVariantFiles(ctx); err != nil {
		return err
	}
	if err := a.placeSettings(ctx); err != nil {
		return err
	}
	if place := a.job.Subject.Agent.Place; place != nil {
		if err := a.place(ctx, place(a.start())); err != nil {
			return fmt.Errorf("placing the agent's files: %w", err)
		}
	}
	a.snapshotBefore(ctx)
	return a.noteEntrypointChanges(ctx)
}

// spec asks for a sandbox of the task, without an agent.
func (a *attempt) spec() sandbox.Spec {
	task := a.job.Task
	usage := a.Limits.Usage(task)
	return sandbox.Spec{
		Run: a.RunID, Trial: a.job.ID(),
		Environment: task.Environment, Image: a.image,
		Env: task.Env, Workdir: task.Workdir, User: task.AgentUser, Network: task.Network,
		Access: phasesOf(task).Setup,
		Reach:  a.Gateways[task.Network].hosts(),
		CPUs:   usage.CPUs, MemoryMB: usage.MemoryMB,
	}
}

func (a *attempt) create(ctx context.Context) error {
	spec := a.spec()
	image := spec.Image
	if tools := a.job.Subject.Agent.Tools; tools != nil {
		platform := agent.Platform{OS: image.OS, Arch: image.Arch, Libc: image.Libc}
		t, err := tools(a.job.Subject.Variant.Agent.Version, platform, a.Cache)
		if err != nil {
			return err
		}
		spec.Tools = append(spec.Tools, sandbox.Tools(t))
	}
	return a.createAs(ctx, spec)
}

func (a *attempt) createAs(ctx context.Context, spec sandbox.Spec) error {
	task, image := a.job.Task, spec.Image
	box, err := a.Engine.Create(ctx, spec)
	if err != nil {
		return err
	}
	a.box, a.access = marked{box}, spec.Access
	a.workdir = workdirOf(task, image)
	if !a.isolated {
		a.flag(baselines.NoIsolation)
	}
	return nil
}

// phasesOf are zero for a task whose network is the same, all the time.
func phasesOf(task *suite.Task) suite.Phases {
	if task.Phases == nil {
		return suite.Phases{}
	}
	return *task.Phases
}

// enter changes what the sandbox reaches, for one of the task's phases.
func (a *attempt) enter(ctx context.Context, access suite.Access) error {
	if a.access.Same(access) {
		return nil
	}
	if err := a.box.SetAccess(ctx, access); err != nil {
		return err
	}
	a.access = access
	return nil
}

func workdirOf(task *suite.Task, image sandbox.Image) string {
	return cmp.Or(task.Workdir, image.Workdir, "/")
}

// admit opens the model API and the telemetry receiver for the trial.
func (a *attempt) admit() {
	a.otlpToken = a.Telemetry.Admit(a.job.ID())
	if a.job.Subject.Agent.AsksModel() {
		a.apiToken = a.Meter.Admit(meter.Trial{
			ID:          a.job.ID(),
			Model:       a.job.Subject.Variant.Model,
			SmallModels: a.job.Subject.Agent.SmallModels,
			BudgetUSD:   a.Limits.USD,
			MaxTokens:   a.Limits.Tokens,
		})
	}
}

// start is what the agent's row is given.
func (a *attempt) start() agent.Start {
	gateway := a.Gateways[a.job.Task.Network]
	return agent.Start{
		Task: a.job.Task, Variant: a.job.Subject.Variant, Path: a.box.Path,
		MeterURL: gateway.API + "/" + a.apiToken,
		OTLPURL:  gateway.OTLP + "/" + a.otlpToken,
		TrialID:  a.job.ID(),
	}
}

func (a *attempt) makeLogDirs(ctx context.Context) error {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, dir := range logDirs {
		h := &tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: 0o777, ModTime: a.trial.Started}
		if err := w.WriteHeader(h); err != nil {
			return fmt.Errorf("making log directories: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("making log directories: %w", err)
	}
	if err := a.box.CopyIn(ctx, "/", &buf); err != nil {
		return fmt.Errorf("making log directories: %w", err)
	}
	return nil
}

// awaitHealthy runs the task's health check until it succeeds. It gives up when
// the check has failed as often in a row as it has retries; failures within the
// start period are not counted. These are the rules of Docker's HEALTHCHECK.
func (a *attempt) awaitHealthy(ctx context.Context) error {
	check := a.job.Task.Healthcheck
	if check == nil {
		return nil
	}
	grace := a.Now().Add(check.StartPeriod)
	for failures := 0; ; {
		exit, err := a.healthy(ctx, check.Command, check.Timeout)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil && exit.Code == 0:
			return nil
		case err != nil && !errors.Is(err, context.DeadlineExceeded):
			return fmt.Errorf("running health check: %w", err)
		}
		how := fmt.Sprintf("exit code %d", exit.Code)
		if err != nil {
			how = "no end in its time"
		}
		pause := check.StartInterval
		if a.Now().After(grace) {
			pause = check.Interval
			if failures++; failures >= max(check.Retries, 1) {
				return fmt.Errorf("the environment is not healthy: its health check failed %d times, last with %s", failures, how)
			}
		}
		if err := wait.For(ctx, pause); err != nil {
			return err
		}
	}
}

func (a *attempt) healthy(ctx context.Context, command string, timeout time.Duration) (sandbox.Exit, error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(timeout, 30*time.Second))
	defer cancel()
	return a.box.Exec(ctx, sandbox.Command{Argv: []string{"sh", "-c", command}})
}

// placeInputs puts what the task brings for an image that is not built for it into the
// working directory.
func (a *attempt) placeInputs(ctx context.Context) error {
	inputs := slices.Clone(a.job.Task.Inputs)
	for i := range inputs {
		inputs[i].Dir = a.workdir
	}
	if err := a.place(ctx, inputs); err != nil {
		return fmt.Errorf("placing the task's files: %w", err)
	}
	return nil
}

// placeVariantFiles puts the variant's own files (CLAUDE.md, say) where its
// agent looks for them, by default into the working directory.
func (a *attempt) placeVariantFiles(ctx context.Context) error {
	files := a.job.Subject.Files
	for _, name := range slices.Sorted(maps.Keys(files)) {
		at := path.Join(a.workdir, name)
		if locate := a.job.Subject.Agent.Locate; locate != nil {
			at = cmp.Or(locate(name), at)
		}
		if err := a.placeFile(ctx, at, files[name]); err != nil {
			return fmt.Errorf("placing the variant's %s: %w", name, err)
		}
	}
	return nil
}

// emptyOwned removes what the task's image has in the agent's own directories.
func (a *attempt) emptyOwned(ctx context.Context) error {
	var dirs []sandbox.Dir
	for _, dir := range a.job.Subject.Agent.Owns {
		dirs = append(dirs, sandbox.Dir{Path: dir, Mode: 0o755})
	}
	if len(dirs) == 0 {
		return nil
	}
	if err := a.box.Empty(ctx, dirs...); err != nil {
		return fmt.Errorf("emptying the agent's directories: %w", err)
	}
	return nil
}

// placeSettings writes the agent's settings.
func (a *attempt) placeSettings(ctx context.Context) error {
	if a.job.Subject.Agent.Settings == nil {
		return nil
	}
	files, err := a.job.Subject.Agent.Settings(a.start())
	if err != nil {
		return fmt.Errorf("placing the agent's settings: %w", err)
	}
	for _, f := range files {
		if err := a.placeFile(ctx, f.Path, f.Content); err != nil {
			return fmt.Errorf("placing the agent's settings: %w", err)
		}
	}
	return nil
}

// placeFile writes one file, root's and readable for all.
func (a *attempt) placeFile(ctx context.Context, at string, content []byte) error {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	h := &tar.Header{Name: path.Base(at), Mode: 0o644, ModTime: a.trial.Started}
	if err := errors.Join(addFile(w, h, content), w.Close()); err != nil {
		return err
	}
	return a.box.CopyIn(ctx, path.Dir(at), &buf)
}

// remove destroys the sandbox, whatever state it is in.
func (a *attempt) remove(ctx context.Context) error {
	if a.box == nil {
		return nil
	}
	a.removed = true
	defer a.entrypoint.end()
	if err := a.box.Remove(ctx); err != nil {
		return fmt.Errorf("removing sandbox: %w", err)
	}
	return nil
}

// NoModel reports whether the subject's agent asks no model, live or in a
// recording. Of its trials it is known that they cost nothing; with any other
// agent, no request seen means that the cost is not known.
func (s Subject) NoModel() bool {
	return !s.Agent.AsksModel() && !s.Agent.Replays
}
