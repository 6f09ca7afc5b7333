package trial

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/sandbox"
)

// defaultAgentTimeout holds for tasks that set no time of their own: Harbor
// lets those run for ever, which no bill can.
const defaultAgentTimeout = time.Hour

// errDeadline is the cause of a context that ended by the task's clock.
var errDeadline = errors.New("the task's time was over")

// drive lets the agent work until its end or its deadline and judges how it
// ended. An error means that the infrastructure failed.
func (a *attempt) drive(ctx context.Context) error {
	row := a.job.Subject.Agent
	if row.Name == "replay" {
		return a.replay(ctx)
	}
	if row.Command == nil {
		a.ending = row.Read(agent.Exit{}, bytes.NewReader(nil))
		return nil
	}
	program, err := row.Command(a.start())
	if err != nil {
		return fmt.Errorf("starting %s: %w", row.Name, err)
	}
	cmd := sandbox.Command{
		Argv: program.Argv, Env: program.Env, Stdin: program.Stdin,
		Stdout: a.transcript, Stderr: a.agentLog,
	}
	if a.Keep[a.job.Task.ID] {
		cmd.Argv = a.remember(cmd.Argv)
	}
	exit, err := a.execUntil(ctx, cmd, a.agentTime())
	switch {
	case errors.Is(err, errDeadline):
		a.timedOut(row)
	case err != nil:
		return fmt.Errorf("running %s: %w", row.Name, err)
	default:
		a.ending = row.Read(agent.Exit(exit), a.transcript.reader())
		if exit.OutOfMemory {
			a.flag(baselines.OutOfMemory)
		}
	}
	return nil
}

// agentTime is the agent's share of the clock.
func (a *attempt) agentTime() time.Duration {
	d := a.job.Task.AgentTimeout
	if d == 0 {
		d = defaultAgentTimeout
	}
	return a.Limits.timeout(d)
}

// timedOut keeps what the agent told of itself until its time was over.
func (a *attempt) timedOut(row agent.Agent) {
	told := row.Read(agent.Exit{}, a.transcript.reader())
	a.ending = agent.Ending{
		Ended:  baselines.Timeout,
		Reason: fmt.Sprintf("the agent was still working after %s", a.agentTime().Round(time.Second)),
		Result: told.Result,
	}
	a.flag(baselines.Killed)
}

// execUntil runs a command with a deadline; reaching it is [errDeadline].
func (a *attempt) execUntil(ctx context.Context, cmd sandbox.Command, d time.Duration) (sandbox.Exit, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, d, errDeadline)
	defer cancel()
	exit, err := a.box.Exec(ctx, cmd)
	if err != nil && errors.Is(context.Cause(ctx), errDeadline) {
		return exit, errDeadline
	}
	return exit, err
}

// overBudget tells whether the meter refused the trial money; the agent may
// have called that an error of the API.
func overBudget(ledger []meter.Entry) bool {
	for _, e := range ledger {
		if e.Retry == meter.OverBudget {
			return true
		}
	}
	return false
}
