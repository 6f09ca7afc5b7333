package agent

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

// codexVersion is the default version, whose telemetry package usage reads.
const codexVersion = "0.169.0"

// Codex' directories in a sandbox.
const (
	codexTools   = "/opt/benchgate/codex" // the program, mounted read-only
	codexHome    = "/logs/agent/codex"    // its configuration and session files; it writes there
	codexManaged = "/etc/codex"           // configuration of the machine's administrator, which goes before all others
)

func codex() Agent {
	return Agent{
		Name:           "codex",
		DefaultVersion: codexVersion,
		API:            &OpenAIResponses,
		Telemetry:      true,
		Lead:           leadCodex,
		LeadArguments:  codexArguments,
		Program:        "codex",
		Configure: Configure{
			Versioned: true, Model: true,
			Takes: []Setting{Effort, Arguments, Files},
		},
		Tools: codexPackage,
		Preflight: func(s Start) []Check {
			return []Check{{[]string{s.Path(path.Join(codexTools, "bin/codex")), "--version"}, "the Codex binary does not start in the task's image"}}
		},
		Owns:     []string{codexHome, codexManaged},
		Settings: codexSettings,
		Locate:   codexFile,
		Command:  codexCommand,
		Read:     readCodex,
	}
}

// codexFile places instructions, skills and configuration of the variant among the
// user's. The project's are not read (see codexConfig).
func codexFile(file string) string {
	file = path.Clean(file)
	if file == "AGENTS.md" {
		return path.Join(codexHome, file)
	}
	if below, ok := strings.CutPrefix(file, ".codex/"); ok {
		return path.Join(codexHome, below)
	}
	return ""
}

func codexCommand(s Start) (Program, error) {
	set := s.Variant.Settings
	argv := []string{
		s.Path(path.Join(codexTools, "bin/codex")), "exec",
		"--json",
		"--model", s.Variant.Model,
		"--skip-git-repo-check",
		"--dangerously-bypass-approvals-and-sandbox",
	}
	if set.Effort != "" {
		argv = append(argv, "--config", fmt.Sprintf("model_reasoning_effort=%q", set.Effort))
	}
	argv = append(argv, set.Arguments...)
	env := leadCodex(s.MeterURL, s.OTLPURL, s.TrialID)
	env["CODEX_HOME"] = s.Path(codexHome)
	env[deadlineVariable] = s.Deadline.UTC().Format(time.RFC3339)
	for _, name := range codexForeign {
		env[name] = ""
	}
	return Program{Argv: append(argv, "-"), Env: env, Stdin: instruction(s)}, nil
}

// codexForeign are variables that a task's image may have and that would be taken for
// keys. They are set to empty, which the client takes as not set.
var codexForeign = []string{"CODEX_API_KEY", "CODEX_ACCESS_TOKEN"}

// leadCodex is what the client takes from its environment: the key, and how its
// telemetry is sent. Where to it takes from its configuration only.
func leadCodex(meterURL, otlpURL, id string) map[string]string {
	env := OpenAIResponses.Environment(meterURL)
	maps.Copy(env, telemetryEnvironment(otlpURL, id))
	env["OTEL_BLRP_SCHEDULE_DELAY"] = "100" // of logs, in milliseconds; one that fails sends nothing at its end
	return env
}

// codexSettings are managed configuration. It goes before arguments and the user's
// own file, which an agent can write.
func codexSettings(s Start) ([]File, error) {
	var text strings.Builder
	for _, line := range codexConfig(s.MeterURL, s.OTLPURL, false) {
		fmt.Fprintln(&text, line)
	}
	// The task's own AGENTS.md would be part of what is measured.
	fmt.Fprintln(&text, "project_doc_max_bytes = 0")
	return []File{{Path: path.Join(codexManaged, "managed_config.toml"), Content: []byte(text.String())}}, nil
}

// codexArguments are the same configuration for a command of the user's.
func codexArguments(l Led) (arguments []string) {
	for _, line := range codexConfig(l.MeterURL, l.OTLPURL, slices.Contains(l.Logins, OpenAIResponses.Name)) {
		arguments = append(arguments, "--config", line)
	}
	return arguments
}

// codexConfig leads the client's requests and telemetry: lines of TOML that each stand
// alone. With login it sends what it logs in with itself. WebSockets are off, as their
// answers could not be metered, and so are its own statistics. Traces are not sent: a
// run has hundreds of internal spans, and its events tell more.
func codexConfig(meterURL, otlpURL string, login bool) []string {
	key := fmt.Sprintf("env_key = %q", OpenAIResponses.KeyVariable)
	if login {
		key = "requires_openai_auth = true"
	}
	exporter := func(signal string) string {
		return fmt.Sprintf(`{ otlp-http = { endpoint = %q, protocol = "binary" } }`, otlpURL+"/v1/"+signal)
	}
	return []string{
		`model_provider = "benchgate"`,
		fmt.Sprintf(`model_providers.benchgate = { name = "benchgate", base_url = %q, wire_api = "responses", supports_websockets = false, %s }`, meterURL+"/v1", key),
		"otel.exporter = " + exporter("logs"),
		"otel.metrics_exporter = " + exporter("metrics"),
		`otel.trace_exporter = "none"`,
		"otel.log_user_prompt = false",
		"analytics.enabled = false",
		"feedback.enabled = false",
		"check_for_update_on_startup = false",
	}
}
