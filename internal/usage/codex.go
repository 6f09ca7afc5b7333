package usage

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/otlp"
)

// Codex CLI 0.169.0 tells, in events and metrics of its own names, of each answer of a
// model, of each attempt to get one, and of each call of a tool. Its traces are not
// read. It has neither dollars nor lines, and no active time.
const (
	codexAnswer  = "codex.sse_event" // with token counts where an answer has ended
	codexAttempt = "codex.api_request"
	codexAllowed = "codex.tool_decision"
	codexCalled  = "codex.tool_result"
	codexTokens  = "codex.turn.token_usage" // a histogram of turns, whose sum is all tokens
)

// codexSeen is what Codex' telemetry reports.
type codexSeen struct {
	any      bool
	tokens   []portion
	requests int
	retries  int
	tools    toolCount
}

func readCodex(points []otlp.Point, events []otlp.Event) (c codexSeen) {
	calls, failed := make(map[string]bool), make(map[string]bool)
	var attempts []otlp.Event
	for _, e := range events {
		switch e.Name {
		case codexAnswer:
			if p, ended := codexPortion(e); ended {
				c.tokens = append(c.tokens, p)
				c.requests++
			}
		case codexAttempt:
			attempts = append(attempts, e)
		case codexAllowed: // the result is lost when the program ends too soon
			if text(e.Attributes, "decision") == "approved" {
				calls[text(e.Attributes, "call_id")] = true
			}
		case codexCalled:
			id := text(e.Attributes, "call_id")
			calls[id] = true
			failed[id] = codexFailed(e.Attributes)
		default:
			continue
		}
		c.any = true
	}
	c.tools.calls = len(calls)
	for _, is := range failed {
		c.tools.failures += boolInt(is)
	}
	c.retries = codexRetries(attempts, events)
	if metrics := codexSums(points); total(metrics) > total(c.tokens) { // which lose least
		c.tokens = metrics
	}
	return c
}

// codexPortion is a request whose answer has ended; each has a second event, too,
// that counts nothing.
func codexPortion(e otlp.Event) (p portion, ended bool) {
	if text(e.Attributes, "event.kind") != "response.completed" || e.Attributes["input_token_count"] == nil {
		return portion{}, false
	}
	at := e.Time
	if at.IsZero() {
		at, _ = time.Parse(time.RFC3339, text(e.Attributes, "event.timestamp"))
	}
	return portion{
		model: text(e.Attributes, "model"), role: baselines.RoleMain, at: at, single: true,
		tokens: codexCounts(
			integer(e.Attributes, "input_token_count"), integer(e.Attributes, "cached_token_count"),
			integer(e.Attributes, "cache_write_token_count"), integer(e.Attributes, "output_token_count"),
		),
	}, true
}

// codexCounts takes what the cache had out of the input. Output has what was reasoned.
func codexCounts(input, cached, written, output int64) baselines.Tokens {
	return baselines.Tokens{Input: max(input-cached-written, 0), CacheRead: cached, CacheWrite5m: written, Output: output}
}

// codexSums are the tokens of whole turns, by model.
func codexSums(points []otlp.Point) (all []portion) {
	var turns []otlp.Point
	for _, p := range points {
		if p.Name == codexTokens && p.Kind == otlp.Histogram {
			p.Kind = otlp.Sum
			turns = append(turns, p)
		}
	}
	type counts struct {
		byType map[string]int64
		last   time.Time
	}
	byModel := make(map[string]*counts)
	var models []string
	for _, s := range sums(turns) {
		model := text(s.attributes, "model")
		if byModel[model] == nil {
			byModel[model] = &counts{byType: make(map[string]int64)}
			models = append(models, model)
		}
		byModel[model].byType[text(s.attributes, "token_type")] += count(s.total)
		byModel[model].last = s.last
	}
	slices.Sort(models)
	for _, model := range models {
		n := byModel[model].byType
		tokens := codexCounts(n["input"], n["cached_input"], n["cache_write_input"], n["output"])
		if tokens != (baselines.Tokens{}) {
			all = append(all, portion{model: model, at: byModel[model].last, tokens: tokens})
		}
	}
	return all
}

// codexRetries are attempts after one that brought no answer: it failed, or its stream
// broke off. Each has an event; the attribute "attempt" does not count them.
func codexRetries(attempts, events []otlp.Event) (again int) {
	var ends []time.Time
	for _, e := range events {
		if _, ended := codexPortion(e); ended && e.Name == codexAnswer {
			ends = append(ends, e.Time)
		}
	}
	for i, failed := range attempts[:max(len(attempts)-1, 0)] {
		next := attempts[i+1]
		answered := integer(failed.Attributes, "http.response.status_code") == http.StatusOK &&
			slices.ContainsFunc(ends, func(t time.Time) bool { return !t.Before(failed.Time) && !t.After(next.Time) })
		again += boolInt(!answered)
	}
	return again
}

// exitedWith is in the output of a command, before what the command itself wrote.
var exitedWith = regexp.MustCompile(`(?m)^Process exited with code ([1-9]\d*|-\d+)$`)

// codexFailed reports whether a tool failed. Of a command that ran "success" is true
// whatever its exit code.
func codexFailed(a otlp.Attributes) bool {
	own, _, _ := strings.Cut(text(a, "output"), "\nOutput")
	return !isTrue(a, "success") || exitedWith.MatchString(own)
}

// readCodex adds what Codex tells.
func (seen *telemetry) readCodex(points []otlp.Point, events []otlp.Event) {
	c := readCodex(points, events)
	for _, e := range events {
		if id := text(e.Attributes, "conversation.id"); id != "" && !slices.Contains(seen.sessions, id) {
			seen.sessions = append(seen.sessions, id)
		}
	}
	if total(c.tokens) > total(seen.tokens) {
		seen.tokens = c.tokens
	}
	if c.any && seen.requests == nil {
		seen.requests, seen.retries, seen.tools = &c.requests, &c.retries, &c.tools
	}
}
