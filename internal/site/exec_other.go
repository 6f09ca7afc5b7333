//go:build !unix

package site

import (
	"os"
	"os/exec"
)

type job struct{ cmd *exec.Cmd }

func newJob(cmd *exec.Cmd) job { return job{cmd} }

func (j job) pass(signal os.Signal) bool { return j.cmd.Process.Signal(signal) == nil }

func (j job) kill() { _ = j.cmd.Process.Kill() }

func signalOf(*os.ProcessState) int { return 1 }
