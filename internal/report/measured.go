package report

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
)

// armNames returns what to call the arms: by the variants' names, or by the
// agents' versions when only those differ.
func armNames(v gate.Verdict) (baseline, candidate string) {
	base, cand := v.Baseline.Variant, v.Candidate.Variant
	baseline, candidate = variantName(base), variantName(cand)
	if baseline != candidate {
		return baseline, candidate
	}
	if agentName(base.Agent) != agentName(cand.Agent) {
		return agentName(base.Agent), agentName(cand.Agent)
	}
	if baseline == "" {
		return "baseline", "candidate"
	}
	return baseline + " (baseline)", candidate + " (candidate)"
}

// variantName is the variant's own name, else its model, else its agent;
// empty for the zero variant.
func variantName(v baselines.Variant) string {
	for _, name := range []string{v.Name, v.Model, agentName(v.Agent)} {
		if name := plain(name, maxName); name != "" {
			return name
		}
	}
	return ""
}

func agentName(a baselines.Agent) string {
	if a.Version == "" {
		return plain(a.Name, maxName)
	}
	return plain(a.Name+"@"+a.Version, maxName)
}

// settings is a variant's configuration in one line; files and commands are
// named by digest and word count only.
func settings(s baselines.Settings) string {
	var parts []string
	if s.Effort != "" {
		parts = append(parts, "effort "+s.Effort)
	}
	if s.MaxTurns > 0 {
		parts = append(parts, "at most "+plural(s.MaxTurns, "turn"))
	}
	if len(s.Arguments) > 0 {
		parts = append(parts, "arguments "+strings.Join(s.Arguments, " "))
	}
	for _, path := range slices.Sorted(maps.Keys(s.Files)) {
		parts = append(parts, path+" "+short(s.Files[path]))
	}
	if len(s.Command) > 0 {
		parts = append(parts, "command "+s.Command[0])
	}
	if s.Recording != "" {
		parts = append(parts, "replayed from recording "+short(s.Recording))
	}
	if len(parts) == 0 {
		return "the agent's own"
	}
	return plain(strings.Join(parts, ", "), maxProse)
}

// short is a digest's first twelve characters without its algorithm.
func short(digest string) string {
	_, hex, ok := strings.Cut(digest, ":")
	if !ok {
		hex = digest
	}
	return plain(hex[:min(12, len(hex))], 12)
}

// fact is one line of "how it was measured".
type fact struct{ name, baseline, candidate string }

// measuredFacts tells what was run, for both arms. Empty values say "not
// known"; an arm without a header (nothing measured) has only those.
func measuredFacts(v gate.Verdict) []fact {
	b, c := v.Baseline, v.Candidate
	return []fact{
		{"variant", orNotKnown(variantName(b.Variant)), orNotKnown(variantName(c.Variant))},
		{"agent", orNotKnown(agentName(b.Variant.Agent)), orNotKnown(agentName(c.Variant.Agent))},
		{"model", orNotKnown(plain(b.Variant.Model, maxName)), orNotKnown(plain(c.Variant.Model, maxName))},
		{"settings", settings(b.Variant.Settings), settings(c.Variant.Settings)},
		{"suite", suiteName(b.Suite), suiteName(c.Suite)},
		{"attempts a task", attempts(b.Limits), attempts(c.Limits)},
		{"prices", pricesName(b.Prices), pricesName(c.Prices)},
		{"order seed", strconv.FormatUint(b.OrderSeed, 10), strconv.FormatUint(c.OrderSeed, 10)},
		{"engine", orNotKnown(plain(b.Host.Engine, maxName)), orNotKnown(plain(c.Host.Engine, maxName))},
		{"run", orNotKnown(plain(b.ID, maxName)), orNotKnown(plain(c.ID, maxName))},
		{"benchgate", orNotKnown(plain(b.Benchgate, maxName)), orNotKnown(plain(c.Benchgate, maxName))},
	}
}

func orNotKnown(s string) string {
	if s == "" {
		return notKnown
	}
	return s
}

func suiteName(s baselines.Suite) string {
	if s.Name == "" && s.Digest == "" {
		return notKnown
	}
	return strings.TrimSpace(plain(s.Name, maxName) + " " + short(s.Digest))
}

func attempts(l baselines.Limits) string {
	if l.Attempts == 0 {
		return notKnown
	}
	return strconv.Itoa(l.Attempts)
}

func pricesName(p baselines.Prices) string {
	if p.Source == "" && p.Digest == "" {
		return notKnown
	}
	return strings.TrimSpace(plain(p.Source, maxName) + " " + short(p.Digest))
}

// moneyLine says how many of the candidate's trials the statistics count and
// what they cost; then what all cost that ran, with those that broke, were
// cancelled or came too late, and with the agent's housekeeping.
func moneyLine(v gate.Verdict) string {
	counted := fmt.Sprintf("Candidate: %s of %s counted", count(float64(v.TrialsUsed)), plural(v.TrialsPlanned, "trial"))
	usd := usdCounted(v)
	if usd != "" {
		counted += ", " + usd
	}
	parts := []string{counted}
	switch {
	case v.USDUsed != nil && usd != dollars(*v.USDUsed):
		parts = append(parts, "all that ran "+dollars(*v.USDUsed))
	case v.USDUsed == nil && v.TrialsUsed > 0:
		parts = append(parts, "what all cost that ran is not known")
	}
	if c := v.Confirm; c != nil && c.USD != nil {
		parts = append(parts, "live pairs "+dollars(*c.USD))
	}
	if v.USDSaved != nil && *v.USDSaved > 0 {
		parts = append(parts, "about "+dollars(*v.USDSaved)+" saved")
	}
	return strings.Join(parts, "; ")
}

func moneyAndCode(v gate.Verdict) string {
	return fmt.Sprintf("%s; exit code %d", moneyLine(v), v.Outcome.ExitCode())
}

// usdCounted is what the candidate's trials in the statistics cost; empty when
// one of them is not known.
func usdCounted(v gate.Verdict) string {
	usd := 0.0
	for _, task := range v.Tasks {
		switch side := task.Candidate; {
		case side.CostUSD != nil:
			usd += *side.CostUSD
		case side.Attempts > 0:
			return ""
		}
	}
	if usd == 0 {
		return ""
	}
	return dollars(usd)
}

// usdLeft is what the command's limit leaves. A baseline measured by the same
// command (same plan) spent of it too, and its bill is not in the verdict:
// then the rest is not known.
func usdLeft(v gate.Verdict) (usd float64, ok bool) {
	limit, live := v.Candidate.Limits.USD, v.Baseline.Plan != "" && v.Baseline.Plan == v.Candidate.Plan
	if limit == nil || v.USDUsed == nil || live {
		return 0, false
	}
	left := *limit - *v.USDUsed
	if c := v.Confirm; c != nil && c.USD != nil {
		left -= *c.USD
	} else if c != nil && c.Tasks > 0 { // pairs whose bill is not known
		return 0, false
	}
	return left, left >= 0
}
