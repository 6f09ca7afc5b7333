package trial

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
)

// defaultAgentTimeout is the agent's time in tasks that set none. Harbor lets
// those run without an end; here each hour of an agent costs money.
const defaultAgentTimeout = time.Hour

// errDeadline is the cause of a context that ended by the task's clock.
var errDeadline = errors.New("the task's time was over")

// drive starts the agent, waits for its end or its deadline, and notes how it
// ended. An error means that the infrastructure failed.
func (a *attempt) drive(ctx context.Context) error {
	row := a.job.Subject.Agent
	if row.Replays {
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
	if a.job.KeepProcesses {
		cmd.Started = func(pid int) { a.pid.Store(int64(pid)) }
	}
	a.started, a.running = true, true
	limit := a.Limits.AgentTime(a.job.Task)
	exit, err := a.execUntil(ctx, cmd, limit)
	a.running = err != nil
	a.worked = err == nil || errors.Is(err, errDeadline)
	switch {
	case errors.Is(err, errDeadline):
		a.cutOff(row)
		a.conclude(outOfTime, fmt.Sprintf("the agent was still working after %s", limit))
		return nil
	case err == nil:
		err = a.checkSandbox(ctx, exit)
	}
	if err != nil {
		a.cutOff(row)
		return fmt.Errorf("running %s: %w", row.Name, err)
	}
	a.ending = row.Read(agent.Exit(exit), a.transcript.reader())
	if exit.OutOfMemory {
		a.flag(baselines.OutOfMemory)
		if a.ending.Ended == baselines.AgentError {
			a.conclude(memoryLimit, fmt.Sprintf("exit code %d", exit.Code))
		}
	}
	return nil
}

// AgentTime is how long an agent may work on a task: the task's time for it,
// multiplied by the run's factor.
func (l Limits) AgentTime(task *suite.Task) time.Duration {
	return l.timeout(cmp.Or(task.AgentTimeout, defaultAgentTimeout))
}

// cutOff notes that the agent was stopped before its end, and keeps what it had
// reported of its own usage until then.
func (a *attempt) cutOff(row agent.Agent) {
	a.ending = agent.Ending{Result: row.Read(agent.Exit{}, a.transcript.reader()).Result}
	a.flag(baselines.Killed)
}

// execUntil runs a command with a deadline; reaching it is [errDeadline]. It ends
// with a diskError, when the disk makes it.
func (a *attempt) execUntil(ctx context.Context, cmd sandbox.Command, d time.Duration) (sandbox.Exit, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, d, errDeadline)
	defer cancel()
	ctx, stop := a.watchDisk(ctx)
	defer stop()
	exit, err := a.box.Exec(ctx, cmd)
	if err == nil {
		return exit, nil
	}
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errDeadline):
		return exit, errDeadline
	case errors.As(cause, new(*diskError)):
		return exit, cause
	}
	return exit, err
}
