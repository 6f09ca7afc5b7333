package site

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/report"
)

// Command is any program whose model requests are metered.
type Command struct {
	Argv []string // at least the program

	// Model is the main one: others on the small-model list count as
	// housekeeping. Empty: none does.
	Model string

	Prices string // file with prices of the user's own; empty: the embedded table alone
	Ledger string // file to which the ledger is appended; empty: none is kept

	Environ        []string // as os.Environ gives it
	Stdin          io.Reader
	Stdout, Stderr io.Writer

	LookupEnv func(string) (string, bool)
	Log       *slog.Logger
}

// commandID names a command's requests in the ledger as a trial's are named, and as
// no other command's are: several may share a ledger.
func commandID(begun time.Time) string { return "meter/" + NewID(begun) + "/1.1" }

// Meter runs the command with the meter between it and the model and says what
// its requests cost. A command that was started and ended gives no error,
// whatever its exit code; one that a signal ended has the code 1.
func Meter(ctx context.Context, c Command) (bill report.Bill, code int, err error) {
	table, err := prices.Load(c.Prices)
	if err != nil {
		return bill, 0, err
	}
	api, err := findAccess(API{}, c.LookupEnv)
	if err != nil {
		return bill, 0, err
	}
	if api.keyFrom == "" && len(api.headers) == 0 {
		return bill, 0, fmt.Errorf("meter needs a key for the model API: set %s (the command gets a placeholder in its place)", orList(agent.AnthropicMessages.SecretVariables()))
	}
	var ledger *meter.Ledger
	if c.Ledger != "" {
		if ledger, err = meter.JoinLedger(c.Ledger); err != nil {
			return bill, 0, err
		}
		defer func() { err = errors.Join(err, ledger.Close()) }()
	}
	m, err := meter.New(meter.Options{
		Upstream: api.upstream, Credential: api.credential, Transport: api.transport, Prices: table, Ledger: ledger, Log: c.Log,
	})
	if err != nil {
		return bill, 0, err
	}
	id := commandID(time.Now())
	code, err = c.run(ctx, m, id)
	return billOf(m.Entries(id), table), code, err
}

// run serves the meter on loopback for as long as the command runs.
func (c Command) run(ctx context.Context, m *meter.Meter, id string) (code int, err error) {
	l, err := listen(ctx, "127.0.0.1")
	if err != nil {
		return 0, fmt.Errorf("listening: %w", err)
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	group, serving := errgroup.WithContext(serving)
	group.Go(func() error { return serveHTTP(serving, l, m, c.Log) })
	defer func() {
		stop()
		err = errors.Join(err, group.Wait())
	}()
	token := m.Admit(meter.Trial{ID: id, Model: c.Model})
	code, err = c.exec(ctx, baseURL("127.0.0.1", l)+"/"+token)
	m.Revoke(token)
	// Requests that the command left behind are still to be paid for.
	clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return code, errors.Join(err, m.Wait(clean, id))
}

// exec runs the command to its end. When ctx ends it is interrupted, and killed
// when it is still there 5 s later.
func (c Command) exec(ctx context.Context, address string) (code int, err error) {
	cmd := exec.CommandContext(ctx, c.Argv[0], c.Argv[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.Stdin, c.Stdout, c.Stderr
	cmd.Env = environ(c.Environ, address)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil
	}
	if err != nil {
		return 0, fmt.Errorf("running %s: %w", c.Argv[0], err)
	}
	return 0, nil
}
