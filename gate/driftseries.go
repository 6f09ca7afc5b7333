package gate

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/baselines"
)

// SameSeries tells that two runs are nights of one series: the same agent, model
// and settings, and a suite of the same name with the same tasks. The agent's
// version, the tasks' contents, prices, limits and machine may differ: in what
// they do is what [WatchDrift] names beside an alarm.
func SameSeries(a, b baselines.Header) bool { return seriesOf(a) == seriesOf(b) }

func seriesOf(h baselines.Header) string {
	var tasks []string
	for _, t := range h.Suite.Tasks {
		tasks = append(tasks, t.ID)
	}
	slices.Sort(tasks)
	// A list of texts and of a struct of texts and numbers can always be written.
	text, _ := json.Marshal([]any{h.Suite.Name, h.Variant.Agent.Name, h.Variant.Model, h.Variant.Settings, tasks})
	return string(text)
}

// IsNight tells that a run can be a night of a series: nothing that looked at its
// results could end it. One that a gate stopped has the results that made it stop.
func IsNight(h baselines.Header) bool { return !h.Stopping.OnResults() }

// DriftChange is something that changed from one night to the next beside the
// results.
type DriftChange struct {
	Night  string `json:"night"` // the id of the first night with it
	Key    string `json:"key"`   // as in the run file: "variant.agent.version", "suite.digest (task lru-cache)", "prices", "host", "models", "benchgate"
	Before string `json:"before"`
	After  string `json:"after"`
}

func changesBetween(a, b *baselines.Run) []DriftChange {
	var out []DriftChange
	add := func(key, before, after string) {
		if before != after {
			out = append(out, DriftChange{Night: b.Header.ID, Key: key, Before: before, After: after})
		}
	}
	for _, d := range baselines.Differences(a.Header, b.Header, baselines.Field.InFingerprint) {
		add(d.Name(), d.A, d.B)
	}
	add("models", answering(a), answering(b))
	add("prices", pricesOf(a.Header, b.Header), pricesOf(b.Header, a.Header))
	add("host", machine(a.Header.Host), machine(b.Header.Host))
	add("benchgate", a.Header.Benchgate, b.Header.Benchgate)
	return out
}

// answering are the models that did the tasks' work, by the names they answered
// with: a name that is asked for may lead to another model tomorrow.
func answering(r *baselines.Run) string {
	names := make(map[string]bool)
	for _, t := range r.Trials {
		for name, m := range t.Models {
			if m.Role == baselines.RoleMain {
				names[name] = true
			}
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(names)), ", ")
}

// pricesOf are a night's prices of the models that both nights name, else the
// table's digest: a table changes with every row, also with those of other models.
func pricesOf(h, other baselines.Header) string {
	if len(h.Prices.Rates) == 0 || len(other.Prices.Rates) == 0 {
		return h.Prices.Digest
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(h.Prices.Rates)) {
		if _, both := other.Prices.Rates[name]; both {
			r := h.Prices.Rates[name]
			parts = append(parts, fmt.Sprintf("%s %g/%g", name, r.Input, r.Output))
			if cache := [3]float64{r.CacheWrite5m, r.CacheWrite1h, r.CacheRead}; cache != cacheOf(other.Prices.Rates[name]) {
				parts = append(parts, fmt.Sprintf("cache %g/%g/%g", cache[0], cache[1], cache[2]))
			}
		}
	}
	return strings.Join(parts, ", ")
}

func cacheOf(r baselines.Rates) [3]float64 {
	return [3]float64{r.CacheWrite5m, r.CacheWrite1h, r.CacheRead}
}

// machine describes a runner. Hosted ones of one kind differ by some megabytes of
// memory.
func machine(h baselines.Host) string {
	const gib = 1 << 30
	return fmt.Sprintf("%s/%s, %d CPUs, %.0f GiB, %s", h.OS, h.Arch, h.CPUs, math.Round(float64(h.MemoryBytes)/gib), h.Engine)
}
