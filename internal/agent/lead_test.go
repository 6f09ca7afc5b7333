package agent_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/agent"
)

// A user's command gets no key and no address but the meter's and the receiver's, and
// its way to them is not through a proxy.
func TestTheEnvironmentOfACommandLeadsToUs(t *testing.T) {
	user := []string{
		"HOME=/h", "ANTHROPIC_API_KEY=k", "ANTHROPIC_AUTH_TOKEN=t", "CLAUDE_CODE_OAUTH_TOKEN=o", "ANTHROPIC_CUSTOM_HEADERS=x-a: b",
		"ANTHROPIC_BASE_URL=https://gateway.example", "HTTPS_PROXY=http://proxy.example:3128", "NO_PROXY=.internal",
		"OTEL_EXPORTER_OTLP_HEADERS=key=secret", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://traces.example", "OTEL_SDK_DISABLED=true",
		"OTEL_TRACES_EXPORTER=none", "OTEL_RESOURCE_ATTRIBUTES=team=a", "OTEL_SERVICE_NAME=mine",
	}
	led := agent.Led{MeterURL: "http://127.0.0.1:1234/token", OTLPURL: "http://127.0.0.1:1235/other", ID: "meter/a b/1.1"}
	got := led.Environment(user)
	want := []string{
		"HOME=/h", "HTTPS_PROXY=http://proxy.example:3128", "OTEL_SERVICE_NAME=mine",
		"ANTHROPIC_API_KEY=benchgate-holds-the-key", "ANTHROPIC_BASE_URL=http://127.0.0.1:1234/token",
		"CLAUDE_CODE_ENABLE_TELEMETRY=1", "CLAUDE_CODE_ENHANCED_TELEMETRY_BETA=1", "CLAUDE_CODE_PROPAGATE_TRACEPARENT=1",
		"NO_PROXY=.internal,127.0.0.1",
		"OPENAI_API_KEY=benchgate-holds-the-key", "OPENAI_BASE_URL=http://127.0.0.1:1234/token/v1", "OTEL_BLRP_SCHEDULE_DELAY=100",
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1235/other", "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta",
		"OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "OTEL_LOGS_EXPORTER=otlp", "OTEL_LOGS_EXPORT_INTERVAL=1000",
		"OTEL_METRICS_EXPORTER=otlp", "OTEL_METRIC_EXPORT_INTERVAL=1000",
		"OTEL_RESOURCE_ATTRIBUTES=team=a,benchgate.trial=meter/a_b/1.1",
		"OTEL_TRACES_EXPORTER=otlp", "OTEL_TRACES_EXPORT_INTERVAL=1000",
		"no_proxy=.internal,127.0.0.1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the environment (-want +got):\n%s", diff)
	}
}

// An agent that is logged in goes on to use its own login: a placeholder would
// replace it.
func TestACommandThatLogsInGetsNoPlaceholder(t *testing.T) {
	led := agent.Led{MeterURL: "http://127.0.0.1:1/t", OTLPURL: "http://127.0.0.1:2/o", ID: "x", Logins: []string{agent.AnthropicMessages.Name}}
	got := led.Environment([]string{"NO_PROXY=a", "no_proxy=b", "OPENAI_API_KEY=k"})
	for _, v := range []string{"ANTHROPIC_BASE_URL=http://127.0.0.1:1/t", "NO_PROXY=a,127.0.0.1", "no_proxy=b,127.0.0.1"} {
		if !slices.Contains(got, v) {
			t.Errorf("the environment lacks %s: %q", v, got)
		}
	}
	if slices.Contains(got, "ANTHROPIC_API_KEY="+agent.PlaceholderKey) {
		t.Error("it has a placeholder for the key")
	}
	if !slices.Contains(got, "OPENAI_API_KEY="+agent.PlaceholderKey) {
		t.Error("it has no placeholder for the key that is known")
	}
}

// Codex takes no address from its environment.
func TestCodexIsLedByArguments(t *testing.T) {
	led := agent.Led{MeterURL: "http://127.0.0.1:1/t", OTLPURL: "http://127.0.0.1:2/o", ID: "x"}
	for _, program := range []string{"codex", "/usr/local/bin/codex"} {
		got := led.Command([]string{program, "exec", "do it"})
		joined := strings.Join(got, " ")
		if got[0] != program || !strings.HasSuffix(joined, " exec do it") || !strings.Contains(joined, `base_url = "http://127.0.0.1:1/t/v1"`) ||
			!strings.Contains(joined, `endpoint = "http://127.0.0.1:2/o/v1/logs"`) || !strings.Contains(joined, `env_key = "OPENAI_API_KEY"`) {
			t.Errorf("the command is %q", got)
		}
	}
	if got := led.Command([]string{"claude", "-p", "do it"}); len(got) != 3 {
		t.Errorf("the command is %q", got)
	}
	led.Logins = []string{agent.OpenAIResponses.Name}
	if joined := strings.Join(led.Command([]string{"codex"}), " "); strings.Contains(joined, "env_key") || !strings.Contains(joined, "requires_openai_auth = true") {
		t.Errorf("without a key the command is %q", joined)
	}
}
