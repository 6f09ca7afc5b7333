package usage_test

import (
	"testing"

	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/otlp/otlptest"
	"github.com/benchgate/benchgate/internal/usage"
)

// Whatever agent it was, its telemetry says that a model answered.
func TestTelemetryTellsThatAModelWasAsked(t *testing.T) {
	codex, broken := otlp.DecodeAll(otlptest.ReadDir(t, "testdata/others/codex")) // Codex CLI 0.169.0, captured
	if len(broken) > 0 || len(codex.Events) == 0 {
		t.Fatalf("%d events, broken %v", len(codex.Events), broken)
	}
	for name, test := range map[string]struct {
		records otlp.Records
		want    bool
	}{
		"Codex":                {codex, true},
		"Gemini CLI":           {otlp.Records{Points: []otlp.Point{{Name: "gemini_cli.token.usage"}}}, true},
		"by the conventions":   {otlp.Records{Spans: []otlp.Span{{Name: "chat", Attributes: otlp.Attributes{"gen_ai.usage.input_tokens": int64(9)}}}}, true},
		"a program's own":      {otlp.Records{Spans: []otlp.Span{{Name: "GET /"}}, Points: []otlp.Point{{Name: "http.requests"}}}, false},
		"nothing":              {otlp.Records{}, false},
		"Claude Code, started": {otlp.Records{Points: []otlp.Point{{Name: "claude_code.session.count"}}, Events: []otlp.Event{{Name: "user_prompt"}}}, false},
	} {
		if got := usage.AskedModel(test.records); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
