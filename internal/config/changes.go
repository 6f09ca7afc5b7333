package config

import (
	"reflect"
	"strconv"
)

// Change is something that a pull request's head says otherwise than the base
// branch, and that has no effect before it is merged.
type Change struct {
	// Key is what the file says it about: "gate.pass_rate.max_drop", "api". Empty:
	// the file as a whole.
	Key string

	// From and To are the values, as far as they are numbers, of tasks how many, or
	// words of benchgate's own, such as "default" where the key is not there; else
	// both are empty. They are never text of the pull request.
	From, To string

	Line int // in the head's file, from 1: of the key, or of the nearest one above it
}

// removed is To of a file that the head does not have any more.
const removed = "removed"

// changesFrom lists what the head says otherwise than the base, in the order of
// the file, but for the candidate. Both are as written.
func (p *proposed) changesFrom(base *Config) []Change {
	var changes []Change
	for _, a := range aspects {
		from, to := a.of(base), a.of(p.Config)
		if reflect.DeepEqual(from, to) {
			continue
		}
		change := Change{Key: a.key, Line: p.source.where([]string{a.key}).line}
		if a.shown != nil {
			change.From, change.To = a.shown(from), a.shown(to)
		}
		if change.From == change.To { // as many other tasks
			change.From, change.To = "", ""
		}
		changes = append(changes, change)
	}
	return changes
}

// aspect is a part of the file that the base branch decides.
type aspect struct {
	key   string
	of    func(*Config) any
	shown func(any) string // nil: it is text
}

var aspects = []aspect{
	{"suite.name", func(c *Config) any { return c.Suite.Name }, nil},
	{"suite.trusted", func(c *Config) any { return c.Suite.Trusted }, plainly},
	{"suite.answers_at", func(c *Config) any { return c.Suite.AnswersAt }, howMany},
	{"suite.exclude", func(c *Config) any { return c.Suite.Exclude }, howMany},
	{"suite.solved_at", func(c *Config) any { return c.Suite.SolvedAt.String() }, nil},
	{"suite.tasks", func(c *Config) any { return c.Suite.Tasks }, howMany},
	{"lock", func(c *Config) any { return c.Lock }, nil},
	{"compare", func(c *Config) any { return c.Compare }, plainly},
	{"baseline", func(c *Config) any { return c.Baseline.plain() }, nil},
	{"baseline.from", func(c *Config) any { return c.From }, plainly},
	{"api.base_url", func(c *Config) any { return c.API.BaseURL }, nil},
	{"api.headers", func(c *Config) any { return c.API.Headers.texts() }, nil},
	{"api.ca_file", func(c *Config) any { return c.API.CAFile }, nil},
	{"sandbox", func(c *Config) any { return c.Sandbox }, plainly},
	{"verifier", func(c *Config) any { return c.Verifier }, plainly},
	{"tamper", func(c *Config) any { return c.Tamper }, plainly},
	{"limits.attempts", func(c *Config) any { return c.Limits.Attempts }, plainly},
	{"limits.usd", func(c *Config) any { return c.Limits.USD }, plainly},
	{"limits.usd_per_trial", func(c *Config) any { return c.Limits.USDPerTrial }, plainly},
	{"limits.tokens_per_trial", func(c *Config) any { return c.Limits.TokensPerTrial }, plainly},
	{"limits.requests", func(c *Config) any { return c.Limits.Requests }, plainly},
	{"limits.minutes", func(c *Config) any { return c.Limits.Minutes }, plainly},
	{"limits.workers", func(c *Config) any { return c.Limits.Workers }, plainly},
	{"limits.timeout_multiplier", func(c *Config) any { return c.Limits.TimeoutMultiplier }, plainly},
	{"limits.timeout_grace", func(c *Config) any { return c.Limits.TimeoutGrace }, plainly},
	{"limits.cpus", func(c *Config) any { return c.Limits.CPUs }, plainly},
	{"limits.memory_mb", func(c *Config) any { return c.Limits.MemoryMB }, plainly},
	{"gate.mode", func(c *Config) any { return c.Gate.Mode }, plainly},
	{"gate.pass_rate.max_drop", func(c *Config) any { return c.Gate.PassRateMaxDrop }, plainly},
	{"gate.typical_cost.max_ratio", func(c *Config) any { return c.Gate.TypicalCostMaxRatio }, ratioOrOff},
	{"gate.cost_per_solved.max_ratio", func(c *Config) any { return c.Gate.CostPerSolvedMaxRatio }, ratioOrOff},
	{"gate.confirm", func(c *Config) any { return c.Gate.Confirm }, plainly},
	{"gate.alpha", func(c *Config) any { return c.Gate.Alpha }, plainly},
	{"gate.beta", func(c *Config) any { return c.Gate.Beta }, plainly},
	{"gate.on_inconclusive", func(c *Config) any { return c.Gate.OnInconclusive }, plainly},
	{"baselines.dir", func(c *Config) any { return c.Baselines.Dir }, nil},
	{"baselines.branch", func(c *Config) any { return c.Baselines.Branch }, nil},
	{"telemetry", func(c *Config) any { return forwards(c) }, nil},
	{"prices", func(c *Config) any { return c.Prices }, nil},
	{"pull_requests", func(c *Config) any { return c.PullRequests }, nil},
}

// plainly writes a number, a truth value or a word that a key may have.
func plainly(v any) string {
	of := reflect.ValueOf(v)
	if of.Kind() != reflect.Bool && of.IsZero() {
		return "default"
	}
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	switch of.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(of.Bool())
	case reflect.Int:
		return strconv.FormatInt(of.Int(), 10)
	case reflect.Float64:
		return strconv.FormatFloat(of.Float(), 'f', -1, 64)
	default:
		return of.String()
	}
}

// ratioOrOff writes a margin of costs, which may be off.
func ratioOrOff(v any) string {
	if ratio, _ := v.(*float64); ratio != nil && *ratio == 0 {
		return "off"
	}
	return plainly(v)
}

func howMany(v any) string { return strconv.Itoa(reflect.ValueOf(v).Len()) }

// plain is what the variant says, without the places where it says it. Nil is no
// variant.
func (v *Variant) plain() any {
	if v == nil {
		return nil
	}
	files := make(map[string]string)
	for name, f := range v.Settings.Files {
		files[name] = f.Path
	}
	p := *v
	p.Settings.Files = nil
	return []any{p, files}
}

// forwards is what is forwarded, without the places where it is written.
func forwards(c *Config) any {
	var all []any
	for _, f := range c.Forward {
		headers := f.Headers.texts()
		f.Headers = nil
		all = append(all, f, headers)
	}
	return all
}

// texts are the headers as they are written.
func (hs Headers) texts() map[string]string {
	texts := make(map[string]string)
	for name, ref := range hs {
		texts[name] = ref.text
	}
	return texts
}
