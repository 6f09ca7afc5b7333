package site

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

const (
	// stopGrace is how long a command may go on after it was told to end; the runners
	// of CI kill benchgate itself some ten seconds after they told it.
	stopGrace = 5 * time.Second

	// sameSignal is how long after a signal the same one counts as the same: GNU
	// timeout signals its child and then its process group.
	sameSignal = 300 * time.Millisecond

	// restGrace is how long what a command left behind is waited for after a signal.
	restGrace = time.Second
)

// end is how a command ended.
type end struct {
	code   int       // 128+n after signal n
	told   os.Signal // what it was told from outside; nil: nothing
	killed bool      // it did not come to its own end
	left   bool      // processes that it left behind still ran when all was counted

	seconds float64 // to the command's own end
}

// program is a command that is to be run.
type program struct {
	argv, environ  []string
	stdin          io.Reader
	stdout, stderr io.Writer
	signals        <-chan os.Signal // to be passed on
	linger         time.Duration    // for which what it leaves behind is waited for

	end end
}

// run runs the command to its end, and then waits for what it left behind. Signals
// are passed on; a command that is still there 5 s later is killed.
func (p *program) run(ctx context.Context) error {
	cmd := exec.Command(p.argv[0], p.argv[1:]...) //nolint:noctx // pass ends it, by signals first, when ctx ends
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env = p.stdin, p.stdout, p.stderr, p.environ
	cmd.WaitDelay = stopGrace
	job, begun := newJob(cmd), time.Now()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("running %s: %w", p.argv[0], err)
	}
	ended := make(chan error, 1) // pass waits for it
	go func() { ended <- cmd.Wait() }()
	err := p.pass(ctx, job, ended)
	p.end.seconds = time.Since(begun).Seconds()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) {
		return fmt.Errorf("running %s: %w", p.argv[0], err)
	}
	if p.end.code = cmd.ProcessState.ExitCode(); p.end.code < 0 {
		p.end.code, p.end.killed = 128+signalOf(cmd.ProcessState), true
	}
	p.end.left = !p.awaitRest(ctx)
	return nil
}

// pass passes signals on until the command has ended. The end of ctx is one: nobody
// reads the output any more.
func (p *program) pass(ctx context.Context, job job, ended <-chan error) error {
	var kill <-chan time.Time
	var at time.Time
	stopped := ctx.Done()
	tell := func(signal os.Signal) {
		again := signal == p.end.told && time.Since(at) < sameSignal
		p.end.told, at = signal, time.Now()
		if !again && job.pass(signal) && kill == nil {
			kill = time.After(stopGrace)
		}
	}
	for {
		select {
		case err := <-ended:
			return err
		case signal := <-p.signals:
			tell(signal)
		case <-stopped:
			stopped = nil
			tell(syscall.SIGTERM)
		case <-kill:
			job.kill()
		}
	}
}

// awaitRest waits until no process is left of those that the command started, or time
// is up, or a signal comes.
func (p *program) awaitRest(ctx context.Context) (gone bool) {
	limit := p.linger
	if p.end.told != nil {
		limit = min(limit, restGrace)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	return awaitChildren(ctx, p.signals)
}
