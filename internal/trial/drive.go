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
	if err := a.enter(ctx, phasesOf(a.job.Task).Agent); err != nil {
		return err
	}
	if row.Replays {
		return a.replay(ctx)
	}
	if row.Command == nil {
		a.ending = row.Read(agent.Exit{}, bytes.NewReader(nil))
		return nil
	}
	limit := a.Limits.AgentTime(a.job.Task)
	start := a.start()
	start.Deadline = a.Now().Add(limit)
	program, err := row.Command(start)
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
	a.watchHosts(ctx)
	began := a.Now()
	exit, err := a.work(ctx, cmd, limit)
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
	a.readEnding(row, exit, a.Now().Sub(began))
	return nil
}

// readEnding notes how an agent ended that came to its own end after so long.
func (a *attempt) readEnding(row agent.Agent, exit sandbox.Exit, took time.Duration) {
	a.ending = row.Read(agent.Exit(exit), a.transcript.reader())
	if exit.OutOfMemory {
		a.flag(baselines.OutOfMemory)
		if a.ending.Ended == baselines.AgentError {
			a.conclude(memoryLimit, fmt.Sprintf("exit code %d", exit.Code))
		}
	}
	if own := a.Limits.ownTime(a.job.Task); took > own && lateEnds[a.ending.Ended] {
		a.conclude(outOfTime, fmt.Sprintf("the agent ended after its %s, within the grace of %s (limits.timeout_grace)", own, a.Limits.TimeoutGrace))
	}
}

// lateEnds are those of an agent's own that are a timeout when they come in the
// grace after its time.
var lateEnds = map[baselines.Ended]bool{baselines.Finished: true, baselines.AgentError: true, baselines.Turns: true}

// AgentTime is how long an agent may work on a task until it is stopped: the task's
// time for it, multiplied by the run's factor, and the grace.
func (l Limits) AgentTime(task *suite.Task) time.Duration { return l.ownTime(task) + l.TimeoutGrace }

// ownTime is that without the grace: an agent that ends later has timed out.
func (l Limits) ownTime(task *suite.Task) time.Duration {
	return l.timeout(cmp.Or(task.AgentTimeout, defaultAgentTimeout))
}

// cutOff notes that the agent was stopped before its end, and keeps what it had
// reported of its own usage until then.
func (a *attempt) cutOff(row agent.Agent) {
	a.ending = agent.Ending{Result: row.Read(agent.Exit{}, a.transcript.reader()).Result}
	a.flag(baselines.Killed)
}

// work runs the agent until its end. At its deadline, which is [errDeadline], it is
// left running: what it writes until [attempt.stop] has ended it is kept
// ([attempt.hearOut]). Whatever else ends it, ends its output.
func (a *attempt) work(ctx context.Context, cmd sandbox.Command, d time.Duration) (sandbox.Exit, error) {
	waiting, cancel := a.until(ctx, d)
	defer cancel()
	command, end := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan endOf, 1)
	go func() {
		exit, err := a.box.Exec(command, cmd)
		ended <- endOf{exit, err}
	}()
	select {
	case how := <-ended:
		end()
		return how.exit, how.err
	case <-waiting.Done():
	}
	if errors.Is(context.Cause(waiting), errDeadline) {
		a.late = &late{ended: ended, end: end}
		return sandbox.Exit{}, errDeadline
	}
	end()
	how := <-ended
	return how.exit, a.whyEnded(waiting, cmp.Or(how.err, waiting.Err()))
}

// endOf is how a command ended.
type endOf struct {
	exit sandbox.Exit
	err  error
}

// execUntil runs a command with a deadline; reaching it is [errDeadline]. It ends
// with a diskError, when the disk makes it.
func (a *attempt) execUntil(ctx context.Context, cmd sandbox.Command, d time.Duration) (sandbox.Exit, error) {
	ctx, cancel := a.until(ctx, d)
	defer cancel()
	exit, err := a.box.Exec(ctx, cmd)
	if err == nil {
		return exit, nil
	}
	return exit, a.whyEnded(ctx, err)
}

// until is a context that ends at a deadline, and when the disk makes it.
func (a *attempt) until(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeoutCause(ctx, d, errDeadline)
	ctx, stop := a.watchDisk(ctx)
	return ctx, func() { stop(); cancel() }
}

// whyEnded is the reason for which the context ended a command, or the command's
// own error.
func (a *attempt) whyEnded(ctx context.Context, err error) error {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errDeadline):
		return errDeadline
	case errors.As(cause, new(*diskError)):
		return cause
	}
	return err
}
