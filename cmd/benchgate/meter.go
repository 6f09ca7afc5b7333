package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/run"
)

const meterHelp = `
Usage: benchgate meter [--model M] [--prices FILE] [--ledger FILE] -- COMMAND [ARGUMENTS]

Runs any command with ANTHROPIC_BASE_URL led through the meter and says, when
it has ended, what its model requests cost. The exit code is the command's.
`

func meterVerb(ctx context.Context, p *program, args []string) error {
	fs := p.flags("meter", meterHelp)
	model := fs.String("model", "", "the main `model`; others on the small-model list count as housekeeping")
	own := fs.String("prices", "", "`file` with prices of your own")
	ledgerFile := fs.String("ledger", "", "append the ledger to this `file`")
	var command []string
	if i := slices.Index(args, "--"); i >= 0 {
		args, command = args[:i], args[i+1:]
	}
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return firstError(err, rest)
	}
	if len(command) == 0 {
		return usagef("meter needs a command: benchgate meter -- claude -p \"...\"")
	}
	table, err := run.Prices(*own)
	if err != nil {
		return err
	}
	var ledger *meter.Ledger
	if *ledgerFile != "" {
		if ledger, err = meter.OpenLedger(*ledgerFile); err != nil {
			return err
		}
		defer ledger.Close()
	}
	access, err := run.Access(p.LookupEnv)
	if err != nil {
		return err
	}
	if len(access.Secrets) == 0 {
		return usagef("meter needs a key for the model API: set ANTHROPIC_API_KEY (the command gets a placeholder in its place)")
	}
	m, err := meter.New(meter.Options{
		Upstream: access.Upstream, Credential: access.Credential, Prices: table, Ledger: ledger, Log: p.logger(false),
	})
	if err != nil {
		return err
	}
	code, err := p.metered(ctx, m, *model, command)
	if err != nil {
		return err
	}
	printBill(p.Stderr, m.Entries(meteredTrial)) // standard output is the command's own
	if code != 0 {
		return silent{exitError{fmt.Errorf("the command ended with %d", code), code}}
	}
	return nil
}

// meteredTrial names the command's requests in the ledger.
const meteredTrial = "meter/command/1.1"

// metered runs the command with the meter between it and the model.
func (p *program) metered(ctx context.Context, m *meter.Meter, model string, command []string) (code int, err error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("listening: %w", err)
	}
	server := &http.Server{Handler: m, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	defer func() {
		err = errors.Join(err, server.Close())
		<-served
	}()
	token := m.Admit(meter.Trial{ID: meteredTrial, Model: model})
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = p.Stdin, p.Stdout, p.Stderr
	cmd.Env = append(withoutKeys(os.Environ()),
		"ANTHROPIC_BASE_URL=http://"+l.Addr().String()+"/"+token, "ANTHROPIC_API_KEY="+agent.PlaceholderKey)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	err = cmd.Run()
	m.Revoke(token)
	clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	waitErr := m.Wait(clean, meteredTrial)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), waitErr
	}
	if err != nil {
		return 0, fmt.Errorf("running %s: %w", command[0], err)
	}
	return 0, waitErr
}

// withoutKeys is the environment less what the meter replaces.
func withoutKeys(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(v string) bool {
		return strings.HasPrefix(v, "ANTHROPIC_API_KEY=") || strings.HasPrefix(v, "ANTHROPIC_AUTH_TOKEN=") || strings.HasPrefix(v, "ANTHROPIC_BASE_URL=")
	})
}
