// Benchgate answers one question in CI: does the candidate solve our pinned
// tasks as well as the baseline, and what does a solved task cost?
//
// Run "benchgate help" for the list of commands.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"syscall"
)

func main() { os.Exit(benchgate()) }

// benchgate runs the command line of this process and returns its exit code.
func benchgate() int {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as it is under nohup
		signals = append(signals, syscall.SIGHUP) // the terminal was closed
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	defer stop()
	// The first signal stops cleanly and keeps what finished; restoring the
	// default makes a second one end the process at once.
	context.AfterFunc(ctx, stop)
	p := &program{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, LookupEnv: os.LookupEnv, system: runtime.GOOS}
	return p.run(ctx, os.Args[1:])
}
