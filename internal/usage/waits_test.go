package usage_test

import (
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/usage"
)

func TestFillRetriesAndWaits(t *testing.T) {
	ok := baselines.Tokens{Input: 1}
	tests := map[string]struct {
		requests func(l *ledger)
		retries  int
		waited   float64
	}{
		"all went well": {func(l *ledger) {
			l.answered(sonnet, ok)
			l.answered(sonnet, ok)
		}, 0, 0},
		"429, then answered 4 s later": {func(l *ledger) {
			l.failed(sonnet, 429, meter.RateLimited, between(0, 1))
			l.answered(sonnet, ok, between(5, 9))
		}, 1, 4},
		"529 twice": {func(l *ledger) {
			l.failed(sonnet, 529, meter.Overloaded, between(0, 1))
			l.failed(sonnet, 529, meter.Overloaded, between(2, 3))
			l.answered(sonnet, ok, between(5, 9))
		}, 2, 3},
		"500 is sent again, but is no rate limit": {func(l *ledger) {
			l.failed(sonnet, 500, meter.ServerError, between(0, 1))
			l.answered(sonnet, ok, between(5, 9))
		}, 1, 0},
		"given up after 429": {func(l *ledger) {
			l.failed(sonnet, 429, meter.RateLimited, between(0, 1))
		}, 0, 0},
		"a broken answer is asked for again": {func(l *ledger) {
			l.cutOff(sonnet, nil, between(0, 1))
			l.answered(sonnet, ok, between(2, 3))
		}, 1, 0},
		"a rejected request is not a retry": {func(l *ledger) {
			l.failed(sonnet, 400, meter.Rejected, between(0, 1))
			l.answered(sonnet, ok, between(2, 3))
		}, 0, 0},
		"another thread's request is no retry": {func(l *ledger) {
			l.failed(sonnet, 429, meter.RateLimited, between(0, 1))
			l.answered(sonnet, ok, between(2, 3), agentID("a"))
		}, 0, 0},
		"two threads wait at once": {func(l *ledger) {
			l.failed(sonnet, 429, meter.RateLimited, between(0, 1), agentID("a"))
			l.failed(sonnet, 429, meter.RateLimited, between(0, 2), agentID("b"))
			l.answered(sonnet, ok, between(5, 6), agentID("a"))
			l.answered(sonnet, ok, between(7, 8), agentID("b"))
		}, 2, 6},
		"nothing waits for housekeeping": {func(l *ledger) {
			l.failed(haiku, 429, meter.RateLimited, between(0, 1))
			l.answered(haiku, ok, between(60, 61))
		}, 1, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var l ledger
			tt.requests(&l)
			trial := fill(usage.Input{Model: sonnet, SmallModels: []string{haiku}, Ledger: l.lines})
			if *trial.Retries != tt.retries {
				t.Errorf("%d retries, want %d", *trial.Retries, tt.retries)
			}
			if trial.Seconds.RateLimited != tt.waited {
				t.Errorf("waited %v s, want %v s", trial.Seconds.RateLimited, tt.waited)
			}
		})
	}
}

func TestFillFallbackModel(t *testing.T) {
	ok := baselines.Tokens{Input: 1}
	var fallback, chosen, subagent ledger
	fallback.failed(sonnet, 529, meter.Overloaded)
	fallback.answered("claude-opus-4-8", ok)
	chosen.answered(sonnet, ok)
	chosen.answered("claude-opus-4-8", ok)
	subagent.failed(sonnet, 529, meter.Overloaded)
	subagent.answered("claude-opus-4-8", ok, agentID("a"))
	subagent.answered(sonnet+"[1m]", ok)
	for name, tt := range map[string]struct {
		ledger ledger
		want   bool
	}{
		"after a failure":        {fallback, true},
		"without a failure":      {chosen, false},
		"a subagent's own model": {subagent, false},
	} {
		trial := fill(usage.Input{Model: sonnet, SmallModels: []string{haiku}, Ledger: tt.ledger.lines})
		if got := trial.Flagged(baselines.FallbackModel); got != tt.want {
			t.Errorf("%s: flagged %t, want %t", name, got, tt.want)
		}
	}
}
