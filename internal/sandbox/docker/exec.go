package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/pkg/stdcopy"
)

// Exec implements sandbox.Sandbox. It returns only after the current Read of
// cmd.Stdin has, also when ctx has ended.
func (b *box) Exec(ctx context.Context, cmd sandbox.Command) (sandbox.Exit, error) {
	api, life := b.engine.api, b.begun()
	cmd = announced(cmd)
	made, err := api.ContainerExecCreate(ctx, b.id, container.ExecOptions{
		User:         b.userOf(cmd),
		Cmd:          cmd.Argv,
		Env:          environ(cmd.Env),
		WorkingDir:   cmd.Workdir,
		AttachStdin:  cmd.Stdin != nil,
		AttachStdout: true,
		AttachStderr: true,
	})
	if err != nil {
		return sandbox.Exit{}, refused("preparing a command", err)
	}
	memory := b.watchMemory(ctx, made.ID)
	defer memory.stop()
	stream, err := api.ContainerExecAttach(ctx, made.ID, container.ExecAttachOptions{})
	if err != nil {
		return sandbox.Exit{}, refused("starting a command", err)
	}
	if err := converse(ctx, stream.Conn, stream.Reader, stream.CloseWrite, cmd); err != nil {
		return sandbox.Exit{}, err
	}
	code, err := b.exitCode(ctx, made.ID, life)
	if err != nil {
		return sandbox.Exit{}, err
	}
	return sandbox.Exit{Code: code, OutOfMemory: memory.exceeded(code)}, nil
}

// userOf returns the user to run a command as. Root is named by its number,
// because an image need not have /etc/passwd.
func (b *box) userOf(cmd sandbox.Command) string {
	user := cmd.User
	if user == "" {
		user = b.user
	}
	if user == "" || user == "root" {
		return "0:0"
	}
	return user
}

// converse copies stdin, stdout and stderr until the command's output ends or
// ctx does. It returns when nothing is copied any more in either direction.
func converse(ctx context.Context, conn net.Conn, output io.Reader, closeStdin func() error, cmd sandbox.Command) error {
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	defer conn.Close()

	sent := make(chan error, 1)
	go func() { sent <- send(conn, closeStdin, cmd.Stdin) }()
	_, err := stdcopy.StdCopy(orDiscard(cmd.Stdout), orDiscard(cmd.Stderr), output)
	conn.Close() // lets send return when the command did not read all of its stdin
	sendErr := <-sent

	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return failed("reading a command's output", err)
	default:
		return sendErr
	}
}

// send copies stdin. A command may end before it has read all of it, so errors
// of writing are none; only those of reading stdin are returned.
func send(conn io.Writer, closeStdin func() error, stdin io.Reader) error {
	if stdin == nil {
		return nil
	}
	source := &reader{from: stdin}
	_, _ = io.Copy(conn, source)
	_ = closeStdin()
	if source.err != nil {
		return fmt.Errorf("reading stdin for a command: %w", source.err)
	}
	return nil
}

// reader keeps the error of its source, which io.Copy does not tell from the
// destination's.
type reader struct {
	from io.Reader
	err  error
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

func orDiscard(w io.Writer) io.Writer {
	if w == nil {
		return io.Discard
	}
	return w
}

// killed is the exit code of a command whose container was restarted or removed
// while it ran: that of a process that KILL ended.
const killed = 128 + 9

// exitCode waits for the command's end and returns its code. A command can close
// its output long before it ends. Life is when the container was started last
// before the command was.
func (b *box) exitCode(ctx context.Context, exec string, life time.Time) (int, error) {
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 200*time.Millisecond) {
		state, err := b.engine.api.ContainerExecInspect(ctx, exec)
		switch {
		case errdefs.IsNotFound(err), errdefs.IsConflict(err): // restarted or removed meanwhile
			if b.runsSince(ctx, life) {
				return 0, failed("asking for a command's exit code: the engine was restarted", err)
			}
			return killed, nil
		case err != nil:
			return 0, failed("asking for a command's exit code", err)
		case !state.Running:
			return state.ExitCode, nil
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(pause):
		}
	}
}
