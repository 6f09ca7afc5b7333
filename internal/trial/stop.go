package trial

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
)

// grace is the time between TERM and KILL, in which an agent sends its last
// telemetry. Claude Code takes at most two seconds for it.
const grace = 3 * time.Second

// stop ends everything of the agent: first its access to the model, then every
// process, then its access to the telemetry receiver, which its last export
// still needs. It is called for every trial, also one that was cancelled or
// whose agent never started. After a failure in the sandbox nothing is stopped
// in it: it is removed. That of a cancelled trial is removed at once: no tests will
// run in it, and whoever pressed Ctrl-C waits.
func (a *attempt) stop(ctx context.Context, failed error) error {
	cancelled := ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	a.Meter.Revoke(a.apiToken)
	var err error
	switch {
	case cancelled:
		err = a.remove(ctx)
	case !errors.As(failed, new(*diagnosis)):
		err = a.stopProcesses(ctx)
	}
	a.hearOut()
	a.Telemetry.Revoke(a.otlpToken)
	if waitErr := a.Meter.Wait(ctx, a.job.ID()); waitErr != nil {
		err = errors.Join(err, fmt.Errorf("waiting for the ledger: %w", waitErr))
	}
	return err
}

// outputTime is how long output is waited for when all processes have ended: both
// engines wait two seconds where somebody else holds the agent's streams open.
const outputTime = 5 * time.Second

// late is an agent whose time was over.
type late struct {
	ended <-chan endOf
	end   context.CancelFunc // no more of its output is read
}

// hearOut keeps what an agent whose time was over wrote until it was stopped, and
// what it reported then of its own usage.
func (a *attempt) hearOut() {
	if a.late == nil {
		return
	}
	defer a.late.end()
	select {
	case <-a.late.ended:
	case <-time.After(outputTime):
		a.late.end()
		<-a.late.ended
	}
	a.ending.Result = a.row().Read(agent.Exit{}, a.transcript.reader()).Result
}

func (a *attempt) stopProcesses(ctx context.Context) error {
	switch {
	case (!a.started || a.recorded != nil) && a.entrypoint == nil:
		return nil // nothing ran
	case a.job.KeepProcesses:
		a.flag(baselines.KeptProcesses)
		return a.stopAgentOnly(ctx)
	}
	if err := a.box.StopProcesses(ctx, grace); err != nil {
		return fmt.Errorf("stopping processes: %w", err)
	}
	return nil
}

// stopAgentOnly ends the agent's own processes and leaves services running. An
// agent that came to its own end has no processes of its own left. One that
// detached itself on purpose is left running, too; the flag kept_processes tells
// readers that this was possible.
func (a *attempt) stopAgentOnly(ctx context.Context) error {
	if !a.running {
		return nil
	}
	pid := a.pid.Load()
	if pid == 0 {
		return errors.New("stopping the agent: its process is not known")
	}
	if err := a.box.StopTree(ctx, int(pid), grace); err != nil {
		return fmt.Errorf("stopping the agent: %w", err)
	}
	return nil
}
