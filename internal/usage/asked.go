package usage

import (
	"slices"
	"strings"

	"github.com/benchgate/benchgate/internal/otlp"
)

// AskedModel reports whether telemetry, of any agent, tells of an answer of a model:
// usage by OpenTelemetry's conventions for generative AI, or an event or metric as
// Claude Code, Codex and Gemini CLI name theirs.
func AskedModel(records otlp.Records) bool {
	return slices.ContainsFunc(records.Points, func(p otlp.Point) bool {
		return strings.HasSuffix(p.Name, ".token.usage")
	}) || slices.ContainsFunc(records.Events, func(e otlp.Event) bool {
		return e.Name == "api_request" || e.Name == "codex.sse_event" || e.Name == "gemini_cli.api_response" || hasUsage(e.Attributes)
	}) || slices.ContainsFunc(records.Spans, func(s otlp.Span) bool { return hasUsage(s.Attributes) })
}

func hasUsage(a otlp.Attributes) bool {
	for name := range a {
		if strings.HasPrefix(name, "gen_ai.usage.") {
			return true
		}
	}
	return false
}
