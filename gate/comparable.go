package gate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/benchgate/benchgate/baselines"
)

// Difference is one thing besides the compared one in which two runs differ,
// so that no difference of results could be laid to the candidate.
type Difference struct {
	Key                 string // as in the run file's header: "limits.cpus"
	Baseline, Candidate string
}

func (d Difference) String() string {
	return fmt.Sprintf("%s differs: baseline %s, candidate %s", d.Key, d.Baseline, d.Candidate)
}

// Differences lists what makes two runs incomparable; none means they may be
// compared. Prices are no key, since a comparison reprices both runs with one
// table; image IDs are none, since they depend on the engine that built them;
// nor are the numbers of attempts and the dollars of a whole run.
func Differences(p Policy, baseline, candidate baselines.Header) []Difference {
	may := cmp.Or(p.Compare, candidate.Compare, "model")
	var out []Difference
	key := func(name, b, c string) {
		if b != c {
			out = append(out, Difference{name, named(b), named(c)})
		}
	}
	out = append(out, suiteDifferences(baseline.Suite, candidate.Suite)...)

	b, c := baseline.Variant, candidate.Variant
	key("variant.agent.name", b.Agent.Name, c.Agent.Name)
	if may != "agent_version" {
		key("variant.agent.version", b.Agent.Version, c.Agent.Version)
	}
	if may != "model" {
		key("variant.model", b.Model, c.Model)
	}
	if may != "settings" {
		out = append(out, settingsDifferences(b.Settings, c.Settings)...)
	}

	bl, cl := baseline.Limits, candidate.Limits
	key("limits.timeout_multiplier", decimal(multiplier(bl)), decimal(multiplier(cl)))
	key("limits.usd_per_trial", optional(bl.USDPerTrial), optional(cl.USDPerTrial))
	key("limits.cpus", decimal(bl.CPUs), decimal(cl.CPUs))
	key("limits.memory_mb", strconv.FormatInt(bl.MemoryMB, 10), strconv.FormatInt(cl.MemoryMB, 10))
	return out
}

// suiteDifferences names the tasks where the digests differ, and the digests
// themselves only when no task explains them.
func suiteDifferences(baseline, candidate baselines.Suite) []Difference {
	tasks := taskDifferences(baseline, candidate)
	if baseline.Digest == candidate.Digest && (baseline.Digest != "" || len(tasks) == 0) {
		return nil
	}
	if len(tasks) > 0 {
		return tasks
	}
	return []Difference{{"suite.digest", named(baseline.Digest), named(candidate.Digest)}}
}

func taskDifferences(baseline, candidate baselines.Suite) []Difference {
	type sides struct{ baseline, candidate string }
	byID := make(map[string]*sides)
	describe := func(t baselines.Task) (*sides, string) {
		if byID[t.ID] == nil {
			byID[t.ID] = &sides{"missing", "missing"}
		}
		return byID[t.ID], cmp.Or(t.Digest, "no digest") + " " + t.Tier
	}
	for _, t := range baseline.Tasks {
		s, text := describe(t)
		s.baseline = strings.TrimSpace(text)
	}
	for _, t := range candidate.Tasks {
		s, text := describe(t)
		s.candidate = strings.TrimSpace(text)
	}
	var out []Difference
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		if s := byID[id]; s.baseline != s.candidate {
			out = append(out, Difference{"suite.digest (task " + id + ")", s.baseline, s.candidate})
		}
	}
	return out
}

// settingsDifferences leaves out what the replay agent plays: a recording is
// the variant itself.
func settingsDifferences(b, c baselines.Settings) []Difference {
	var out []Difference
	key := func(name, x, y string) {
		if x != y {
			out = append(out, Difference{"variant.settings." + name, named(x), named(y)})
		}
	}
	key("effort", b.Effort, c.Effort)
	key("max_turns", strconv.Itoa(b.MaxTurns), strconv.Itoa(c.MaxTurns))
	key("arguments", quoted(b.Arguments), quoted(c.Arguments))
	key("command", quoted(b.Command), quoted(c.Command))
	paths := slices.Sorted(maps.Keys(b.Files))
	for path := range c.Files {
		if _, both := b.Files[path]; !both {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	for _, path := range paths {
		key("files."+path, b.Files[path], c.Files[path])
	}
	return out
}

func named(value string) string { return cmp.Or(value, "none") }

func quoted(words []string) string {
	var out []string
	for _, w := range words {
		out = append(out, strconv.Quote(w))
	}
	return strings.Join(out, " ")
}

// multiplier reads an absent multiplier as 1.
func multiplier(l baselines.Limits) float64 { return cmp.Or(l.TimeoutMultiplier, 1) }

func decimal(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

func optional(x *float64) string {
	if x == nil {
		return ""
	}
	return decimal(*x)
}
