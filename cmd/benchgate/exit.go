package main

import (
	"errors"
	"flag"
	"fmt"

	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/branchstore"
	"github.com/benchgate/benchgate/internal/pullrequest"
	"github.com/benchgate/benchgate/internal/run"
)

// Exit codes that are no verdict; verdicts have theirs in [gate.Outcome].
const (
	exitUsage       = 2 // usage, configuration or suite error
	exitNotMeasured = 5 // nothing could be measured: no engine, no model, interrupted
)

// exitError carries the code with the error.
type exitError struct {
	err  error
	code int
}

func (e exitError) Error() string { return e.err.Error() }
func (e exitError) Unwrap() error { return e.err }
func (e exitError) exitCode() int { return e.code }

// usagef is an error of how benchgate was called; it says what to type next.
func usagef(format string, args ...any) error {
	return exitError{fmt.Errorf(format, args...), exitUsage}
}

// notMeasured is an error of the machine, not of what was asked.
func notMeasured(err error) error { return exitError{err, exitNotMeasured} }

// verdictError ends a command whose report has been printed already.
func verdictError(o gate.Outcome) error {
	if o == gate.Pass {
		return nil
	}
	return silent{exitError{fmt.Errorf("verdict: %s", o), o.ExitCode()}}
}

// silent is an error that only sets the exit code: what there is to say was
// printed already.
type silent struct{ err error }

func (s silent) Error() string { return s.err.Error() }
func (s silent) Unwrap() error { return s.err }

// helpAsked ends a verb that was called with -h: its help is printed, and the
// exit code is 0.
type helpAsked struct{ set *flag.FlagSet }

func (helpAsked) Error() string { return "help was asked for" }
func (helpAsked) exitCode() int { return 0 }

// exitCode is the process's exit code for an error: what it carries, else 5
// for a failed engine, a model API that lets nobody in, a gate without a
// baseline, and a command that was interrupted, else 2.
func exitCode(err error) int {
	// Not ExitCode, which the error of a program that we ran has, too.
	var coded interface{ exitCode() int }
	switch {
	case err == nil:
		return 0
	case errors.As(err, &coded):
		return coded.exitCode()
	case run.NotMeasured(err), errors.Is(err, pullrequest.ErrRefused),
		errors.Is(err, branchstore.ErrProtected), errors.Is(err, branchstore.ErrReadOnly), errors.Is(err, branchstore.ErrMoved):
		return exitNotMeasured
	default:
		return exitUsage
	}
}
