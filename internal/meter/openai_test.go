package meter_test

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
)

const codexModel = "gpt-5.3-codex" // 1.75 / 14 / cache read 0.175 dollars

// openAIMetered sends a request for an answer through a meter and returns the
// request's line.
func openAIMetered(t *testing.T, place, asked, contentType, body string) meter.Entry {
	t.Helper()
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path != place || req.Header.Get("Authorization") != "Bearer "+secretKey {
			http.Error(w, "no such place", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("X-Request-Id", "req_1")
		_, _ = io.WriteString(w, body)
	}), func(o *meter.Options) { o.Credential = meter.Bearer(secretKey) })
	resp, got, err := post(t.Context(), r.admit("t")+place, asked)
	if err != nil || resp.StatusCode != 200 || got != body {
		t.Fatalf("the client got %v, %v, %q", resp, err, got)
	}
	return r.last("t")
}

// responseStream is a streamed response whose last event is of the kind, with more
// fields of the response.
func responseStream(kind, more string) string {
	event := func(name, data string) string { return fmt.Sprintf("event: %s\ndata: %s\n\n", name, data) }
	return event("response.created", `{"type":"response.created","response":{"id":"r","object":"response","status":"in_progress","model":"gpt-5.3-codex-2026-02-01","usage":null}}`) +
		event("response.output_text.delta", `{"type":"response.output_text.delta","delta":"a private answer"}`) +
		event("response.function_call_arguments.delta", `{"type":"response.function_call_arguments.delta","delta":"{\"cmd\":\"ls\"}"}`) +
		event("response."+kind, fmt.Sprintf(`{"type":"response.%s","response":{"id":"r","object":"response","status":%q,"model":"gpt-5.3-codex-2026-02-01"%s}}`, kind, kind, more))
}

const responseUsage = `,"usage":{"input_tokens":41000,"input_tokens_details":{"cached_tokens":40000},"output_tokens":200,"output_tokens_details":{"reasoning_tokens":150},"total_tokens":41200}`

// OpenAI counts cached input as input, too; a ledger line has each token once. Base:
// 1,000 input, 40,000 read and 200 output cost 0.00175 + 0.007 + 0.0028 = $0.01155.
func TestWhatAResponseCosts(t *testing.T) {
	const usd = 0.01155
	tokens := baselines.Tokens{Input: 1000, CacheRead: 40000, Output: 200}
	search := `,"output":[{"type":"web_search_call","action":{"type":"search"}},{"type":"web_search_call","action":{"type":"open_page"}},{"type":"function_call"}]`
	for name, test := range map[string]struct {
		asked, stream string
		usd           float64 // NaN: not known
		tokens        baselines.Tokens
		unknown       []string
		tier          string
	}{
		"completed":                    {"", responseStream("completed", responseUsage+`,"service_tier":"default"`), usd, tokens, nil, ""},
		"incomplete, which costs all":  {"", responseStream("incomplete", responseUsage+`,"incomplete_details":{"reason":"max_output_tokens"}`), usd, tokens, nil, ""},
		"priority":                     {"", responseStream("completed", responseUsage+`,"service_tier":"priority"`), 2 * usd, tokens, nil, "priority"},
		"priority was asked, no tier":  {`,"service_tier":"priority"`, responseStream("completed", responseUsage), 2 * usd, tokens, nil, "priority"},
		"priority was asked, not had":  {`,"service_tier":"priority"`, responseStream("completed", responseUsage+`,"service_tier":"default"`), usd, tokens, nil, ""},
		"a tier without a price":       {"", responseStream("completed", responseUsage+`,"service_tier":"scale"`), math.NaN(), tokens, nil, "scale"},
		"a search":                     {"", responseStream("completed", responseUsage+search), usd + 0.01, tokens, nil, ""},
		"an image":                     {"", responseStream("completed", responseUsage+`,"output":[{"type":"image_generation_call"}]`), math.NaN(), tokens, []string{"output.image_generation_call"}, ""},
		"a field that nobody knows":    {"", responseStream("completed", strings.Replace(responseUsage, `"total_tokens"`, `"dream_tokens":5,"total_tokens"`, 1)), math.NaN(), tokens, []string{"usage.dream_tokens"}, ""},
		"long cache writes":            {"", responseStream("completed", strings.Replace(responseUsage, `"cached_tokens":40000`, `"cached_tokens":40000,"cache_write_tokens":500,"cache_write_tokens_details":{"ttl_30m_tokens":0,"ttl_12h_tokens":500}`, 1)), math.NaN(), baselines.Tokens{Input: 500, CacheRead: 40000, CacheWrite5m: 500, Output: 200}, []string{"usage.input_tokens_details.cache_write_tokens_details.ttl_12h_tokens"}, ""},
		"cache writes":                 {"", responseStream("completed", strings.Replace(responseUsage, `"cached_tokens":40000`, `"cached_tokens":40000,"cache_write_tokens":500`, 1)), usd, baselines.Tokens{Input: 500, CacheRead: 40000, CacheWrite5m: 500, Output: 200}, nil, ""},
		"more cached than there was":   {"", responseStream("completed", strings.Replace(responseUsage, `40000`, `42000`, 1)), math.NaN(), baselines.Tokens{CacheRead: 42000, Output: 200}, []string{"usage.input_tokens_details.cached_tokens"}, ""},
		"without event names":          {"", withoutNames(responseStream("completed", responseUsage)), usd, tokens, nil, ""},
		"with the whole answer, large": {"", responseStream("completed", responseUsage+`,"instructions":"`+strings.Repeat("x", 3<<20)+`"`), usd, tokens, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			line := openAIMetered(t, "/v1/responses", `{"model":"gpt-5.3-codex","stream":true,"input":"a private instruction"`+test.asked+`}`, "text/event-stream", test.stream)
			switch {
			case line.Tokens == nil || *line.Tokens != test.tokens || line.Cut || line.Retry != "":
				t.Errorf("the line is %+v", line)
			case math.IsNaN(test.usd) != (line.USD == nil) || line.USD != nil && math.Abs(*line.USD-test.usd) > 1e-9:
				t.Errorf("it cost %v, want %v", line.USD, test.usd)
			case line.Tier != test.tier || line.RequestID != "req_1" || line.Answered != "gpt-5.3-codex-2026-02-01":
				t.Errorf("tier %q, id %q, model %q", line.Tier, line.RequestID, line.Answered)
			}
			if diff := cmp.Diff(test.unknown, line.Unknown); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func withoutNames(stream string) string {
	var kept []string
	for line := range strings.Lines(stream) {
		if !strings.HasPrefix(line, "event:") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func TestAResponseInOnePiece(t *testing.T) {
	whole := func(more string) string {
		return `{"id":"r","object":"response","status":"completed","model":"gpt-5.3-codex","output":[]` + more + `}`
	}
	ask := func(body string) meter.Entry {
		return openAIMetered(t, "/v1/responses", `{"model":"gpt-5.3-codex","input":"hi"}`, "application/json", body)
	}
	if line := ask(whole(responseUsage)); line.USD == nil || math.Abs(*line.USD-0.01155) > 1e-9 {
		t.Errorf("the line is %+v", line)
	}
	background := ask(strings.Replace(whole(`,"usage":null`), "completed", "queued", 1))
	if background.USD != nil || len(background.Unknown) == 0 {
		t.Errorf("what a model still works at costs %v: %v", background.USD, background.Unknown)
	}
	compacted := openAIMetered(t, "/v1/responses/compact", `{"model":"gpt-5.3-codex","input":"hi"}`, "application/json", `{"object":"response.compaction","output":[]`+responseUsage+`}`)
	if compacted.USD == nil {
		t.Errorf("the line of a compaction is %+v", compacted)
	}
}

func TestAResponseThatFails(t *testing.T) {
	fail := func(code string) string { return `,"usage":null,"error":{"code":"` + code + `","message":"no"}` }
	for name, test := range map[string]struct {
		stream string
		class  meter.RetryClass
		cut    bool
	}{
		"no quota, at once":         {failedAtOnce("insufficient_quota"), meter.NoCredit, false},
		"rate limit, at once":       {failedAtOnce("rate_limit_exceeded"), meter.RateLimited, false},
		"too long, at once":         {failedAtOnce("context_length_exceeded"), meter.Rejected, false},
		"overloaded, in the middle": {responseStream("failed", fail("server_is_overloaded")), meter.Overloaded, true},
		"broken, in the middle":     {responseStream("failed", fail("server_error")), meter.ServerError, true},
		"an error event": {cutBefore(responseStream("completed", ""), "event: response.completed") +
			"event: error\ndata: {\"type\":\"error\",\"code\":\"rate_limit_exceeded\",\"message\":\"slow\",\"param\":null}\n\n", meter.RateLimited, true},
		"no end": {cutBefore(responseStream("completed", ""), "event: response.completed"), meter.Network, true},
	} {
		t.Run(name, func(t *testing.T) {
			line := openAIMetered(t, "/v1/responses", `{"model":"gpt-5.3-codex","stream":true,"input":"hi"}`, "text/event-stream", test.stream)
			if line.Retry != test.class || line.Cut != test.cut || line.Tokens != nil {
				t.Errorf("class %q, cut %v, tokens %v", line.Retry, line.Cut, line.Tokens)
			}
			if test.cut && (line.Streamed == nil || line.Streamed.Text != 16 || line.Streamed.ToolInput != 12) {
				t.Errorf("streamed was %+v", line.Streamed)
			}
		})
	}
}

func failedAtOnce(code string) string {
	return "event: response.failed\ndata: {\"type\":\"response.failed\",\"response\":{\"status\":\"failed\",\"error\":{\"code\":\"" + code + "\",\"message\":\"no\"},\"usage\":null}}\n\n"
}

func cutBefore(stream, mark string) string {
	before, _, _ := strings.Cut(stream, mark)
	return before
}
