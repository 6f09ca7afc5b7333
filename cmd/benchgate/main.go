// Benchgate answers one question in CI: does the candidate solve our pinned
// tasks as well as the baseline, and what does a solved task cost?
//
// Run "benchgate help" for the list of commands.
package main

import (
	"context"
	"os"
	"runtime"
)

func main() { os.Exit(benchgate()) }

// benchgate runs the command line of this process and returns its exit code.
func benchgate() int {
	surviveClosedPipes()
	p := &program{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, LookupEnv: os.LookupEnv, system: runtime.GOOS}
	return p.run(context.Background(), arguments(os.Args))
}
