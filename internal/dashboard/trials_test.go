package dashboard

import (
	"fmt"
	"strconv"
	"time"
)

// made is a trial as its telemetry is made up here.
type made struct {
	variant, arm, task string
	solved             bool
	ended              string
	usd                float64
	calls, failed      int
}

// trialsOfTwo are resources with metrics, as benchgate forwards them to a Prometheus:
// two variants at two tasks, and a trial that an infrastructure error ended, which no
// number may count.
func trialsOfTwo() []any {
	var all []any
	for i, m := range []made{
		{"opus", "candidate", "lru-cache", true, "finished", 0.30, 10, 1},
		{"opus", "candidate", "rate-limiter", false, "timeout", 0.20, 5, 0},
		{"sonnet", "baseline", "lru-cache", false, "finished", 0.50, 5, 0},
		{"sonnet", "baseline", "rate-limiter", true, "finished", 0.10, 5, 0},
	} {
		all = append(all, agentsOf(m, i), ownOf(m, i))
	}
	infra := made{"sonnet", "baseline", "rate-limiter", false, "infra_error", 9, 0, 0}
	all = append(all, resource(trialOf(infra, 4), gaugePoints("benchgate.trial.cost", "USD", with(ofEnd(infra), "benchgate.role", "main"), infra.usd)))
	return append(all, resource(map[string]any{"service.name": "benchgate", "benchgate.run.id": "run-1", "benchgate.suite": "coding-2"},
		gaugePoints("benchgate.verdict", "", attrs{"benchgate.verdict": "pass", "benchgate.baseline": "sonnet", "benchgate.candidate": "opus"}, 1)))
}

type attrs map[string]any

func with(a attrs, pairs ...string) attrs {
	b := attrs{}
	for k, v := range a {
		b[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		b[pairs[i]] = pairs[i+1]
	}
	return b
}

func trialOf(m made, i int) attrs {
	return attrs{
		"service.name": "benchgate", "service.instance.id": fmt.Sprint("run-1/", i),
		"benchgate.run.id": "run-1", "benchgate.suite": "coding-2", "benchgate.task": m.task, "benchgate.attempt": 1, "benchgate.try": 1,
		"benchgate.arm": m.arm, "benchgate.variant": m.variant, "benchgate.model": "claude-" + m.variant, "benchgate.agent": "claude-code@2.1.330",
	}
}

// agentsOf is what the agent of a trial sends.
func agentsOf(m made, i int) any {
	of := with(trialOf(m, i), "service.name", "claude-code")
	s := attrs{"session.id": fmt.Sprint("session-", i), "model": "claude-" + m.variant, "query_source": "main", "effort": "high"}
	tokens := func(kind string, n float64) any {
		return sumPoints("claude_code.token.usage", "tokens", with(s, "type", kind), n)
	}
	return resource(
		of,
		tokens("input", 1000), tokens("output", 500), tokens("cacheRead", 8000), tokens("cacheCreation", 3000),
		sumPoints("claude_code.cost.usage", "USD", s, 0.10), sumPoints("claude_code.cost.usage", "USD", with(s, "query_source", "auxiliary"), 0.01),
		sumPoints("claude_code.active_time.total", "s", with(attrs{"session.id": s["session.id"]}, "type", "cli"), 30),
		sumPoints("claude_code.lines_of_code.count", "", with(s, "type", "added"), 40),
		sumPoints("claude_code.lines_of_code.count", "", with(s, "type", "removed"), 4),
	)
}

func ofEnd(m made) attrs {
	return attrs{"benchgate.ended": m.ended, "benchgate.solved": strconv.FormatBool(m.solved)}
}

// ownOf is what benchgate sends of a trial.
func ownOf(m made, i int) any {
	end := with(ofEnd(m), "session.id", fmt.Sprint("session-", i))
	solved := 0.0
	if m.solved {
		solved = 1
	}
	source := func(name string, usd float64) any {
		return gaugePoints("benchgate.trial.agreement", "USD", with(attrs{"session.id": end["session.id"]}, "benchgate.source", name), usd)
	}
	return resource(
		trialOf(m, i),
		gaugePoints("benchgate.trial.cost", "USD", with(end, "benchgate.role", "main"), m.usd),
		gaugePoints("benchgate.trial.cost", "USD", with(end, "benchgate.role", "auxiliary"), 0.01),
		gaugePoints("benchgate.trial.solved", "", attrs{"benchgate.ended": m.ended, "session.id": end["session.id"]}, solved),
		gaugePoints("benchgate.trial.seconds", "s", with(end, "benchgate.phase", "total"), 50),
		gaugePoints("benchgate.trial.seconds", "s", with(end, "benchgate.phase", "agent"), 40),
		gaugePoints("benchgate.trial.tool_calls", "", end, float64(m.calls)),
		gaugePoints("benchgate.trial.tool_errors", "", end, float64(m.failed)),
		source("meter", m.usd), source("telemetry", m.usd), source("agent", m.usd-0.01),
		sumPoints("benchgate.requests", "{request}", attrs{"benchgate.class": "ok", "http.response.status_code": 200, "model": "claude-" + m.variant}, 6),
		sumPoints("benchgate.requests", "{request}", attrs{"benchgate.class": "overloaded", "http.response.status_code": 529, "model": "claude-" + m.variant}, 2),
	)
}

func resource(of attrs, metrics ...any) any {
	return map[string]any{
		"resource":     map[string]any{"attributes": keyValues(of)},
		"scopeMetrics": []any{map[string]any{"scope": map[string]any{"name": "test"}, "metrics": metrics}},
	}
}

func sumPoints(name, unit string, of attrs, value float64) any {
	const cumulative = 2
	return map[string]any{"name": name, "unit": unit, "sum": map[string]any{
		"dataPoints": points(of, value), "isMonotonic": true, "aggregationTemporality": cumulative,
	}}
}

func gaugePoints(name, unit string, of attrs, value float64) any {
	return map[string]any{"name": name, "unit": unit, "gauge": map[string]any{"dataPoints": points(of, value)}}
}

func points(of attrs, value float64) []any {
	end := time.Now().Add(-time.Minute)
	return []any{map[string]any{
		"attributes": keyValues(of), "asDouble": value,
		"startTimeUnixNano": strconv.FormatInt(end.Add(-time.Minute).UnixNano(), 10), "timeUnixNano": strconv.FormatInt(end.UnixNano(), 10),
	}}
}

func keyValues(of attrs) []any {
	all := []any{}
	for name, value := range of {
		typed := map[string]any{"stringValue": value}
		if n, ok := value.(int); ok {
			typed = map[string]any{"intValue": strconv.Itoa(n)}
		}
		all = append(all, map[string]any{"key": name, "value": typed})
	}
	return all
}
