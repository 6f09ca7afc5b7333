//go:build linux

package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// Shells use these codes for programs that cannot be run.
const (
	notRunnable = 126
	notFound    = 127
)

// becomeProgram writes its process ID as the first line of standard error, and
// becomes the program, which keeps the ID. So the ID is known from outside before
// the program can say anything.
func becomeProgram(argv []string) int {
	if len(argv) == 0 {
		return misused()
	}
	if _, err := os.Stderr.WriteString(strconv.Itoa(os.Getpid()) + "\n"); err != nil {
		return notRunnable
	}
	path, err := exec.LookPath(argv[0])
	if err != nil && !errors.Is(err, exec.ErrDot) {
		say(err.Error())
		return codeOf(err)
	}
	err = syscall.Exec(path, argv, os.Environ())
	say(path + ": " + err.Error())
	return codeOf(err)
}

func codeOf(err error) int {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return notFound
	}
	return notRunnable
}
