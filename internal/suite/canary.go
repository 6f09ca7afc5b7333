package suite

import (
	"regexp"
	"strings"
)

// canaryLine marks a file as one of a benchmark, so that those who train models can
// leave it out (Harbor's models/task/task.py).
var canaryLine = regexp.MustCompile(`(?i)^(?:<!--.*canary.*-->|#.*canary.*)$`)

// withoutCanary takes such lines away at the beginning of an instruction, and the empty
// ones after them: the agent is not told, as in Harbor, that it is in a benchmark.
func withoutCanary(text string) string {
	lines := strings.Split(text, "\n")
	for len(lines) > 0 && canaryLine.MatchString(strings.TrimSpace(lines[0])) {
		lines = lines[1:]
	}
	for len(lines) > 0 && strings.TrimSpace(lines[0]) == "" {
		lines = lines[1:]
	}
	return strings.Join(lines, "\n")
}
