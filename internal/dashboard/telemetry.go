package dashboard

import (
	"maps"
	"slices"

	"github.com/benchgate/benchgate/internal/forward"
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
	runID   = forward.AttrRun
	task    = forward.AttrTask
	arm     = forward.AttrArm
	variant = forward.AttrVariant
	model   = forward.AttrModel // the variant's: whom the trial is about, also where another model answered
)

// resourceAttributes are those of a trial. Prometheus keeps them only when its
// configuration promotes them.
var resourceAttributes = []string{
	runID, forward.AttrSuite, task, forward.AttrAttempt, forward.AttrTry, arm, variant, model, forward.AttrAgent, forward.AttrConfirm,
}

// session is the agent's session: an attribute of points, log records and spans.
const session = forward.AttrSession

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

	{forward.MetricTrialCost, "USD", gauge, []string{session, forward.AttrRole, forward.AttrEnded, forward.AttrSolved}},
	{forward.MetricTrialSolved, "", gauge, []string{session, forward.AttrEnded}},
	{forward.MetricTrialSeconds, "s", gauge, []string{session, forward.AttrPhase, forward.AttrEnded, forward.AttrSolved}},
	{forward.MetricTrialAgreement, "USD", gauge, []string{session, forward.AttrSource}},
	{forward.MetricTrialToolCalls, "", gauge, []string{session, forward.AttrEnded, forward.AttrSolved}},
	{forward.MetricTrialToolErrors, "", gauge, []string{session, forward.AttrEnded, forward.AttrSolved}},
	{forward.MetricRequests, "{request}", sum, []string{session, forward.AttrClass, forward.AttrStatus, forward.AttrRequestModel}},
	{forward.MetricVerdict, "", gauge, []string{forward.AttrOutcome, forward.AttrBaseline, forward.AttrCandidate}},
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
		forward.SpanTrial:            {forward.AttrEnded, forward.AttrSolved, forward.AttrCost, forward.AttrSeconds},
	}
)

// intrinsic are what every span has besides attributes.
var intrinsic = []string{"name", "duration_nano", "has_error", "timestamp"}

// ofRun are metrics of a run as a whole, which no trial's attributes belong to.
var ofRun = []string{forward.MetricVerdict}

func metricNamed(name string) (metric, bool) {
	i := slices.IndexFunc(sent, func(m metric) bool { return m.name == name })
	if i < 0 {
		return metric{}, false
	}
	return sent[i], true
}

// has reports whether what a signal of this name sends carries the attribute.
func has(s signal, name, attribute string) bool {
	if slices.Contains(ofRun, name) && attribute != runID && attribute != forward.AttrSuite {
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
