package usage

import (
	"slices"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/otlp"
)

// telemetry is what the agent's telemetry reports. Records that were sent twice
// are counted once.
type telemetry struct {
	any      bool     // something came in, from any agent
	sessions []string // in order of appearance
	gap      bool     // a batch of events is missing

	tokens       []portion
	requests     *int            // nil: there are neither events nor spans
	retries      *int            // nil: there are no spans
	requestIDs   []string        // of every answered request
	mainRequests map[string]bool // request ids of the main thread's requests

	tools  *toolCount // nil: there are neither events nor spans
	errors []baselines.SpanError
	active *float64         // seconds
	lines  *baselines.Lines // nil: no metrics came in
}

// readTelemetry reads the records as Claude Code sends them, and Codex.
func readTelemetry(records otlp.Records) telemetry {
	seen := telemetry{
		any:          len(records.Points)+len(records.Events)+len(records.Spans) > 0,
		mainRequests: make(map[string]bool),
	}
	series := sums(records.Points)
	events := once(records.Events, new(digester).event)
	spans := once(records.Spans, func(s otlp.Span) [2]string { return [2]string{s.TraceID, s.SpanID} })

	for _, s := range series {
		seen.addSession(s.attributes)
	}
	for _, e := range events {
		seen.addSession(e.Attributes)
	}
	for _, s := range spans {
		seen.addSession(s.Attributes)
	}
	seen.gap = sequenceGap(events)
	seen.tokens = tokensOf(series, events, spans)
	seen.readRequests(events, spans)
	seen.readTools(events, spans)
	seen.readWork(series)
	seen.readCodex(records.Points, events)
	return seen
}

func (seen *telemetry) addSession(a otlp.Attributes) {
	if id := text(a, "session.id"); id != "" && !slices.Contains(seen.sessions, id) {
		seen.sessions = append(seen.sessions, id)
	}
}

// readRequests counts answered requests, by events or, when no events came, by
// spans. Only spans have retries: a request's span has one span event for each
// attempt. The attribute "attempt" is not used, because it counts from 1 again
// after a broken stream.
func (seen *telemetry) readRequests(events []otlp.Event, spans []otlp.Span) {
	ids := make(map[string]bool)
	var answered, fromSpans, retries int
	for _, e := range events {
		if e.Name != "api_request" {
			continue
		}
		answered++
		id := text(e.Attributes, "request_id")
		ids[id] = true
		if isMainSource(text(e.Attributes, "query_source")) {
			seen.mainRequests[id] = true
		}
	}
	for _, s := range spans {
		if s.Name != "claude_code.llm_request" {
			continue
		}
		attempts := 0
		for _, e := range s.Events {
			attempts += boolInt(e.Name == "gen_ai.request.attempt")
		}
		retries += max(attempts-1, 0)
		if !s.Error {
			fromSpans++
			ids[text(s.Attributes, "request_id")] = true
		}
	}
	delete(ids, "")
	for id := range ids {
		seen.requestIDs = append(seen.requestIDs, id)
	}
	slices.Sort(seen.requestIDs)
	if hasSpans(spans) {
		seen.requests, seen.retries = &fromSpans, &retries
	}
	if hasEvents(events) {
		seen.requests = &answered
	}
}

// isMainSource reports whether an event's query_source is the main thread, or
// compaction, which is the main thread's work.
func isMainSource(source string) bool {
	return source == "sdk" || source == "compact" || strings.HasPrefix(source, "repl_main_thread")
}

// readWork sums active time and lines. An agent that changed nothing sends no
// lines, so zero is known as soon as any of its metrics came in.
func (seen *telemetry) readWork(series []series) {
	for _, s := range series {
		if strings.HasPrefix(s.name, "claude_code.") && seen.lines == nil {
			seen.lines = new(baselines.Lines)
		}
		switch s.name {
		case "claude_code.active_time.total":
			if seen.active == nil {
				seen.active = new(float64)
			}
			*seen.active += s.total
		case "claude_code.lines_of_code.count":
			switch text(s.attributes, "type") {
			case "added":
				seen.lines.Added += count(s.total)
			case "removed":
				seen.lines.Removed += count(s.total)
			}
		}
	}
}

func fillRequestsFromTelemetry(t *baselines.Trial, seen telemetry) {
	if seen.requests != nil {
		t.Requests = seen.requests
		source(t, "requests", fromTelemetry)
	}
	if seen.retries != nil {
		t.Retries = seen.retries
		source(t, "retries", fromTelemetry)
	}
}

// sequenceGap reports whether a session's events have a gap in their numbers.
// Each process numbers its events from 0, so a gap means that a batch was lost.
func sequenceGap(events []otlp.Event) bool {
	type numbers struct {
		have map[int64]bool
		last int64
	}
	sessions := make(map[string]*numbers)
	for _, e := range events {
		n, ok := e.Attributes["event.sequence"].(int64)
		if !ok || n < 0 {
			continue
		}
		id := text(e.Attributes, "session.id")
		s := sessions[id]
		if s == nil {
			s = &numbers{have: make(map[int64]bool)}
			sessions[id] = s
		}
		s.have[n] = true
		s.last = max(s.last, n)
	}
	for _, s := range sessions {
		if int64(len(s.have)) != s.last+1 {
			return true
		}
	}
	return false
}

// hasEvents reports whether any event is Claude Code's.
func hasEvents(events []otlp.Event) bool {
	return slices.ContainsFunc(events, func(e otlp.Event) bool { return strings.HasPrefix(e.Body, "claude_code.") })
}

// hasSpans reports whether any span is Claude Code's.
func hasSpans(spans []otlp.Span) bool {
	return slices.ContainsFunc(spans, func(s otlp.Span) bool { return strings.HasPrefix(s.Name, "claude_code.") })
}
