package trial

import "regexp"

// A connection to a port of the container's own on which nobody listens, as programs
// report it: one line has both, in one order or the other. "Cannot assign requested
// address" is of ::1 in a container without IPv6.
var refusedAtHome = regexp.MustCompile(`(?i)(?:localhost|127\.0\.0\.1|\[::1\]|::1\b).*(?:connection refused|ECONNREFUSED|couldn't connect to server|could not connect|cannot assign requested address)|(?:connection refused|ECONNREFUSED|failed to connect to|couldn't connect).*(?:localhost|127\.0\.0\.1|\[::1\]|::1\b)`)

// missedService says what to do where tests found nobody listening on localhost, and
// what the agent left running was ended before; empty where that is not seen.
func (a *attempt) missedService() string {
	if a.job.KeepProcesses || !a.started || !refusedAtHome.Match(a.testsLog.bytes()) {
		return ""
	}
	return "nobody listened where the tests asked on localhost: what the agent leaves running is ended before them, unless the task in suite.tasks says keep_processes: true"
}
