package baselines

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

// Validate says everything that is wrong with the trial by itself, at once:
// counts that do not start at 1, an end or a flag outside the closed lists,
// and amounts that are negative, infinite or not a number. An unknown flag is
// an error because flags say which numbers of the trial cannot be trusted: one
// from a newer benchgate could concern any of them.
func (t Trial) Validate() error {
	var w mistakes
	if t.Task == "" {
		w.add("task", "task is missing")
	}
	for _, c := range []struct {
		key   string
		count int
	}{{"seq", t.Seq}, {"attempt", t.Attempt}, {"try", t.Try}} {
		if c.count < 1 {
			w.add(c.key, "%s is %d, want 1 or more", c.key, c.count)
		}
	}
	switch {
	case t.Ended == "":
		w.add("ended", "ended is missing, want %s", endedNames())
	case !slices.Contains(AllEnded, t.Ended):
		w.add("ended", "ended is %q, want %s", t.Ended, endedNames())
	}
	for i, f := range t.Flags {
		if _, known := Flags[f]; !known {
			w.add(fmt.Sprintf("flags[%d]", i), "flag %q is not known", f)
		}
	}
	t.amounts(func(part, key string, v float64) {
		if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
			w.add(part+key, "%s is %v, want a finite amount of 0 or more", part+key, v)
		}
	})
	return errors.Join(w...)
}

// mistakes are what is wrong with a header or a trial, each a [*valueError].
type mistakes []error

func (w *mistakes) add(path, format string, args ...any) {
	*w = append(*w, &valueError{path, fmt.Sprintf(format, args...)})
}

// valueError is a wrong value. Its path (cost_usd.main, flags[2]) leads a
// reader of a file to its place.
type valueError struct{ path, message string }

func (e *valueError) Error() string { return e.message }

// amounts calls f with every amount that the trial knows. Its name is part and
// key together, which nobody needs of one that is right.
func (t Trial) amounts(f func(part, key string, v float64)) {
	count := func(part, key string, n *int) {
		if n != nil {
			f(part, key, float64(*n))
		}
	}
	amount := func(part, key string, v *float64) {
		if v != nil {
			f(part, key, *v)
		}
	}
	f("seconds.", "setup", t.Seconds.Setup)
	f("seconds.", "agent", t.Seconds.Agent)
	f("seconds.", "verify", t.Seconds.Verify)
	f("seconds.", "queue", t.Seconds.Queue)
	f("seconds.", "image", t.Seconds.Image)
	f("seconds.", "create", t.Seconds.Create)
	f("seconds.", "stop", t.Seconds.Stop)
	f("seconds.", "remove", t.Seconds.Remove)
	f("seconds.", "total", t.Seconds.Total)
	f("seconds.", "rate_limited", t.Seconds.RateLimited)
	amount("seconds.", "active", t.Seconds.Active)
	if c := t.CostUSD; c != nil {
		f("cost_usd.", "main", c.Main)
		f("cost_usd.", "subagent", c.Subagent)
		f("cost_usd.", "auxiliary", c.Auxiliary)
		f("cost_usd.", "unfinished", c.Unfinished)
	}
	if k := t.USDByKind; k != nil {
		k.Compared.amounts("usd_by_kind.compared.", f)
		if k.Auxiliary != nil {
			k.Auxiliary.amounts("usd_by_kind.auxiliary.", f)
		}
	}
	amount("", "over_limit_usd", t.OverLimitUSD)
	if t.Tokens != nil {
		t.Tokens.amounts("tokens.", f)
	}
	for _, name := range slices.Sorted(maps.Keys(t.Models)) {
		m, part := t.Models[name], "models."+name+"."
		count(part, "requests", &m.Requests)
		amount(part, "cost_usd", m.CostUSD)
		m.Tokens.amounts(part+"tokens.", f)
	}
	if u := t.Unfinished; u != nil {
		f("unfinished.", "requests", float64(u.Requests))
		f("unfinished.", "low_usd", u.LowUSD)
		f("unfinished.", "high_usd", u.HighUSD)
		f("unfinished.", "output_tokens", float64(u.OutputTokens))
	}
	for _, what := range slices.Sorted(maps.Keys(t.Unpriced)) {
		f("unpriced.", what, float64(t.Unpriced[what]))
	}
	count("", "requests", t.Requests)
	count("", "retries", t.Retries)
	count("", "tool_calls", t.ToolCalls)
	count("", "tool_errors", t.ToolErrors)
	if l := t.Lines; l != nil {
		f("lines.", "added", float64(l.Added))
		f("lines.", "removed", float64(l.Removed))
		if l.Kept != nil {
			f("lines.", "kept", float64(*l.Kept))
		}
	}
	if r := t.NetworkRefused; r != nil {
		f("network_refused.", "packets", float64(r.Packets))
	}
	if h := t.HostsAsked; h != nil {
		f("hosts_asked.", "more", float64(h.More))
		f("hosts_asked.", "lost", float64(h.Lost))
	}
	for i, e := range t.Errors {
		f(fmt.Sprintf("errors[%d].", i), "seconds", e.Seconds)
	}
	if a := t.Agreement; a != nil {
		amount("agreement.", "meter_usd", a.MeterUSD)
		amount("agreement.", "telemetry_usd", a.TelemetryUSD)
		amount("agreement.", "agent_usd", a.AgentUSD)
	}
}

func (t Tokens) amounts(part string, f func(part, key string, v float64)) {
	f(part, "input", float64(t.Input))
	f(part, "output", float64(t.Output))
	f(part, "cache_read", float64(t.CacheRead))
	f(part, "cache_write_5m", float64(t.CacheWrite5m))
	f(part, "cache_write_1h", float64(t.CacheWrite1h))
}
