// Benchgate answers one question in CI: does the candidate solve our pinned
// tasks as well as the baseline, and what does a solved task cost?
//
// Run "benchgate help" for the list of commands.
package main

import (
	"context"
	"os"
	"runtime"

	"github.com/benchgate/benchgate/internal/workflow"
)

func main() { os.Exit(benchgate()) }

// benchgate runs the command line of this process and returns its exit code.
func benchgate() int {
	surviveClosedPipes()
	p := &program{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, LookupEnv: os.LookupEnv, system: runtime.GOOS}
	args := arguments(os.Args)
	if len(args) > 0 && args[0] == "action" {
		// The runner obeys both streams, in no certain order: one has everything.
		p.job = workflow.NewLog(os.LookupEnv, os.Stdout)
		p.Stdout, p.Stderr = p.job, p.job
		defer p.job.Close()
	}
	return p.run(context.Background(), args)
}
