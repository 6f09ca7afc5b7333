//go:build linux

// Helper is the static program of package helper, for Linux containers. It uses
// few packages, since it is PID 1 in containers whose memory is limited: what it
// holds is the task's to use.
package main

import (
	"os"
)

func main() {
	os.Exit(run(os.Args[1:]))
}

// run returns the exit code.
func run(args []string) int {
	if len(args) == 0 {
		return misused()
	}
	switch args[0] {
	case "init":
		return runInit()
	case "exec":
		return becomeProgram(args[1:])
	case "guard":
		return runGuard(args[1:])
	case "relay":
		return runRelay(args[1:])
	case "wait":
		return runWait()
	case "facts":
		return runFacts(args[1:])
	}
	return misused()
}

func misused() int {
	say("usage: helper init | helper exec PROGRAM ARGUMENT... | helper guard RULES | helper relay ADDRESS... | helper wait | helper facts [try]")
	return 2
}

// say writes one line to standard error.
func say(text string) {
	_, _ = os.Stderr.WriteString("helper: " + text + "\n")
}
