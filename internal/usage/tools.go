package usage

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/otlp"
)

// toolCount counts tools that ran.
type toolCount struct{ calls, failures int }

// readTools counts tool calls by their ids in events and spans. A call has an
// event when it is permitted, one when it ends, and two spans; any of the four
// can be lost, and one is enough to count the call. Calls that fail validation
// have none of them and are not counted.
func (seen *telemetry) readTools(events []otlp.Event, spans []otlp.Span) {
	names := make(map[string]string) // by tool call; for MCP tools only spans have the name
	ran, failed := make(map[string]bool), make(map[string]bool)
	for _, e := range events {
		id := text(e.Attributes, "tool_use_id")
		switch e.Name {
		case "tool_decision":
			if text(e.Attributes, "decision") == "reject" {
				continue
			}
		case "tool_result":
			if !isTrue(e.Attributes, "success") {
				failed[id] = true
			}
		default:
			continue
		}
		ran[id] = true
		names[id] = text(e.Attributes, "tool_name")
	}
	for _, s := range spans {
		id := text(s.Attributes, "tool_use_id")
		switch s.Name {
		case "claude_code.tool":
			names[id] = cmp.Or(text(s.Attributes, "tool_name"), names[id])
		case "claude_code.tool.execution":
			if s.Error {
				failed[id] = true
			}
			ran[id] = true
		}
	}
	delete(ran, "")
	delete(failed, "")
	if hasEvents(events) || hasSpans(spans) {
		seen.tools = &toolCount{len(ran), len(failed)}
	}
	seen.errors = spanErrors(spans, names)
}

// maxErrors is how many failures a trial's record lists: enough to see what went
// wrong, and a bound on its size.
const maxErrors = 100

// spanErrors lists failed model requests and failed tools, in order of time.
// No other spans of Claude Code fail; a request that was repeated has one span,
// which fails only if its last attempt did.
func spanErrors(spans []otlp.Span, tools map[string]string) []baselines.SpanError {
	var failed []otlp.Span
	for _, s := range spans {
		if s.Error && (s.Name == "claude_code.llm_request" || s.Name == "claude_code.tool.execution") {
			failed = append(failed, s)
		}
	}
	slices.SortFunc(failed, func(a, b otlp.Span) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.SpanID, b.SpanID))
	})
	var out []baselines.SpanError
	for _, s := range failed[:min(len(failed), maxErrors)] {
		out = append(out, baselines.SpanError{
			Span:    s.Name,
			Tool:    printable(tools[text(s.Attributes, "tool_use_id")]),
			Error:   printable(cmp.Or(text(s.Attributes, "error_class"), text(s.Attributes, "error.type"), "unknown")),
			Seconds: math.Round(max(s.End.Sub(s.Start).Seconds(), 0)*1000) / 1000,
		})
	}
	return out
}

// printable makes a name that the agent sent fit for a record: at most 80
// characters, without any that a terminal or a log would interpret.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > 80 {
		s = string(runes[:80])
	}
	return s
}

// fillTools sets tool calls and failures from telemetry, else from the
// transcript. The two count differently: only the transcript has calls that
// failed validation.
func fillTools(t *baselines.Trial, in Input, seen telemetry) {
	switch {
	case seen.tools != nil:
		t.ToolCalls, t.ToolErrors = &seen.tools.calls, &seen.tools.failures
		source(t, "tool_calls", fromTelemetry)
		source(t, "tool_errors", fromTelemetry)
	case in.Agent != nil && in.Agent.ToolCalls != nil:
		t.ToolCalls, t.ToolErrors = in.Agent.ToolCalls, in.Agent.ToolErrors
		source(t, "tool_calls", fromTranscript)
		source(t, "tool_errors", fromTranscript)
		flag(t, baselines.TranscriptOnly)
	}
}

// usedNoTool reports whether the agent got answers of its model and is known to
// have called no tool. The transcript is asked, too: it has calls that failed
// validation.
func usedNoTool(t *baselines.Trial, in Input) bool {
	answered := t.Requests != nil && *t.Requests > 0
	tried := in.Agent != nil && in.Agent.ToolCalls != nil && *in.Agent.ToolCalls > 0
	return answered && t.ToolCalls != nil && *t.ToolCalls == 0 && !tried
}
