package sandbox

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

func bootID() string {
	text, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

func pidSpace() string {
	link, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return ""
	}
	return link
}

// processStart returns field 22 of /proc/PID/stat, clock ticks since boot.
// The fields are counted behind the last parenthesis, because the program's
// name before it may have spaces and parentheses itself.
func processStart(pid int) string {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return ""
	}
	text := string(stat)
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	const start = 22 - 3 // the first field here is number 3
	if len(fields) <= start {
		return ""
	}
	return fields[start]
}

func processAlive(pid int, start string) bool {
	if syscall.Kill(pid, 0) == syscall.ESRCH {
		return false
	}
	now := processStart(pid)
	return start == "" || now == "" || now == start
}
