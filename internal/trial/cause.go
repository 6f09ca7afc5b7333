package trial

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/tamper"
)

// symptom is what is seen when a trial does not go as it should.
type symptom string

// The symptoms, in the order of the table of causes.
const (
	outOfTime      symptom = "out of time"
	memoryLimit    symptom = "memory limit"
	endedItself    symptom = "sandbox ended itself"
	mainOverMemory symptom = "sandbox over its memory limit"
	brokenSandbox  symptom = "sandbox broken"
	unusable       symptom = "sandbox unusable"
	diskFilled     symptom = "disk filled"
	apiBlamed      symptom = "model API blamed"
	dollarsGone    symptom = "dollars used up"

	beforeTheAgent symptom = "failed before the agent"
	endedOutside   symptom = "sandbox ended from outside"
	engineLost     symptom = "engine restarted"
	engineFailed   symptom = "engine failed"
	diskFull       symptom = "engine's disk full"
	ownFailure     symptom = "benchgate failed"
	apiFailed      symptom = "model API failed"
	rateLimited    symptom = "rate limit used up"
	apiRefuses     symptom = "model API refuses"
)

// cause is a row of the table of causes.
type cause struct {
	ended baselines.Ended // AgentError and Timeout are judged, InfraError is tried again
	says  string          // the reason; what there is to say of this one follows
}

// causes says whose doing each symptom is. What the agent does to its own
// sandbox is the agent's: else one that ends it when it cannot solve a task would
// be tried three times, and leave the statistics. In a sandbox that is no more the
// task's tests cannot run: they give no answer, which counts as not solved.
var causes = map[symptom]cause{
	outOfTime:      {baselines.Timeout, ""},
	memoryLimit:    {baselines.AgentError, "the task's memory limit killed the agent or one of its programs"},
	endedItself:    {baselines.AgentError, "what the agent did ended its sandbox"},
	mainOverMemory: {baselines.AgentError, "the task's memory limit killed the main process of the sandbox"},
	brokenSandbox:  {baselines.AgentError, "what the agent left keeps its sandbox from starting again, while a fresh one starts"},
	unusable:       {baselines.AgentError, "the sandbox cannot be used after the agent's work, although the engine works"},
	diskFilled:     {baselines.AgentError, "what the trial wrote filled the disk"},
	apiBlamed:      {baselines.AgentError, ""}, // settle.go reads this and the next in the ledger
	dollarsGone:    {baselines.Budget, ""},

	beforeTheAgent: {baselines.InfraError, ""}, // image, network, health check: nothing of an agent ran
	endedOutside:   {baselines.InfraError, "somebody outside ended the sandbox"},
	engineLost:     {baselines.InfraError, "the engine was restarted"},
	engineFailed:   {baselines.InfraError, ""},
	diskFull:       {baselines.InfraError, ""},
	ownFailure:     {baselines.InfraError, ""},
	apiFailed:      {baselines.InfraError, ""}, // settle.go reads it and the next two in the ledger
	rateLimited:    {baselines.InfraError, ""},
	apiRefuses:     {baselines.InfraError, ""},
}

// fates is what each fate of a sandbox in which an agent has run is a symptom of.
var fates = map[sandbox.FateKind]symptom{
	sandbox.EndedItself:  endedItself,
	sandbox.OverMemory:   mainOverMemory,
	sandbox.Broken:       brokenSandbox,
	sandbox.EndedOutside: endedOutside,
	sandbox.EngineLost:   engineLost,
}

// diagnosis is an error of a phase with what it is a symptom of.
type diagnosis struct {
	error
	seen   symptom
	detail string // what there is to say of it
}

func (d *diagnosis) Unwrap() error { return d.error }

// diagnose finds the symptom behind an error of a phase. It asks the sandbox, so
// it is called before anything else is done there. When ctx has ended, the error
// is a consequence of that and is returned as it is.
func (a *attempt) diagnose(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return err
	}
	d := &diagnosis{err, ownFailure, err.Error()}
	var failure *sandboxError
	var disk *diskError
	switch {
	case errors.As(err, &disk):
		d.seen, d.detail = disk.seen, disk.why
	case errors.As(err, &failure):
		fate, fateErr := a.askFate(ctx)
		d.seen = a.symptomOf(failure, fate, fateErr)
		if _, dead := fates[fate.Kind]; dead && d.seen != beforeTheAgent {
			d.detail = fate.Detail
		}
	case !a.started:
		d.seen = beforeTheAgent
	}
	return d
}

// symptomOf tells what it means that something failed in a sandbox of that fate.
func (a *attempt) symptomOf(failure *sandboxError, fate sandbox.Fate, fateErr error) symptom {
	seen, dead := fates[fate.Kind]
	switch {
	case fateErr != nil:
		return engineFailed
	case dead && causes[seen].ended == baselines.InfraError:
		return seen
	case !a.worked:
		return beforeTheAgent
	case dead:
		return seen
	case errors.Is(failure, sandbox.ErrEngine):
		return engineFailed
	default:
		return unusable
	}
}

// end turns an error of a phase into how the trial ended. Once ctx has ended,
// every error is taken for a consequence of stopping, and the trial is cancelled.
func (a *attempt) end(ctx context.Context, err error) {
	a.trial.Solved = nil
	var found *diagnosis
	if ctx.Err() != nil || !errors.As(err, &found) {
		a.ending.Ended, a.ending.Reason = baselines.Cancelled, cancelReason(ctx)
		return
	}
	a.log.Warn("trial failed", "seen", found.seen, "error", err)
	if found.seen == mainOverMemory {
		a.flag(baselines.OutOfMemory)
	}
	if a.ending.Ended == baselines.InfraError {
		return // the ledger shows that the model API failed first
	}
	a.conclude(found.seen, found.detail)
	if a.ending.Ended == baselines.AgentError {
		a.ending = settle(a.ending, a.answers(), true)
	}
}

// conclude ends the trial as the symptom's row says.
func (a *attempt) conclude(seen symptom, detail string) {
	row := causes[seen]
	says := row.says
	if says != "" && detail != "" {
		says += ": "
	}
	lines := strings.Split(says+detail, "\n")
	for i, line := range lines { // quoted logs are indented
		lines[i] = strings.TrimSpace(line)
	}
	a.ending.Ended, a.ending.Reason = row.ended, strings.Join(lines, "; ")
}

// checkSandbox looks at the sandbox after a program in it ended, and reports
// whether it is fit for the next step. A program that ended well needs no look:
// what becomes of the sandbox after it, the next step meets. One that did not can
// have ended because the whole sandbox did, and then its exit code says nothing.
func (a *attempt) checkSandbox(ctx context.Context, exit sandbox.Exit) error {
	if exit.Code == 0 {
		return nil
	}
	fate, err := a.askFate(ctx)
	if err != nil {
		return &sandboxError{err}
	}
	if fate.Kind == sandbox.Lives {
		return nil
	}
	return &sandboxError{fmt.Errorf("with exit code %d, together with the sandbox", exit.Code)}
}

// fateTime is how long the engine may take to say what became of a sandbox.
const fateTime = 30 * time.Second

// askFate is asked also when ctx ends meanwhile, because the answer says how the
// trial ended.
func (a *attempt) askFate(ctx context.Context) (sandbox.Fate, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fateTime)
	defer cancel()
	return a.box.Fate(ctx)
}

// sandboxError is an error of something done in the sandbox, unlike one of
// benchgate's own parts, which no agent can cause.
type sandboxError struct{ error }

func (e *sandboxError) Unwrap() error { return e.error }

// marked marks the errors of a sandbox as such.
type marked struct{ sandbox.Sandbox }

func mark(err error) error {
	if err == nil {
		return nil
	}
	return &sandboxError{err}
}

func (m marked) Exec(ctx context.Context, cmd sandbox.Command) (sandbox.Exit, error) {
	exit, err := m.Sandbox.Exec(ctx, cmd)
	return exit, mark(err)
}

func (m marked) RunEntrypoint(ctx context.Context, e sandbox.Entrypoint) (sandbox.Exit, error) {
	exit, err := m.Sandbox.RunEntrypoint(ctx, e)
	return exit, mark(err)
}

func (m marked) CopyIn(ctx context.Context, dir string, tar io.Reader) error {
	return mark(m.Sandbox.CopyIn(ctx, dir, tar))
}

func (m marked) CopyOut(ctx context.Context, path string) (io.ReadCloser, error) {
	out, err := m.Sandbox.CopyOut(ctx, path)
	return out, mark(err)
}

func (m marked) StopProcesses(ctx context.Context, grace time.Duration) error {
	return mark(m.Sandbox.StopProcesses(ctx, grace))
}

func (m marked) Empty(ctx context.Context, dirs ...sandbox.Dir) error {
	return mark(m.Sandbox.Empty(ctx, dirs...))
}

func (m marked) StopTree(ctx context.Context, pid int, grace time.Duration) error {
	return mark(m.Sandbox.StopTree(ctx, pid, grace))
}

func (m marked) Changes(ctx context.Context, see func(tamper.Change)) error {
	return mark(m.Sandbox.Changes(ctx, see))
}

func (m marked) List(ctx context.Context, dirs ...string) (map[string]tamper.Listing, error) {
	listings, err := m.Sandbox.List(ctx, dirs...)
	return listings, mark(err)
}
