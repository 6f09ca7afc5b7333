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
	Docker   = "docker"
	Claude   = "claude"
	Codex    = "codex"
	Nginx    = "nginx"
	Registry = "registry"
	Emulate  = "emulate" // a GitHub that others wrote, the npm package of that name
	Chromium = "chromium"
	Act      = "act"    // github.com/nektos/act, which runs workflows
	Harbor   = "harbor" // the program that Harbor's tasks were made for, with Docker's compose

	Prometheus = "prometheus" // version 3: it takes OTLP
	Collector  = "collector"  // OpenTelemetry's, with an OTLP receiver and a file exporter
)

// Need skips a test or benchmark that uses a part for which BENCHGATE_REQUIRE does
// not ask. Nothing is looked for before: what a machine happens to have must not
// make tests take minutes, or fail.
func Need(tb testing.TB, part string) {
	tb.Helper()
	if !slices.Contains(strings.Split(os.Getenv("BENCHGATE_REQUIRE"), ","), part) {
		tb.Skipf("uses %s, which is done only with BENCHGATE_REQUIRE=%s", part, part)
	}
}

// Lacking fails a test or benchmark that asked with [Need] for a part which this
// machine does not have, for the reason why.
func Lacking(tb testing.TB, part, why string) {
	tb.Helper()
	tb.Fatalf("BENCHGATE_REQUIRE asks for %s: %s", part, why)
}

// ClaudeProgram is the path of this machine's Claude Code, for which BENCHGATE_REQUIRE
// has to ask: the one that BENCHGATE_CLAUDE names, else the one in PATH. Without one
// the test fails.
func ClaudeProgram(tb testing.TB) string {
	tb.Helper()
	return program(tb, Claude, "claude", "BENCHGATE_CLAUDE")
}

// CodexProgram is the same for Codex CLI, and BENCHGATE_CODEX: its native program, with
// what belongs to it beside it as its package has it.
func CodexProgram(tb testing.TB) string {
	tb.Helper()
	return program(tb, Codex, "codex", "BENCHGATE_CODEX")
}

// RegistryProgram is the same for docker-registry, and BENCHGATE_REGISTRY: the
// registry for images by the Distribution project, of version 2.
func RegistryProgram(tb testing.TB) string {
	tb.Helper()
	return program(tb, Registry, "docker-registry", "BENCHGATE_REGISTRY")
}

// ActProgram is the same for act, and BENCHGATE_ACT.
func ActProgram(tb testing.TB) string {
	tb.Helper()
	return program(tb, Act, "act", "BENCHGATE_ACT")
}

// HarborProgram is the same for Harbor, and BENCHGATE_HARBOR. It finds compose where
// Docker's client does.
func HarborProgram(tb testing.TB) string {
	tb.Helper()
	return program(tb, Harbor, "harbor", "BENCHGATE_HARBOR")
}

// CollectorProgram is the same for OpenTelemetry's collector, and BENCHGATE_COLLECTOR:
// one that was built as .github/tools/collector says.
func CollectorProgram(tb testing.TB) string {
	tb.Helper()
	return program(tb, Collector, "otelcol", "BENCHGATE_COLLECTOR")
}

func program(tb testing.TB, part, name, variable string) string {
	tb.Helper()
	Need(tb, part)
	if program := os.Getenv(variable); program != "" {
		return program
	}
	program, err := exec.LookPath(name)
	if err != nil {
		Lacking(tb, part, "put it into PATH or name it in "+variable)
	}
	return program
}

// EmulateProgram is the path of the program emulate, for which BENCHGATE_REQUIRE
// has to ask: the one that BENCHGATE_EMULATE names, else the one in PATH. Without one
// the test fails.
func EmulateProgram(tb testing.TB) string {
	tb.Helper()
	Need(tb, Emulate)
	if program := os.Getenv("BENCHGATE_EMULATE"); program != "" {
		return program
	}
	program, err := exec.LookPath("emulate")
	if err != nil {
		Lacking(tb, Emulate, "put it into PATH or name it in BENCHGATE_EMULATE")
	}
	return program
}
