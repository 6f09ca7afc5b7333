package sandbox

import "syscall"

// macOS has neither boot IDs nor PID namespaces; without start times a reused
// PID keeps leftovers until `clean` names their run, which is the safe side.

func bootID() string { return "" }

func pidSpace() string { return "" }

func processStart(int) string { return "" }

func processAlive(pid int, _ string) bool {
	return syscall.Kill(pid, 0) != syscall.ESRCH
}
