package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/benchgate/benchgate/baselines"
)

// writeWork says how the command worked, a line a fact; those that nobody reported
// have none.
func (b Bill) writeWork(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, fact := range []struct{ name, text string }{
		{"time", b.time()},
		{"roles", b.roles()},
		{"server", b.serverTools()},
		{"requests", b.requests()},
		{"tools", b.tools()},
		{"failures", b.failures()},
		{"lines", b.lines()},
		{"sources", b.sources()},
	} {
		if fact.text != "" {
			fmt.Fprintf(table, "%s\t%s\n", fact.name, fact.text)
		}
	}
	table.Flush()
	for _, f := range b.Trial.Flags {
		if slices.Contains(notedFlags, f) {
			fmt.Fprintf(w, "note: %s\n", baselines.Flags[f])
		}
	}
	if b.Lingered > 0 {
		fmt.Fprintf(w, "note: processes that the command left behind still ran after %s: they are not waited for, and what they ask from now on is neither answered nor in this bill\n", duration(b.Lingered))
	}
}

// notedFlags are those that the rest of a bill does not say.
var notedFlags = []baselines.Flag{
	baselines.MeterMissed, baselines.TelemetryLossy, baselines.FallbackModel, baselines.OtherModel,
}

func (b Bill) time() string {
	text := duration(b.Trial.Seconds.Total)
	if active := b.Trial.Seconds.Active; active != nil {
		text += ", the agent active for " + duration(*active) + " of it"
	}
	return text
}

// roles is the money by role, where it is not all the main thread's.
func (b Bill) roles() string {
	c := b.Trial.CostUSD
	if c == nil || c.Total() == c.Main {
		return ""
	}
	var parts []string
	for _, role := range []struct {
		name string
		usd  float64
	}{{"main", c.Main}, {"subagents", c.Subagent}, {"housekeeping", c.Auxiliary}, {"unfinished", c.Unfinished}} {
		if role.usd > 0 {
			parts = append(parts, role.name+" "+dollars(role.usd))
		}
	}
	return strings.Join(parts, ", ")
}

// serverTools is what the tools cost that the model's server ran: it is in the lines'
// dollars, and no token's.
func (b Bill) serverTools() string {
	k := b.kinds()
	var parts []string
	for _, tool := range []struct {
		name string
		usd  float64
	}{{"web search", k.WebSearch}, {"web fetch", k.WebFetch}, {"code execution", k.CodeExecution}} {
		if tool.usd > 0 {
			parts = append(parts, tool.name+" "+dollars(tool.usd))
		}
	}
	return strings.Join(parts, ", ")
}

// requests tells of retries and waits, where there were any.
func (b Bill) requests() string {
	t := b.Trial
	if t.Requests == nil || t.Retries == nil || *t.Retries == 0 && t.Seconds.RateLimited == 0 {
		return ""
	}
	text := fmt.Sprintf("%d answered, %d sent again", *t.Requests, *t.Retries)
	if t.Seconds.RateLimited > 0 {
		text += ", " + duration(t.Seconds.RateLimited) + " waited because of rate limits"
	}
	return text
}

func (b Bill) tools() string {
	t := b.Trial
	if t.ToolCalls == nil {
		return ""
	}
	text := plural(*t.ToolCalls, "call")
	if t.ToolErrors != nil {
		text += fmt.Sprintf(", %d failed", *t.ToolErrors)
	}
	return text
}

// failures are what the agent's telemetry tells of failed tools and requests.
func (b Bill) failures() string {
	kinds := make(map[string]int)
	for _, e := range b.Trial.Errors {
		what := e.Tool
		if what == "" {
			what = "request"
		}
		kinds[what+" "+e.Error]++
	}
	return counted(kinds)
}

func (b Bill) lines() string {
	l := b.Trial.Lines
	if l == nil {
		return ""
	}
	text := fmt.Sprintf("%d added, %d removed", l.Added, l.Removed)
	if l.Kept != nil {
		text += fmt.Sprintf(", %d kept", *l.Kept)
	}
	return text
}

// sources are the bills by each source, where there is more than the meter's.
func (b Bill) sources() string {
	a := b.Trial.Agreement
	if a == nil || a.MeterUSD == nil || a.TelemetryUSD == nil {
		return ""
	}
	text := "meter " + dollars(*a.MeterUSD) + ", telemetry " + dollars(*a.TelemetryUSD)
	if a.Explained != "" {
		text += " (" + plain(a.Explained, maxName) + ")"
	}
	return text
}

// counted are kinds with their numbers: "overloaded 2, rejected 1". Others wrote the
// names of some.
func counted(kinds map[string]int) string {
	var words []string
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		words = append(words, fmt.Sprintf("%s %d", plain(kind, maxName), kinds[kind]))
	}
	return strings.Join(words, ", ")
}
