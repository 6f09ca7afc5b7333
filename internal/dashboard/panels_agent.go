package dashboard

import "github.com/benchgate/benchgate/internal/forward"

func tokens(name, head string, types ...string) term {
	t := term{name: name, head: head, signal: metrics, of: "claude_code.token.usage", do: total}
	if len(types) > 0 {
		t.where = []condition{is("type", types...)}
	}
	return t
}

func money() []row {
	cost := term{name: "A", head: "cost", signal: metrics, of: "claude_code.cost.usage", do: total, unit: usd}
	utilization := panel{
		title:    "Cache utilization",
		why:      "Tokens read from the prompt cache over all of the input side: fresh, read and written. Without the writes in the denominator it is near 100% for everybody.",
		unit:     share,
		terms:    []term{tokens("A", "", "cacheRead"), tokens("B", "", "input", "cacheRead", "cacheCreation")},
		computed: []formula{{"F1", "cache utilization", "/", []string{"A", "B"}, share}},
	}
	whole, byModel := utilization, utilization
	whole.key, whole.show = "cache-utilization", number
	byModel.key, byModel.title, byModel.show, byModel.by = "cache-by-model", "Cache utilization by model", table, []string{"model", "query_source"}
	agree := func(name, head, source string) term {
		return term{
			name: name, head: head, signal: metrics, of: forward.MetricTrialAgreement, do: total, unit: usd,
			where: []condition{is(forward.AttrSource, source)},
		}
	}
	return []row{{"Money and tokens", []placed{
		{panel{
			key: "cost", title: "Cost by the agent", why: "Dollars as the agent itself counts them, housekeeping included. A model that it does not know it prices as another, without a word: see how the sources disagree.",
			show: number, unit: usd, terms: []term{cost},
		}, 3, 4},
		{whole, 3, 4},
		{panel{
			key: "cost-by-role", title: "Cost by role, metered", why: "Benchgate's meter: the main conversation, subagents, the small model's housekeeping, and requests that were cut, whose rest is estimated. All tries of a trial are in it, those that infrastructure errors ended, too.",
			show: table, unit: usd, by: []string{variant, forward.AttrRole},
			terms: []term{{name: "A", head: "cost", signal: metrics, of: forward.MetricTrialCost, do: total}},
		}, 6, 4},
		{panel{
			key: "tokens-by-type", title: "Tokens by type", why: "Not just the total: most of it is cache reads, the cheapest kind, and the bill is made by output and cache writes.",
			show: bars, unit: count, by: []string{"type"}, terms: []term{tokens("A", "tokens")},
		}, 6, 6},
		{panel{
			key: "cost-by-model", title: "Cost by model", why: "Also which models answered that nobody asked for: fallbacks, and the small model.",
			show: bars, unit: usd, by: []string{"model"}, terms: []term{cost},
		}, 6, 6},
		{panel{
			key: "cost-by-source", title: "Cost by query source and effort", why: "What was asked for by the main thread, by subagents, and by the agent itself.",
			show: table, unit: usd, by: []string{"query_source", "effort", "model"}, terms: []term{cost},
		}, 6, 6},
		{byModel, 6, 6},
		{panel{
			key: "disagreement", title: "Disagreement of the three sources", why: "One bill seen three ways, at benchgate's prices: what the API served, what the agent's telemetry says, and what its own result says. They are never added up; where they differ, requests went past the meter or telemetry was lost.",
			show: table, unit: usd, by: []string{task, arm, forward.AttrAttempt, runID},
			terms:    []term{agree("A", "meter", "meter"), agree("B", "telemetry", "telemetry"), agree("C", "agent's result", "agent")},
			computed: []formula{{"F1", "telemetry beyond meter", "-", []string{"B", "A"}, usd}, {"F2", "result beyond meter", "-", []string{"C", "A"}, usd}},
		}, 12, 6},
	}}}
}

func requests() []row {
	asked := term{name: "A", head: "requests", signal: metrics, of: forward.MetricRequests, do: total}
	llm := func(do aggregate, field string) term {
		return term{name: "A", head: field, signal: spans, of: "claude_code.llm_request", do: do, field: field}
	}
	prompt := func(name, field string) term {
		return term{
			name: name, signal: logs, of: "api_request", do: average, field: field,
			where: []condition{{attribute: "agent_id", not: true}},
		}
	}
	const noHistogram = "agents send it with spans only, not as a metric"
	return []row{{"Requests", []placed{
		{panel{
			key: "requests", title: "Model requests", why: "Requests that were answered, by benchgate's meter: how much back and forth a task took.",
			show: number, unit: count,
			terms: []term{{name: "A", head: "requests", signal: metrics, of: forward.MetricRequests, do: total, where: []condition{is(forward.AttrClass, "ok")}}},
		}, 3, 5},
		{panel{
			key: "requests-by-status", title: "Errors and retries by status", why: "What became of each request that an agent sent. A retry that ends well leaves no trace in an agent's own metrics and logs.",
			show: table, unit: count, by: []string{forward.AttrClass, forward.AttrStatus, forward.AttrRequestModel}, terms: []term{asked},
		}, 9, 5},
		{panel{
			key: "latency", title: "Request latency, 95th percentile", why: "From the agent's first try to its answer, waits and retries included.",
			show: lines, unit: milliseconds, by: []string{"gen_ai.request.model"}, terms: []term{llm(p95, "duration_ms")}, noMetric: noHistogram,
		}, 6, 6},
		{panel{
			key: "first-token", title: "Time to first token, 95th percentile", why: "How long a person would look at nothing.",
			show: lines, unit: milliseconds, by: []string{"gen_ai.request.model"}, terms: []term{llm(p95, "ttft_ms")}, noMetric: noHistogram,
		}, 6, 6},
		{panel{
			key: "costliest-requests", title: "Costliest requests", why: "Single requests, by what the agent says that they cost.",
			show: table, unit: usd, by: []string{"request_id", task, "model", "query_source"},
			terms: []term{{name: "A", head: "cost", signal: logs, of: "api_request", do: greatest, field: "cost_usd"}},
			most:  20, noMetric: "a single request is a log record",
		}, 6, 6},
		{panel{
			key: "context-growth", title: "Context growth", why: "The mean size of a main thread's prompt in tokens: fresh, read from the cache and written to it. It grows until the agent compacts it.",
			show: lines, unit: count, by: []string{task, session},
			terms:    []term{prompt("A", "input_tokens"), prompt("B", "cache_read_tokens"), prompt("C", "cache_creation_tokens")},
			computed: []formula{{"F1", "tokens in the prompt", "+", []string{"A", "B", "C"}, count}},
			noMetric: "the size of a single prompt is in log records",
		}, 6, 6},
	}}}
}

func tools() []row {
	calls := func(name, head string) term {
		return term{name: name, head: head, signal: metrics, of: forward.MetricTrialToolCalls, do: total}
	}
	failed := term{name: "B", signal: metrics, of: forward.MetricTrialToolErrors, do: total}
	results := term{name: "A", head: "calls", signal: logs, of: "tool_result", do: howMany, unit: count}
	good := term{name: "B", signal: logs, of: "tool_result", do: howMany, where: []condition{is("success", "true")}}
	return []row{{"Tools, work and errors", []placed{
		{panel{
			key: "tool-calls", title: "Tool calls", why: "All tools that agents ran, not edits only. Calls that an agent refused as malformed are in no telemetry.",
			show: number, unit: count, terms: []term{calls("A", "tool calls")},
		}, 3, 4},
		{panel{
			key: "error-rate", title: "Tool error rate", why: "Tools that ran and failed over all that ran. Each is money and time for nothing.",
			show: number, unit: share, terms: []term{calls("A", ""), failed},
			computed: []formula{{"F1", "tool error rate", "/", []string{"B", "A"}, share}},
		}, 3, 4},
		{panel{
			key: "active-time", title: "Active time", why: "Work done, not time waited: agents that run side by side add up. An agent that is killed does not say it.",
			show: number, unit: seconds,
			terms: []term{{name: "A", head: "active time", signal: metrics, of: "claude_code.active_time.total", do: total}},
		}, 3, 4},
		{panel{
			key: "lines", title: "Lines of code", why: "Lines that edits of the agent's own tools added. Nothing here says what was kept, and what a shell wrote is not in it.",
			show: number, unit: count,
			terms: []term{{name: "A", head: "lines added", signal: metrics, of: "claude_code.lines_of_code.count", do: total, where: []condition{is("type", "added")}}},
		}, 3, 4},
		{panel{
			key: "work-by-variant", title: "Work by variant", why: "Agents send tool calls and active time without a model; benchgate adds whose they are.",
			show: table, unit: count, by: []string{variant},
			terms: []term{
				calls("A", "tool calls"),
				{name: "B", head: "tool errors", signal: metrics, of: forward.MetricTrialToolErrors, do: total},
				{name: "C", head: "active time", signal: metrics, of: "claude_code.active_time.total", do: total, unit: seconds},
				{name: "D", head: "lines added", signal: metrics, of: "claude_code.lines_of_code.count", do: total, where: []condition{is("type", "added")}},
			},
			computed: []formula{{"F1", "tool error rate", "/", []string{"B", "A"}, share}},
		}, 12, 5},
		{panel{
			key: "tool-success", title: "Tool success by tool", why: "Tools of MCP servers are one line here, as the agent sends them.",
			show: table, unit: share, by: []string{"tool_name"}, terms: []term{results, good},
			computed: []formula{{"F1", "success", "/", []string{"B", "A"}, share}},
			noMetric: "which tool ran is in log records",
		}, 6, 7},
		{panel{
			key: "error-spans", title: "Error spans", why: "The failures themselves: tools that failed and requests that were given up.",
			show: list, by: []string{"name", "error_class", "duration_nano", task, variant, session},
			terms: []term{{name: "A", signal: spans, of: anySpan, do: none, where: []condition{is("has_error", "true")}}},
			most:  50, noMetric: "it lists spans",
		}, 6, 7},
	}}}
}
