package dashboard

import (
	"maps"
	"slices"
)

// signal is the kind of telemetry that a query reads.
type signal string

const (
	metrics signal = "metrics"
	logs    signal = "logs"
	spans   signal = "traces" // as SigNoz calls them
)

// shape is how a metric's points add up.
type shape int

const (
	sum   shape = iota // monotonic: points are what was added, or so far
	gauge              // one point a trial, at its end
)

// metric is one that is really sent.
type metric struct {
	name, unit string
	shape      shape
	attributes []string // of its points, besides those of the resource
}

// Attributes of the resource that benchgate gives all telemetry of a trial, the
// agent's and its own.
const (
	runID   = "benchgate.run.id"
	task    = "benchgate.task"
	arm     = "benchgate.arm"
	variant = "benchgate.variant"
	model   = "benchgate.model" // the variant's: whom the trial is about, also where another model answered
)

// resourceAttributes are those of a trial. Prometheus keeps them only when its
// configuration promotes them.
var resourceAttributes = []string{
	runID, "benchgate.suite", task, "benchgate.attempt", "benchgate.try", arm, variant, model, "benchgate.agent", "benchgate.confirm",
}

// session is the agent's session: an attribute of points, log records and spans.
const session = "session.id"

// sent are the metrics of Claude Code 2.1.330 and of benchgate.
var sent = []metric{
	{"claude_code.session.count", "", sum, []string{session, "start_type"}},
	{"claude_code.token.usage", "tokens", sum, []string{session, "type", "model", "query_source", "effort", "agent.name"}},
	{"claude_code.cost.usage", "USD", sum, []string{session, "model", "query_source", "effort", "agent.name"}},
	{"claude_code.lines_of_code.count", "", sum, []string{session, "type", "model"}},
	{"claude_code.code_edit_tool.decision", "", sum, []string{session, "tool_name", "decision", "source", "language"}},
	{"claude_code.active_time.total", "s", sum, []string{session, "type"}},
	{"claude_code.commit.count", "", sum, []string{session}},
	{"claude_code.pull_request.count", "", sum, []string{session}},

	{"benchgate.trial.cost", "USD", gauge, []string{session, "benchgate.role", "benchgate.ended", "benchgate.solved"}},
	{"benchgate.trial.solved", "", gauge, []string{session, "benchgate.ended"}},
	{"benchgate.trial.seconds", "s", gauge, []string{session, "benchgate.phase", "benchgate.ended", "benchgate.solved"}},
	{"benchgate.trial.agreement", "USD", gauge, []string{session, "benchgate.source"}},
	{"benchgate.trial.tool_calls", "", gauge, []string{session, "benchgate.ended", "benchgate.solved"}},
	{"benchgate.trial.tool_errors", "", gauge, []string{session, "benchgate.ended", "benchgate.solved"}},
	{"benchgate.requests", "{request}", sum, []string{session, "benchgate.class", "http.response.status_code", "model"}},
	{"benchgate.verdict", "", gauge, []string{"benchgate.verdict", "benchgate.baseline", "benchgate.candidate"}},
}

// events are the log events of Claude Code that dashboards read, spansSent its spans
// and benchgate's, each with its attributes.
var (
	events = map[string][]string{
		"api_request": {
			session, "model", "query_source", "request_id", "effort", "agent_id", "input_tokens", "output_tokens",
			"cache_read_tokens", "cache_creation_tokens", "duration_ms", "ttft_ms", "cost_usd",
		},
		"tool_result": {session, "tool_name", "success", "error_type", "agent_id"},
	}
	spansSent = map[string][]string{
		"claude_code.llm_request": {
			session, "gen_ai.request.model", "query_source_safe", "duration_ms", "ttft_ms", "attempt", "error_class", "status_code",
		},
		"claude_code.tool":           {session, "tool_name"},
		"claude_code.tool.execution": {session, "error_class"},
		"benchgate.trial":            {"benchgate.ended", "benchgate.solved", "benchgate.trial.cost", "benchgate.trial.seconds"},
	}
)

// intrinsic are what every span has besides attributes.
var intrinsic = []string{"name", "duration_nano", "has_error", "timestamp"}

// ofRun are metrics of a run as a whole, which no trial's attributes belong to.
var ofRun = []string{"benchgate.verdict"}

func metricNamed(name string) (metric, bool) {
	i := slices.IndexFunc(sent, func(m metric) bool { return m.name == name })
	if i < 0 {
		return metric{}, false
	}
	return sent[i], true
}

// has reports whether what a signal of this name sends carries the attribute.
func has(s signal, name, attribute string) bool {
	if slices.Contains(ofRun, name) && attribute != runID && attribute != "benchgate.suite" {
		return slices.Contains(mustMetric(name).attributes, attribute)
	}
	if slices.Contains(resourceAttributes, attribute) {
		return true
	}
	switch s {
	case logs:
		return slices.Contains(events[name], attribute)
	case spans:
		return slices.Contains(intrinsic, attribute) || slices.ContainsFunc(spanNames(name), func(span string) bool {
			return slices.Contains(spansSent[span], attribute)
		})
	}
	return slices.Contains(mustMetric(name).attributes, attribute)
}

// spanNames are those that a term reads.
func spanNames(name string) []string {
	if name != anySpan {
		return []string{name}
	}
	return slices.Collect(maps.Keys(spansSent))
}

func mustMetric(name string) metric {
	m, ok := metricNamed(name)
	if !ok {
		panic("dashboard: nobody sends a metric " + name)
	}
	return m
}
