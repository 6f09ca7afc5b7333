package main

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/site"
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
	ledger := fs.String("ledger", "", "append the ledger to this `file`")
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
	bill, code, err := site.Meter(ctx, site.Command{
		Argv: command, Model: *model, Prices: *own, Ledger: *ledger,
		Environ: os.Environ(), Stdin: p.Stdin, Stdout: p.own.stdout, Stderr: p.own.stderr,
		LookupEnv: p.LookupEnv, Log: p.logger(false),
	})
	if err != nil {
		return err
	}
	if err := report.WriteBill(p.Stderr, bill); err != nil { // standard output is the command's own
		return err
	}
	if code != 0 {
		return silent{exitError{fmt.Errorf("the command ended with %d", code), code}}
	}
	return nil
}
