package trial

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/sandbox"
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
	a.Telemetry.Revoke(a.otlpToken)
	if waitErr := a.Meter.Wait(ctx, a.job.ID()); waitErr != nil {
		err = errors.Join(err, fmt.Errorf("waiting for the ledger: %w", waitErr))
	}
	return err
}

func (a *attempt) stopProcesses(ctx context.Context) error {
	switch {
	case !a.started || a.recorded != nil:
		return nil // nothing of an agent ran
	case a.job.KeepProcesses:
		a.flag(baselines.KeptProcesses)
		return a.stopAgentOnly(ctx)
	}
	if err := a.box.StopProcesses(ctx, grace); err != nil {
		return fmt.Errorf("stopping processes: %w", err)
	}
	return nil
}

// remember makes a command print its process ID before it becomes the agent
// (exec keeps the ID), so that stopAgentOnly can find its processes. The ID
// comes through standard error and not through a file, because the agent could
// write the ID of any other process into a file.
func (a *attempt) remember(cmd sandbox.Command) sandbox.Command {
	a.pid = &firstLine{rest: cmd.Stderr}
	cmd.Argv = append([]string{"sh", "-c", `echo $$ >&2; exec "$0" "$@"`}, cmd.Argv...)
	cmd.Stderr = a.pid
	return cmd
}

// killTree ends a process and its descendants. It needs a shell and /proc and no
// other program, because a task's image may have none. Processes that are no
// descendants any more (a service put into the background, whose parent has
// ended) are left running. So is an agent that detached itself on purpose; the
// flag kept_processes tells readers that this was possible.
const killTree = `
parent() { read -r s < "/proc/$1/stat" && set -- ${s##*) } && echo "$2"; }
tree() { echo "$1"; for d in /proc/[0-9]*; do p=${d#/proc/}; [ "$(parent "$p" 2>/dev/null)" = "$1" ] && tree "$p"; done; }
pids=$(tree "$0")
kill -TERM $pids 2>/dev/null
i=0; while [ $i -lt "$1" ] && kill -0 "$0" 2>/dev/null; do sleep 1; i=$((i+1)); done
kill -KILL $pids 2>/dev/null
exit 0
`

// stopAgentOnly ends the agent's own processes and leaves services running. An
// agent that came to its own end has no processes of its own left.
func (a *attempt) stopAgentOnly(ctx context.Context) error {
	if !a.running {
		return nil
	}
	pid, err := strconv.Atoi(a.pid.line())
	if err != nil || pid <= 1 {
		return fmt.Errorf("stopping the agent: its process ID is not known; it said %.20q", a.pid.line())
	}
	_, err = a.box.Exec(ctx, sandbox.Command{
		Argv: []string{"sh", "-c", killTree, strconv.Itoa(pid), strconv.Itoa(int(grace.Seconds()))},
		User: "root",
	})
	if err != nil {
		return fmt.Errorf("stopping the agent: %w", err)
	}
	return nil
}

// firstLine is a writer that keeps the first line and writes the others to rest.
type firstLine struct {
	rest io.Writer

	mu    sync.Mutex
	first bytes.Buffer
	whole bool // the first line has its end
}

func (f *firstLine) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.whole {
		return f.rest.Write(p)
	}
	line, after, found := bytes.Cut(p, []byte("\n"))
	f.first.Write(line)
	if f.whole = found; len(after) > 0 {
		if _, err := f.rest.Write(after); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// line is what was written until the first line break.
func (f *firstLine) line() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.first.String()
}
