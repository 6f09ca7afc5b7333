package agent

import (
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ClaudeCode is the name of the agent that runs where none is named.
const ClaudeCode = "claude-code"

// claudeVersion is the default version, whose telemetry package usage reads.
const claudeVersion = "2.1.330"

// Claude Code's directories in a sandbox.
const (
	claudeTools   = "/opt/benchgate/claude-code" // the program, mounted read-only
	claudeConfig  = "/logs/agent/claude"         // its settings and session files; it writes there
	claudeManaged = "/etc/claude-code"           // settings of the machine's administrator, which go before all others
)

func claudeCode() Agent {
	return Agent{
		Name:           ClaudeCode,
		DefaultVersion: claudeVersion,
		API:            &AnthropicMessages,
		Telemetry:      true,
		Lead:           leadClaude,
		Configure: Configure{
			Versioned: true, Model: true,
			Takes: []Setting{Effort, MaxTurns, Arguments, Files},
		},
		ModelAsked:  claudeAsked,
		SmallModels: []string{"claude-haiku-4-5", "claude-haiku-5-5"},
		Tools:       claudePackage,
		Preflight:   claudePreflight,
		Owns:        []string{claudeConfig, claudeManaged},
		Settings:    claudeSettings,
		Locate:      claudeFile,
		Command:     claudeCommand,
		Read:        readClaude,
	}
}

// claudePreflight checks what Claude Code needs of an image: its loader, and
// bash (a POSIX sh is not enough for its Bash tool).
func claudePreflight(s Start) []Check {
	return []Check{
		{[]string{"bash", "--version"}, "Claude Code needs bash in the task's image"},
		{[]string{s.Path(path.Join(claudeTools, "claude")), "--version"}, "the Claude Code binary does not start in the task's image (is it built for another C library?)"},
	}
}

// claudeFile places memory, agents, skills and commands of the variant among the
// user's settings. The project's settings are not read (see claudeCommand), and
// so a CLAUDE.md in the working directory would have no effect.
func claudeFile(file string) string {
	file = path.Clean(file)
	if file == "CLAUDE.md" {
		return path.Join(claudeConfig, file)
	}
	if below, ok := strings.CutPrefix(file, ".claude/"); ok {
		return path.Join(claudeConfig, below)
	}
	return ""
}

// claudeAliases are names that the client itself turns into a model of the day.
var claudeAliases = []string{"default", "best", "sonnet", "opus", "haiku", "fable", "opusplan"}

// claudeAsked is the name in the client's requests: "[1m]" asks for the large
// context with a header.
func claudeAsked(configured string) string {
	name := strings.TrimSuffix(configured, "[1m]")
	if slices.Contains(claudeAliases, name) {
		return ""
	}
	return name
}

func claudeCommand(s Start) (Program, error) {
	set := s.Variant.Settings
	argv := []string{
		s.Path(path.Join(claudeTools, "claude")),
		"--print",
		"--model", s.Variant.Model,
		"--output-format", "stream-json", "--verbose",
		"--permission-mode", "bypassPermissions",
		// The task's own .claude/settings.json could redirect model requests
		// and telemetry, so only the user's settings are read. They are in
		// CLAUDE_CONFIG_DIR, which has only what the variant brings.
		"--setting-sources", "user",
	}
	if set.MaxTurns > 0 {
		argv = append(argv, "--max-turns", strconv.Itoa(set.MaxTurns))
	}
	if set.Effort != "" {
		argv = append(argv, "--effort", set.Effort)
	}
	argv = append(argv, set.Arguments...)
	return Program{Argv: argv, Env: claudeEnv(s), Stdin: instruction(s)}, nil
}

// claudeEnv are the variables that the client gets besides the task's own.
func claudeEnv(s Start) map[string]string {
	env := leadClaude(s.MeterURL, s.OTLPURL, s.TrialID)
	for name, value := range map[string]string{
		"CLAUDE_CONFIG_DIR": s.Path(claudeConfig),
		// As root the client refuses to skip permissions without it.
		"IS_SANDBOX": "1",

		"DISABLE_AUTOUPDATER":                      "1",
		"DISABLE_ERROR_REPORTING":                  "1",
		"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",

		// The client itself does not read it; what its user wrote into CLAUDE.md can
		// make the model do.
		deadlineVariable: s.Deadline.UTC().Format(time.RFC3339),
	} {
		env[name] = value
	}
	for _, name := range claudeForeign {
		env[name] = ""
	}
	return env
}

// leadClaude leads the client's requests and telemetry, and nothing else.
func leadClaude(meterURL, otlpURL, id string) map[string]string {
	env := AnthropicMessages.Environment(meterURL)
	maps.Copy(env, telemetryEnvironment(otlpURL, id))
	// Traces need the first two.
	env["CLAUDE_CODE_ENABLE_TELEMETRY"] = "1"
	env["CLAUDE_CODE_ENHANCED_TELEMETRY_BETA"] = "1"
	env["CLAUDE_CODE_PROPAGATE_TRACEPARENT"] = "1" // requests carry the trace id of their span
	return env
}

// claudeForeign are variables that a task's image may have and that would send
// requests or telemetry elsewhere. They are set to empty, which the client takes
// as not set.
var claudeForeign = []string{
	AnthropicMessages.TokenVariable, AnthropicMessages.OAuthVariable, AnthropicMessages.HeadersVariable,
	"CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX",
	"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
	"OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
}

// instruction is the task's text on standard input: no quoting, no limit on
// its length.
func instruction(s Start) io.Reader { return strings.NewReader(s.Task.Instruction) }
