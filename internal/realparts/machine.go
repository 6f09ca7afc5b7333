package realparts

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The parts that a test may need from the machine it runs on, as the variable
// BENCHGATE_REQUIRE lists them: names with commas between, as in
// "docker,claude".
const (
	Docker = "docker"
	Claude = "claude"
	Nginx  = "nginx"
)

// Lacking ends a test or benchmark that needs a part which this machine does
// not have, for the reason why: as a failure where BENCHGATE_REQUIRE lists the
// part, otherwise as a skip.
func Lacking(tb testing.TB, part, why string) {
	tb.Helper()
	if slices.Contains(strings.Split(os.Getenv("BENCHGATE_REQUIRE"), ","), part) {
		tb.Fatalf("BENCHGATE_REQUIRE asks for %s: %s", part, why)
	}
	tb.Skipf("needs %s: %s", part, why)
}

// ClaudeProgram is the path of this machine's Claude Code: the one that
// BENCHGATE_CLAUDE names, else the one in PATH. Without one the test ends as
// with Lacking.
func ClaudeProgram(tb testing.TB) string {
	tb.Helper()
	if program := os.Getenv("BENCHGATE_CLAUDE"); program != "" {
		return program
	}
	program, err := exec.LookPath("claude")
	if err != nil {
		Lacking(tb, Claude, "put it into PATH or name it in BENCHGATE_CLAUDE")
	}
	return program
}
