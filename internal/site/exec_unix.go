//go:build unix

package site

import (
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// job is a command's process and those that it starts.
type job struct {
	cmd *exec.Cmd

	// shared says that they are in benchgate's own process group, in the foreground of
	// a terminal, so that they may read from it; it signals all of the group itself.
	shared bool
}

// newJob prepares a command that is to be started.
func newJob(cmd *exec.Cmd) job {
	adoptChildren()
	j := job{cmd: cmd, shared: inForeground()}
	if !j.shared {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	}
	return j
}

// inForeground reports whether this process is in the foreground of a terminal.
func inForeground() bool {
	terminal, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer terminal.Close()
	group, err := unix.IoctlGetInt(int(terminal.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// pass sends a signal to the command; told is false for one that came from the
// terminal, which told the command itself, and the command may go on after it.
func (j job) pass(signal os.Signal) (told bool) {
	number, _ := signal.(syscall.Signal)
	switch {
	case !j.shared:
		_ = unix.Kill(-j.cmd.Process.Pid, number) // it may have ended
	case signal == os.Interrupt:
		return false
	default:
		_ = j.cmd.Process.Signal(signal)
	}
	return true
}

func (j job) kill() {
	if j.shared {
		_ = j.cmd.Process.Kill()
		return
	}
	_ = unix.Kill(-j.cmd.Process.Pid, unix.SIGKILL)
}

func signalOf(s *os.ProcessState) int {
	status, _ := s.Sys().(syscall.WaitStatus)
	return int(status.Signal())
}
