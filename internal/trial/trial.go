package trial

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/leak"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/redact"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
)

// Runner runs trials of one run. Its fields are set once, before the first
// trial; its methods may be called from several goroutines.
type Runner struct {
	RunID     string
	Engine    sandbox.Engine
	Meter     *meter.Meter
	Telemetry *otlp.Receiver
	Gateways  Gateways
	Prices    *prices.Table
	Cache     agent.Cache
	Limits    Limits

	// AnswersAt are places on the network that have the tasks' answers, beside
	// [leak.Benchmarks] and the tasks' own repositories.
	AnswersAt []leak.Place

	// Dir is the run's directory; each trial makes its own below it
	// ([Job.Dir]).
	Dir string

	// Record is where finished trials are recorded for the replay agent, in a
	// directory per variant; empty: nowhere.
	Record string

	// Secrets are values that must not be in any file.
	Secrets []string

	Log *slog.Logger
	Now func() time.Time

	// DiskTick is how often the engine's disk is looked at while a trial runs;
	// zero means every second.
	DiskTick time.Duration

	isolated bool         // the engine's, from Prepare
	prepared *Preparation // the last one; nil: none was begun
}

// Limits are what one trial may use. CPUs and MemoryMB (MiB, without swap) are
// for tasks that set none. What a task sets itself is part of the task, which
// its authors tried with just that, and of its digest: it wins, be it more or
// less.
type Limits struct {
	TimeoutMultiplier float64 // of the task's own timeouts; zero means 1

	// TimeoutGrace is how long after its time an agent may still work. When it ends
	// then, it has timed out all the same, and its tests count.
	TimeoutGrace time.Duration

	USD      float64 // per trial; zero: no limit
	Tokens   int64   // of all kinds, per trial; zero: no limit
	CPUs     float64 // may be a fraction; zero: no limit
	MemoryMB int64   // zero: no limit

	Verifier baselines.Verifier // empty: shared
	Tamper   baselines.Tamper   // empty: flag
}

// Gateways are the base URLs a sandbox reaches us at, by the network it is on.
type Gateways map[suite.Network]Gateway

// Gateway is the model API's and the telemetry receiver's base URL as a
// sandbox sees them, without a final slash.
type Gateway struct {
	API  string
	OTLP string
}

// hosts are the gateway's addresses, as a connection names them.
func (g Gateway) hosts() (all []string) {
	for _, base := range []string{g.API, g.OTLP} {
		if u, err := url.Parse(base); err == nil && u.Host != "" {
			all = append(all, u.Host)
		}
	}
	return all
}

// Job asks for one try of one attempt.
type Job struct {
	Arm     baselines.Arm
	Seq     int
	Attempt int
	Try     int
	Task    *suite.Task
	Subject Subject

	// Imaged is how long the job was the next one and had to wait for its task's image,
	// and Queued how long it then had to wait for its start.
	Imaged, Queued time.Duration

	// Confirm tells that the trial is one half of a live pair, which confirms or
	// refutes a regression. It is numbered apart from the arm's other trials, and
	// not recorded for the replay agent.
	Confirm bool

	// KeepProcesses is for tasks whose deliverable is a running service (the
	// configuration says so, or a check saw it): only
	// the agent's own processes are stopped before the tests.
	KeepProcesses bool

	// AnswerInHistory is for tasks whose git repository holds what the reference
	// solution writes: reading its history is noted then.
	AnswerInHistory bool

	// Upstream is where the task's repository was copied from: going there is noted.
	Upstream []leak.Place

	// OnHistory is told what git repositories in the working directory held, before
	// the agent worked, of the files that it wrote; nil: nobody asks. It is not called
	// where that cannot be found out.
	OnHistory func(History)
}

// History is what the git repositories in a task's working directory hold.
type History struct {
	Files  []string     // that the agent wrote, and whose content was committed before; at most twenty
	Places []leak.Place // that they were copied from; at most twenty
}

// ID names the try within its run, in ledger lines, labels and paths.
func (j Job) ID() string {
	if j.Confirm {
		return LiveID(j.Arm, j.Task.ID, j.Attempt, j.Try)
	}
	return ID(j.Arm, j.Task.ID, j.Attempt, j.Try)
}

// ID is a try's name: "<arm>/<task>/<attempt>.<try>".
func ID(arm baselines.Arm, task string, attempt, try int) string {
	return fmt.Sprintf("%s/%s/%d.%d", arm, task, attempt, try)
}

// LiveID is the name of a try of one half of a live pair:
// "<arm>/<task>/confirm-<attempt>.<try>".
func LiveID(arm baselines.Arm, task string, attempt, try int) string {
	return fmt.Sprintf("%s/%s/confirm-%d.%d", arm, task, attempt, try)
}

// FilesDir is where the trials of a run keep their files, below the run's
// directory.
func FilesDir(runDir string) string { return filepath.Join(runDir, "trials") }

// Dir is where the try keeps its files, below the run's directory:
// trials/<arm>/<task>/<attempt>.<try>, and confirm-<attempt>.<try> of a live pair.
func (j Job) Dir(runDir string) string {
	return filepath.Join(FilesDir(runDir), filepath.FromSlash(j.ID()))
}

// TelemetryDir is where the telemetry is kept that a try's agent sent; it is there
// when there was some.
func TelemetryDir(runDir, id string) string {
	return filepath.Join(FilesDir(runDir), filepath.FromSlash(id), otlpDir)
}

// Subject is a variant with what it takes to run it.
type Subject struct {
	Variant baselines.Variant
	Agent   agent.Agent

	// Files are the variant's own files, by path in the task's working
	// directory.
	Files map[string][]byte

	// Recordings is the directory the replay agent plays from.
	Recordings string
}

// attempt is a trial in the making.
type attempt struct {
	*Runner
	job   Job
	log   *slog.Logger
	trial baselines.Trial

	image      sandbox.Image // the task's
	box        sandbox.Sandbox
	access     suite.Access // what the sandbox reaches now; zero: what its network gives
	entrypoint *entrypoint  // of the image, which runs; nil: it has none
	removed    bool         // the sandbox was destroyed
	workdir    string       // the working directory, as the task names it
	started    bool         // the agent was started, or a recording applied
	worked     bool         // the agent was seen to work, so that what becomes of the sandbox can be its doing
	running    bool         // the agent was started and has not come to its own end
	pid        atomic.Int64 // the agent's process; zero: not known. Only where processes are kept
	apiToken   string
	otlpToken  string
	before     *snapshot // of the working directory; nil: not taken
	transcript *output   // the agent's standard output
	agentLog   *output   // the agent's standard error
	watched    bool      // somebody sees which hosts the agent asks for
	asked      []string  // those hosts
	late       *late     // what still comes of an agent whose time was over; nil: nothing
	testsLog   *output
	againLog   *output // of the tests in a fresh sandbox; nil: they did not run there
	doubtful   bool    // what the agent changed is a reason to run the tests once more
	ending     agent.Ending
	recorded   *Recording // what the replay agent played
}

// cleanupTimeout is how long stopping and removing may take; they are done on a
// context of their own, because the trial's may be cancelled already.
const cleanupTimeout = 60 * time.Second

// Image is the image of the task of that id. The error says why there is none, or not
// yet one.
func (r *Runner) Image(task string) (sandbox.Image, error) {
	if r.prepared == nil {
		return sandbox.Image{}, errNotPrepared
	}
	return r.prepared.image(task)
}

// Run runs one try and returns its record. It has no error: what failed, and
// whose doing it was, is in the record (cause.go). When ctx ends the
// trial is stopped and its record ended with [baselines.Cancelled].
func (r *Runner) Run(ctx context.Context, job Job) baselines.Trial {
	a := &attempt{
		Runner: r, job: job, log: r.Log.With("trial", job.ID()),
		trial: baselines.Trial{
			Seq: job.Seq, Task: job.Task.ID, Attempt: job.Attempt, Try: job.Try,
			Started: r.Now().UTC(), Seconds: baselines.Seconds{Image: job.Imaged.Seconds(), Queue: job.Queued.Seconds()},
		},
	}
	if err := a.live(ctx); err != nil {
		a.end(ctx, err)
	}
	a.trial.Ended = a.ending.Ended
	a.noteUnverified()
	if a.entrypoint != nil {
		a.ending.Reason = joinReason(a.ending.Reason, a.entrypoint.failed)
	}
	a.trial.Reason = redact.String(a.ending.Reason, a.secrets())
	a.trial.Seconds.Total = r.Now().Sub(a.trial.Started).Seconds()
	return a.trial
}

// noteUnverified flags a trial that counts and has no answer because its tests did
// not even run, as when the agent left no sandbox to run them in.
func (a *attempt) noteUnverified() {
	ran := a.trial.Solved != nil || a.trial.Flagged(baselines.TestsTimeout) || a.trial.Flagged(baselines.NoReward)
	if a.trial.Ended.Counts() && !ran {
		a.flag(baselines.TestsNotRun)
	}
}

// live takes the trial through all its phases. An error means that one of them
// failed; what was found until then stays in the record.
func (a *attempt) live(ctx context.Context) error {
	a.openFiles()
	defer a.leave(ctx)
	err := a.phase(&a.trial.Seconds.Setup, func() error { return a.setup(ctx) })
	if err != nil {
		err = fmt.Errorf("setting up: %w", err)
	} else {
		err = a.phase(&a.trial.Seconds.Agent, func() error { return a.drive(ctx) })
	}
	err = a.diagnose(ctx, err)
	stopErr := a.diagnose(ctx, a.addTime(&a.trial.Seconds.Stop, func() error { return a.stop(ctx, err) }))
	a.noteHosts(ctx)
	a.account(ctx.Err() != nil)
	if err := errors.Join(err, stopErr); err != nil {
		return err
	}
	if !a.ending.Ended.Counts() {
		return nil
	}
	a.compareFiles(ctx)
	a.findHistory(ctx)
	a.examine(ctx)
	return a.diagnose(ctx, a.phase(&a.trial.Seconds.Verify, func() error { return a.judge(ctx) }))
}

// leave writes the trial's files and removes its sandbox. A failure is logged
// and does not change the record, because the trial is over; a sandbox that
// could not be removed is removed at the end of the run.
func (a *attempt) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	refusedErr := a.noteRefused(ctx)
	removeErr := a.addTime(&a.trial.Seconds.Remove, func() error { return a.remove(ctx) })
	if err := errors.Join(refusedErr, a.writeFiles(), removeErr); err != nil {
		a.log.Warn("trial left something undone", "error", err)
	}
}

// mostRefused is how many destinations a record names.
const mostRefused = 10

// noteRefused adds what the sandbox's network did not let out. Of a trial that was
// cancelled, or whose sandbox is no more, it is not known.
func (a *attempt) noteRefused(ctx context.Context) error {
	if a.box == nil || a.removed {
		return nil
	}
	refused, err := a.box.Refused(ctx)
	if err != nil {
		return err
	}
	if refused.Packets == 0 {
		return nil
	}
	if a.trial.NetworkRefused == nil {
		a.trial.NetworkRefused = new(baselines.NetworkRefused)
	}
	all := a.trial.NetworkRefused
	all.Packets += int64(refused.Packets)
	all.To = append(all.To, refused.To...)
	all.To = all.To[:min(len(all.To), mostRefused)]
	return nil
}

func cancelReason(ctx context.Context) string {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause.Error()
	}
	return "stopped before its end"
}

// phase runs one step and sets seconds to its duration.
func (a *attempt) phase(seconds *float64, step func() error) error {
	start := a.Now()
	err := step()
	if *seconds == 0 { // replay has set the recorded duration
		*seconds = a.Now().Sub(start).Seconds()
	}
	return err
}

// addTime runs one part of a phase and adds its duration to seconds.
func (a *attempt) addTime(seconds *float64, step func() error) error {
	start := a.Now()
	err := step()
	*seconds += a.Now().Sub(start).Seconds()
	return err
}

// flag adds a flag once.
func (a *attempt) flag(f baselines.Flag) {
	if !a.trial.Flagged(f) {
		a.trial.Flags = append(a.trial.Flags, f)
	}
}

// timeout is d times the run's multiplier.
func (l Limits) timeout(d time.Duration) time.Duration {
	if l.TimeoutMultiplier > 0 {
		return time.Duration(float64(d) * l.TimeoutMultiplier)
	}
	return d
}
