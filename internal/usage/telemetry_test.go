package usage_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/usage"
)

// Active time stands for every sum: what counts is the points' arithmetic.
func TestFillSums(t *testing.T) {
	const delta, cumulative = true, false
	tests := map[string]struct {
		points []otlp.Point
		want   float64
	}{
		"deltas add up":             {[]otlp.Point{active(delta, 0, 1, 2), active(delta, 1, 2, 3)}, 5},
		"a delta sent twice":        {[]otlp.Point{active(delta, 0, 1, 2), active(delta, 1, 2, 3), active(delta, 0, 1, 2)}, 5},
		"cumulative: the last":      {[]otlp.Point{active(cumulative, 0, 1, 2), active(cumulative, 0, 2, 5)}, 5},
		"cumulative, out of order":  {[]otlp.Point{active(cumulative, 0, 2, 5), active(cumulative, 0, 1, 2)}, 5},
		"cumulative, sent twice":    {[]otlp.Point{active(cumulative, 0, 2, 5), active(cumulative, 0, 2, 5)}, 5},
		"cumulative, two processes": {[]otlp.Point{active(cumulative, 0, 2, 5), active(cumulative, 3, 4, 1)}, 6},
		"two processes that began at once": {
			[]otlp.Point{active(cumulative, 0, 1, 2), of("one", active(cumulative, 0, 2, 5)), of("two", active(cumulative, 0, 2, 7)), of("one", active(cumulative, 0, 3, 6))},
			2 + 6 + 7,
		},
		"deltas of two processes": {[]otlp.Point{of("one", active(delta, 0, 1, 2)), of("two", active(delta, 0, 1, 2)), of("two", active(delta, 0, 1, 2))}, 4},
		"cumulative, begun anew":  {[]otlp.Point{active(cumulative, 0, 2, 5), active(cumulative, 0, 3, 1)}, 6},
		"other attributes":        {[]otlp.Point{active(delta, 0, 1, 2), with(active(delta, 0, 1, 3), "session.id", "second")}, 5},
		"not what counters have":  {[]otlp.Point{active(delta, 0, 1, 2), active(delta, 1, 2, -9), active(delta, 2, 3, math.NaN()), active(delta, 3, 4, math.Inf(1))}, 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			trial := fill(usage.Input{Records: otlp.Records{Points: tt.points}})
			if trial.Seconds.Active == nil || *trial.Seconds.Active != tt.want {
				t.Errorf("active %v, want %v", trial.Seconds.Active, tt.want)
			}
		})
	}
}

// of is a point of another resource.
func of(resource string, p otlp.Point) otlp.Point {
	p.Resource = resource
	return p
}

// The same session with cumulative points, as a task's settings can make the
// agent send them, gives the same numbers.
func TestFillCumulativeSession(t *testing.T) {
	c := readCapture(t, "x-metrics-only")
	want := fill(c.input)
	running := make(map[string]float64)
	var points []otlp.Point
	for _, p := range c.input.Records.Points {
		key := p.Name
		for k, v := range p.Attributes {
			if s, ok := v.(string); ok && (k == "type" || k == "model" || k == "query_source") {
				key += "|" + k + s
			}
		}
		running[key] += p.Value
		p.Value, p.Delta, p.Start = running[key], false, begin
		points = append(points, p)
	}
	c.input.Records.Points = points
	if diff := cmp.Diff(want, fill(c.input), approx); diff != "" {
		t.Errorf("trial (-delta +cumulative):\n%s", diff)
	}
}

func TestFillSequenceGap(t *testing.T) {
	numbered := func(session string, numbers ...int64) (out []otlp.Event) {
		for _, n := range numbers {
			out = append(out, event("user_prompt", "session.id", session, "event.sequence", n))
		}
		return out
	}
	tests := map[string]struct {
		events []otlp.Event
		lossy  bool
	}{
		"whole":              {numbered("a", 0, 1, 2), false},
		"in another order":   {numbered("a", 2, 0, 1), false},
		"the first is gone":  {numbered("a", 1, 2), true},
		"one is gone":        {numbered("a", 0, 2), true},
		"sent twice":         {append(numbered("a", 0, 1), numbered("a", 0, 1)...), false},
		"two sessions":       {append(numbered("a", 0, 1), numbered("b", 0)...), false},
		"a gap in one":       {append(numbered("a", 0, 1), numbered("b", 1)...), true},
		"without numbers":    {[]otlp.Event{event("user_prompt")}, false},
		"a number too large": {numbered("a", 0, math.MaxInt64), true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			trial := fill(usage.Input{Records: otlp.Records{Events: tt.events}})
			if got := trial.Flagged(baselines.TelemetryLossy); got != tt.lossy {
				t.Errorf("lossy %t, want %t", got, tt.lossy)
			}
		})
	}
}

func TestFillLossyReceiver(t *testing.T) {
	records := otlp.Records{Events: []otlp.Event{event("user_prompt")}}
	for name, in := range map[string]usage.Input{
		"a payload that cannot be read": {Records: records, DecodeErrors: 1},
		"a payload that was refused":    {Records: records, ReceiverLossy: true},
	} {
		trial := fill(in)
		if !trial.Flagged(baselines.TelemetryLossy) {
			t.Errorf("%s: flags %v, want telemetry_lossy", name, trial.Flags)
		}
	}
}

// Each signal tells of tool calls, and each can be lost: a call counts once,
// whoever tells of it.
func TestFillToolsFromAnySignal(t *testing.T) {
	decided := func(id string) otlp.Event {
		return event("tool_decision", "tool_use_id", id, "tool_name", "Bash", "decision", "accept")
	}
	ended := func(id string, success any) otlp.Event {
		return event("tool_result", "tool_use_id", id, "tool_name", "Bash", "success", success)
	}
	executed := func(id string, failed bool) otlp.Span {
		s := span("claude_code.tool.execution", "tool_use_id", id)
		s.SpanID, s.Error = id, failed
		return s
	}
	tests := map[string]struct {
		events          []otlp.Event
		spans           []otlp.Span
		calls, failures int
	}{
		"none, but telemetry":    {[]otlp.Event{event("user_prompt")}, nil, 0, 0},
		"decided and ended":      {[]otlp.Event{decided("1"), ended("1", "true")}, nil, 1, 0},
		"text and boolean":       {[]otlp.Event{ended("1", "false"), ended("2", false), ended("3", true)}, nil, 3, 2},
		"killed while it ran":    {[]otlp.Event{decided("1")}, nil, 1, 0},
		"refused by permissions": {[]otlp.Event{event("tool_decision", "tool_use_id", "1", "decision", "reject")}, nil, 0, 0},
		"spans only":             {nil, []otlp.Span{executed("1", false), executed("2", true)}, 2, 1},
		"both tell of one":       {[]otlp.Event{decided("1"), ended("1", "false")}, []otlp.Span{executed("1", true)}, 1, 1},
		"each has lost one":      {[]otlp.Event{ended("1", "true")}, []otlp.Span{executed("2", true)}, 2, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			trial := fill(usage.Input{Records: otlp.Records{Events: tt.events, Spans: tt.spans}})
			if trial.ToolCalls == nil || *trial.ToolCalls != tt.calls || *trial.ToolErrors != tt.failures {
				t.Errorf("calls %v, failures %v; want %d and %d", trial.ToolCalls, trial.ToolErrors, tt.calls, tt.failures)
			}
		})
	}
}

// Names in telemetry are the agent's, and may be the task's.
func TestFillHostileNames(t *testing.T) {
	tool := event("tool_result", "tool_use_id", "1", "success", "false", "tool_name", "Ba\x1b[31msh\n::set-output"+strings.Repeat("x", 200))
	failed := span("claude_code.tool.execution", "tool_use_id", "1", "error_class", "\r\nShellError\u202e")
	failed.Error, failed.End = true, begin.Add(1500*time.Millisecond)
	trial := fill(usage.Input{Records: otlp.Records{Events: []otlp.Event{tool}, Spans: []otlp.Span{failed}}})
	want := []baselines.SpanError{{
		Span: "claude_code.tool.execution", Tool: "Ba[31msh::set-output" + strings.Repeat("x", 60), Error: "ShellError", Seconds: 1.5,
	}}
	if diff := cmp.Diff(want, trial.Errors); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

// Another agent's telemetry is there, but is not read as Claude Code's.
func TestFillOtherAgentsTelemetry(t *testing.T) {
	points := []otlp.Point{{Name: "gemini_cli.token.usage", Kind: otlp.Sum, Value: 8000, Attributes: otlp.Attributes{"type": "input"}}}
	trial := fill(usage.Input{Records: otlp.Records{Points: points}})
	if diff := cmp.Diff(baselines.Trial{}, trial); diff != "" {
		t.Errorf("trial (-want +got):\n%s", diff)
	}
}

// active is a point of active time; start and end are seconds.
func active(delta bool, start, end, value float64) otlp.Point {
	return otlp.Point{
		Name: "claude_code.active_time.total", Unit: "s", Kind: otlp.Sum, Monotonic: true,
		Delta: delta, Start: begin.Add(seconds(start)), Time: begin.Add(seconds(end)), Value: value,
		Attributes: otlp.Attributes{"session.id": "first", "type": "cli"},
	}
}

func with(p otlp.Point, key string, value any) otlp.Point {
	attributes := otlp.Attributes{key: value}
	for k, v := range p.Attributes {
		if k != key {
			attributes[k] = v
		}
	}
	p.Attributes = attributes
	return p
}

func attributes(pairs []any) otlp.Attributes {
	out := make(otlp.Attributes)
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i].(string)] = pairs[i+1]
	}
	return out
}

func event(name string, pairs ...any) otlp.Event {
	return otlp.Event{Name: name, Body: "claude_code." + name, Time: begin, Attributes: attributes(pairs)}
}

func span(name string, pairs ...any) otlp.Span {
	return otlp.Span{Name: name, TraceID: "t", SpanID: "s", Start: begin, End: begin, Attributes: attributes(pairs)}
}
