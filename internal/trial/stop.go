package trial

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/sandbox"
)

// grace is how long an agent may take to send its last telemetry after TERM;
// Claude Code needs at most two seconds.
const grace = 3 * time.Second

// stop ends the agent for good, also when the trial was cancelled: first its
// access to the model, then every process, then its access to telemetry, which
// the last flush still needed.
func (a *attempt) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	if a.apiToken != "" {
		a.Meter.Revoke(a.apiToken)
	}
	err := a.stopProcesses(ctx)
	a.Telemetry.Revoke(a.otlpToken)
	if a.apiToken != "" {
		if err := a.Meter.Wait(ctx, a.job.ID()); err != nil {
			return fmt.Errorf("waiting for the ledger: %w", err)
		}
	}
	return err
}

func (a *attempt) stopProcesses(ctx context.Context) error {
	switch {
	case a.job.Subject.Agent.Name == "nop" || a.recorded != nil:
		return nil // nothing was started
	case a.Keep[a.job.Task.ID]:
		a.flag(baselines.KeptProcesses)
		return a.stopAgentOnly(ctx)
	}
	if err := a.box.StopProcesses(ctx, grace); err != nil {
		return fmt.Errorf("stopping processes: %w", err)
	}
	return nil
}

// pidFile holds the agent's process ID where only its own tree is stopped.
const pidFile = "/logs/agent/.benchgate-pid"

// remember wraps a command so that its process ID is known; exec keeps the ID.
func (a *attempt) remember(argv []string) []string {
	script := `echo $$ > "$0"; exec "$@"`
	return append([]string{"sh", "-c", script, a.box.Path(pidFile)}, argv...)
}

// killTree ends a process and its descendants, with nothing but a shell and
// /proc. What left the tree (a service that was put into the background)
// stays. It is not proof against an agent that hides: the record says so.
const killTree = `
parent() { read -r s < "/proc/$1/stat" && set -- ${s##*) } && echo "$2"; }
tree() { echo "$1"; for d in /proc/[0-9]*; do p=${d#/proc/}; [ "$(parent "$p" 2>/dev/null)" = "$1" ] && tree "$p"; done; }
pid=$(cat "$0") || exit 0
pids=$(tree "$pid")
kill -TERM $pids 2>/dev/null
i=0; while [ $i -lt "$1" ] && kill -0 $pids 2>/dev/null; do sleep 1; i=$((i+1)); done
kill -KILL $pids 2>/dev/null
exit 0
`

// stopAgentOnly ends the agent's own processes and leaves services running.
func (a *attempt) stopAgentOnly(ctx context.Context) error {
	_, err := a.box.Exec(ctx, sandbox.Command{
		Argv: []string{"sh", "-c", killTree, a.box.Path(pidFile), strconv.Itoa(int(grace.Seconds()))},
		User: "root",
	})
	if err != nil {
		return fmt.Errorf("stopping the agent: %w", err)
	}
	return nil
}
