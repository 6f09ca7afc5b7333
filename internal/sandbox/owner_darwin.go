package sandbox

import "syscall"

// macOS has neither boot IDs nor PID namespaces, and start times are not read
// here. So what a crashed process left looks as if in use when its PID belongs
// to another process: a sweep of all runs leaves it, a sweep of its run does not.

func bootID() string { return "" }

func pidSpace() string { return "" }

func processStart(int) string { return "" }

func processAlive(pid int, _ string) bool {
	return syscall.Kill(pid, 0) != syscall.ESRCH
}
