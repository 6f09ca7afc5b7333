package meter_test

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/prices"
)

var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// answered is a request that was answered in a second, n seconds after noon.
func answeredAt(request int, seconds float64, tokens baselines.Tokens, streamed meter.Streamed) meter.Entry {
	return meter.Entry{
		Kind: meter.Finished, Request: request, Time: noon.Add(time.Duration(seconds * float64(time.Second))), Seconds: 1,
		Model: opus, Answered: opus, Status: 200, EstimatedInput: 10_000, Tokens: &tokens, Streamed: &streamed,
	}.Repriced(prices.Default())
}

// cutAt is a request that was cut; tokens are nil when it got no answer.
func cutAt(request int, seconds float64, tokens *baselines.Tokens, streamed meter.Streamed) meter.Entry {
	e := answeredAt(request, seconds, baselines.Tokens{}, streamed)
	e.Tokens, e.Cut, e.USD = tokens, true, nil
	return e.Repriced(prices.Default())
}

// Output that was streamed and never counted is estimated: by the pinned table, and
// by how wrong that was in the trial's whole answers of the same model.
func TestOutputOfACutAnswer(t *testing.T) {
	reported := &baselines.Tokens{Output: 1}
	thinking := meter.Streamed{Thinking: 80_000} // 20,000 tokens by the pinned table: $0.50 of Opus
	twice := func(n int) meter.Entry {           // thinks two tokens for each one that is streamed
		return answeredAt(n, float64(n), baselines.Tokens{Output: 1000}, meter.Streamed{Thinking: 2000})
	}
	small := answeredAt(2, 2, baselines.Tokens{Output: 900}, meter.Streamed{Text: 8}) // tells nothing
	other := twice(2)
	other.Model, other.Answered = "claude-haiku-4-5", "claude-haiku-4-5"
	for name, test := range map[string]struct {
		before         []meter.Entry
		streamed       meter.Streamed
		usd, low, high float64
	}{
		"by the table":                   {nil, thinking, 0.5, 0.25, 1},
		"nothing came":                   {nil, meter.Streamed{}, 0.000025, 0.000025, 0.000025},
		"text and tool calls":            {nil, meter.Streamed{Text: 4000, ToolInput: 3000}, 0.05, 0.025, 0.1},
		"as the trial's other answers":   {[]meter.Entry{twice(2)}, thinking, 1, 0.8, 1.25},
		"which differ":                   {[]meter.Entry{twice(2), answeredAt(3, 3, baselines.Tokens{Output: 1000}, meter.Streamed{Thinking: 4000})}, thinking, 2000.0 / 1500 / 2, 0.5, 1},
		"not by an answer of few tokens": {[]meter.Entry{small}, thinking, 0.5, 0.25, 1},
		"not by another model":           {[]meter.Entry{other}, thinking, 0.5, 0.25, 1},
	} {
		lines := append(test.before, cutAt(1, 1, reported, test.streamed))
		for range 2 { // whatever ended first
			got := meter.Estimates(lines, prices.Default())[1]
			if math.Abs(got.USD-test.usd) > 1e-4 || math.Abs(got.Low-test.low) > 1e-4 || math.Abs(got.High-test.high) > 1e-4 || got.Missing != nil {
				t.Errorf("%s: %+v; want %v, from %v to %v", name, got, test.usd, test.low, test.high)
			}
			slices.Reverse(lines)
		}
	}
}

// A request that got no answer has the prompt of the one before it, grown as its body
// did, and finds in the cache what that one left there.
func TestPromptOfARequestWithoutAnAnswer(t *testing.T) {
	cached := baselines.Tokens{Input: 10, CacheRead: 40_000, CacheWrite5m: 2000, Output: 200}
	long := baselines.Tokens{Input: 10, CacheRead: 40_000, CacheWrite1h: 2000, Output: 200}
	plain := baselines.Tokens{Input: 20_000}
	grown := cutAt(2, 10, nil, meter.Streamed{})
	grown.EstimatedInput = 11_000 // of which a token was four by the request before it
	late := grown
	late.Time = late.Time.Add(10 * time.Minute)
	subagent := grown
	subagent.AgentID = "a"
	for name, test := range map[string]struct {
		lines []meter.Entry
		want  baselines.Tokens
	}{
		"the first of a trial":                {[]meter.Entry{grown}, baselines.Tokens{Input: 11_000}},
		"the next, with what is cached":       {[]meter.Entry{answeredAt(1, 2, cached, meter.Streamed{}), grown}, baselines.Tokens{Input: 10, CacheRead: 42_000, CacheWrite5m: 44_000 - 42_010}},
		"for an hour":                         {[]meter.Entry{answeredAt(1, 2, long, meter.Streamed{}), late}, baselines.Tokens{Input: 10, CacheRead: 42_000, CacheWrite1h: 44_000 - 42_010}},
		"after what was cached is gone":       {[]meter.Entry{answeredAt(1, 2, cached, meter.Streamed{}), late}, baselines.Tokens{Input: 10, CacheWrite5m: 44_000 - 10}},
		"an agent that does not cache":        {[]meter.Entry{answeredAt(1, 2, plain, meter.Streamed{}), grown}, baselines.Tokens{Input: 22_000}},
		"another thread":                      {[]meter.Entry{answeredAt(1, 2, cached, meter.Streamed{}), subagent}, baselines.Tokens{Input: 11_000}},
		"one that was answered after it":      {[]meter.Entry{answeredAt(1, 30, cached, meter.Streamed{}), grown}, baselines.Tokens{Input: 11_000}},
		"one of which only its start is left": {[]meter.Entry{answeredAt(1, 2, cached, meter.Streamed{}), {Kind: meter.Started, Request: 2, Time: noon.Add(9 * time.Second), Model: opus, EstimatedInput: 11_000}}, baselines.Tokens{Input: 10, CacheRead: 42_000, CacheWrite5m: 44_000 - 42_010}},
	} {
		got := meter.Estimates(test.lines, prices.Default())[2]
		if diff := cmp.Diff(test.want, got.Tokens); diff != "" {
			t.Errorf("%s: tokens (-want +got):\n%s", name, diff)
		}
		rate, _ := prices.Default().Rate(opus, noon)
		if got.Low != 0 || math.Abs(got.USD-rate.USD(test.want)) > 1e-9 || got.High < got.USD {
			t.Errorf("%s: %v dollars, from %v to %v; want %v, from 0", name, got.USD, got.Low, got.High, rate.USD(test.want))
		}
	}
}

// Estimates keep to the terms of their answer, or of the answer before.
func TestEstimatesHaveTheirTerms(t *testing.T) {
	fast := answeredAt(1, 2, baselines.Tokens{Input: 10_000}, meter.Streamed{})
	fast.Speed = "fast"
	got := meter.Estimates([]meter.Entry{fast, cutAt(2, 10, nil, meter.Streamed{})}, prices.Default())[2]
	if math.Abs(got.USD-0.1) > 1e-9 {
		t.Errorf("%+v, want $0.10", got)
	}
	cut := cutAt(1, 1, &baselines.Tokens{Output: 1}, meter.Streamed{Text: 4000})
	cut.Speed = "fast"
	if got := meter.Estimates([]meter.Entry{cut}, prices.Default())[1]; math.Abs(got.USD-0.05) > 1e-9 {
		t.Errorf("%+v, want $0.05", got)
	}
	cut.Model, cut.Answered = "our-model", "our-model"
	if got := meter.Estimates([]meter.Entry{cut}, prices.Default())[1]; !cmp.Equal(got.Missing, []string{"model our-model"}) {
		t.Errorf("%+v, want no price", got)
	}
}

// What was streamed is counted by kind while it passes, and what a cut answer may
// have cost counts against the trial's dollars.
func TestAStreamThatIsCutCountsWhatCame(t *testing.T) {
	piece := func(kind, field, value string) string {
		return fmt.Sprintf(`{"type":"content_block_delta","index":0,"delta":{"type":%q,%q:%q}}`, kind, field, value)
	}
	r := newRig(t, breaksOff(start, piece("thinking_delta", "thinking", strings.Repeat("hm. ", 20_000)), piece("text_delta", "text", "é\"\n"),
		piece("input_json_delta", "partial_json", `{"a":1}`), piece("signature_delta", "signature", "xxxx")))
	base := r.url + "/" + r.Admit(meter.Trial{ID: "t", Model: opus, BudgetUSD: 0.5})
	_, _, _ = r.ask(base, opus)
	line := r.last("t")
	want := &meter.Streamed{Thinking: 80_000, Text: 4, ToolInput: 7}
	if diff := cmp.Diff(want, line.Streamed, cmpopts.EquateEmpty()); diff != "" || !line.Cut || line.Tokens.Output != 1 {
		t.Errorf("line %+v; streamed (-want +got):\n%s", line, diff)
	}
	// $0.029 are reported and some $0.50 more of output streamed.
	if resp, _, err := r.ask(base, opus); err != nil || resp.StatusCode != http.StatusPaymentRequired {
		t.Errorf("the budget does not count what was streamed: %v %v", resp, err)
	}
}
