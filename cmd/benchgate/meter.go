package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/site"
)

const meterHelp = `
Usage: benchgate meter [flags] -- COMMAND [ARGUMENTS]

Runs any command with the model requests and the telemetry of coding agents led
through benchgate, and says, when it has ended, what it cost and how it worked:
time(1) for coding agents. Standard output is the command's own; the bill goes to
standard error, or to the file of --output.

The exit code is the command's, 128+n after signal n. Signals are passed on to the
command; one that is still there 5 s later is killed. Processes that it left behind
count until they end, at most as long as --linger says (on Linux; elsewhere only
the command itself is waited for).

Without a key in the environment the agent's own login is used: it passes through
to the model API, and to no other host. Files, models and batches pass as well.
`

// meterVerb runs a command of the user's. It has no stopOnSignal: every signal is the
// command's.
func meterVerb(ctx context.Context, p *program, args []string) error {
	fs := p.flags("meter", meterHelp)
	model := fs.String("model", "", "the main `model`; others on the small-model list count as housekeeping")
	own := fs.String("prices", "", "`file` with prices of your own")
	ledger := fs.String("ledger", "", "append the ledger to this `file`; several commands at once may")
	upstream := fs.String("upstream", "", "`URL` of the model API (default: as the environment says)")
	usd := fs.Float64("usd", 0, "`dollars` after which no more requests are sent")
	tokens := fs.Int64("tokens", 0, "`number` of tokens, of all kinds, after which no more requests are sent")
	requests := fs.Int("requests", 0, "`number` of requests after which no more are sent")
	linger := fs.Duration("linger", 10*time.Second, "`time` for which processes that the command left behind are waited for")
	format := fs.String("format", "text", "`format` of the bill: text, or json, the line of a trial in a run file")
	output := fs.String("output", "", "write the bill to this `file`")
	var command []string
	if i := slices.Index(args, "--"); i >= 0 {
		args, command = args[:i], args[i+1:]
	}
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return firstError(err, rest)
	}
	switch {
	case len(command) == 0:
		return usagef("meter needs a command: benchgate meter -- claude -p \"...\"")
	case *format != "text" && *format != "json":
		return usagef("format is %q, want text or json", *format)
	case !(*usd >= 0) || *tokens < 0 || *requests < 0 || *linger < 0:
		return usagef("--usd, --tokens, --requests and --linger cannot be negative")
	}
	signals, done := passSignals()
	defer done()
	bill, code, err := site.Meter(ctx, site.Command{
		Argv: command, Model: *model, Prices: *own, Ledger: *ledger, Upstream: *upstream, USD: *usd, Tokens: *tokens, Requests: *requests, Linger: *linger,
		Environ: os.Environ(), Stdin: p.Stdin, Stdout: p.own.stdout, Stderr: p.own.stderr, Signals: signals,
		LookupEnv: p.LookupEnv, Log: p.logger(false), Notice: p.note,
	})
	if err != nil {
		return err
	}
	if err := writeBill(p.Stderr, *output, *format, bill); err != nil {
		return err
	}
	if code != 0 {
		return silent{exitError{fmt.Errorf("the command ended with %d", code), code}}
	}
	return nil
}

// passSignals takes the signals that stop a command, to be passed on; done gives them
// back.
func passSignals() (_ <-chan os.Signal, done func()) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	return signals, func() { signal.Stop(signals) }
}

func writeBill(w io.Writer, file, format string, bill report.Bill) error {
	write := report.WriteBill
	if format == "json" {
		write = report.WriteBillJSON
	}
	if file == "" {
		return write(w, bill)
	}
	out, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("writing the bill: %w", err)
	}
	return errors.Join(write(out, bill), out.Close())
}
