package config

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/branchstore"
	"github.com/benchgate/benchgate/internal/leak"
	"github.com/benchgate/benchgate/internal/problem"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
	"go.yaml.in/yaml/v4"
)

// config reads the whole file. The functions below it read the sections, in the
// order of the file.
func (s *source) config(c *Config) read {
	return s.object(
		field{"suite", s.suite(&c.Suite)},
		field{"lock", s.text(&c.Lock, "the path of a lock, relative to this file")},
		field{"compare", choice(s, &c.Compare, baselines.Comparisons()...)},
		field{"baseline", s.baseline(c)},
		field{"candidate", s.candidate(c)},
		field{"api", s.api(&c.API)},
		field{"sandbox", choice(s, &c.Sandbox, sandboxes...)},
		field{"verifier", choice(s, &c.Verifier, baselines.VerifierShared, baselines.VerifierFresh)},
		field{"tamper", choice(s, &c.Tamper, baselines.TamperFlag, baselines.TamperFail)},
		field{"limits", s.limits(&c.Limits)},
		field{"gate", s.gate(&c.Gate)},
		field{"baselines", s.object(
			field{"dir", s.text(&c.Baselines.Dir, "a directory")},
			field{"branch", s.branch(&c.Baselines.Branch)},
		)},
		field{"telemetry", s.object(field{"forward", s.forwards(c)})},
		field{"prices", s.text(&c.Prices, "the path of a price table")},
		field{"pull_requests", s.pullRequests(&c.PullRequests)},
	)
}

func (s *source) suite(to *Suite) read {
	return s.object(
		field{"name", s.text(&to.Name, "a name")},
		field{"trusted", s.truth(&to.Trusted)},
		field{"answers_at", s.answersAt(&to.AnswersAt)},
		field{"exclude", s.words(&to.Exclude)},
		field{"solved_at", s.solvedAt(&to.SolvedAt)},
		field{"tasks", s.list("a list of tasks, each {path: DIRECTORY, tier: easy}", func() read {
			to.Tasks = append(to.Tasks, suite.Source{})
			return s.task(&to.Tasks[len(to.Tasks)-1])
		})},
	)
}

func (s *source) answersAt(to *[]leak.Place) read {
	return s.list(`a list of places, for example ["github.com/our-org/our-tasks"]`, func() read {
		return func(n *yaml.Node, path string) {
			var text string
			s.text(&text, "a repository, data set or site")(n, path)
			if text == "" {
				return
			}
			place, ok := leak.ParsePlace(text)
			if !ok {
				s.reject(n, path, "%s is %s, want a host and usually a path, as github.com/our-org/our-tasks", path, quote(text))
				return
			}
			*to = append(*to, place)
		}
	})
}

func (s *source) task(to *suite.Source) read {
	return s.object(
		field{"path", s.taskPath(&to.Path)},
		field{"git", s.text(&to.Git, "the URL of a git repository")},
		field{"ref", s.text(&to.Ref, "a branch, tag or commit")},
		field{"tier", choice(s, &to.Tier, suite.Easy, suite.Medium, suite.Hard)},
		field{"keep_processes", s.truth(&to.KeepProcesses)},
	)
}

// taskPath reads a task's path. It is written into the lock, so it must lead to
// the task on every machine.
func (s *source) taskPath(to *string) read {
	return func(n *yaml.Node, path string) {
		s.text(to, "a task's directory, relative to this file")(n, path)
		switch {
		case strings.Contains(*to, `\`):
			s.reject(n, path, "%s is %s, want slashes between directories", path, quote(*to))
		case strings.HasPrefix(*to, "/"):
			s.reject(n, path, "%s is %s, want a path relative to this file: an absolute one is not there on other machines", path, quote(*to))
		}
	}
}

func (s *source) branch(to *string) read {
	return func(n *yaml.Node, path string) {
		s.text(to, "the name of a branch")(n, path)
		if *to == "" {
			return
		}
		if err := branchstore.ValidName(*to); err != nil {
			s.reject(n, path, "%s is %s: %v", path, quote(*to), err)
		}
	}
}

func (s *source) candidate(c *Config) read {
	return func(n *yaml.Node, path string) {
		c.Candidate = new(Variant)
		s.object(s.variant(c.Candidate)...)(n, path)
	}
}

// baseline reads what candidate has, and the key from besides.
func (s *source) baseline(c *Config) read {
	return func(n *yaml.Node, path string) {
		c.Baseline = new(Variant)
		fields := append(s.variant(c.Baseline), field{"from", choice(s, &c.From, froms...)})
		s.object(fields...)(n, path)
	}
}

func (s *source) variant(to *Variant) []field {
	return []field{
		{"name", s.text(&to.Name, "a name")},
		{"agent", s.agent(&to.Agent)},
		{"model", s.text(&to.Model, "the name of a model")},
		{"settings", s.object(
			field{string(agent.Effort), choice(s, &to.Settings.Effort, efforts...)},
			field{string(agent.MaxTurns), s.whole(&to.Settings.MaxTurns, 1, 100_000)},
			field{string(agent.Arguments), s.words(&to.Settings.Arguments)},
			field{string(agent.Files), s.files(&to.Settings.Files)},
			field{string(agent.CommandLine), s.words(&to.Settings.Command)},
			field{string(agent.Recordings), s.text(&to.Settings.Recordings, "a directory")},
		)},
	}
}

// The words a key may have.
var (
	froms     = []From{Auto, Stored, Live}
	sandboxes = []sandbox.Kind{sandbox.Docker, sandbox.Process}
	modes     = []gate.Mode{gate.Auto, gate.Informed, gate.Strict, gate.Fixed}
	efforts   = []string{"low", "medium", "high", "xhigh", "max"} // as Claude Code 2.1 knows them
)

func (s *source) agent(to *Agent) read {
	return func(n *yaml.Node, path string) {
		var text string
		if s.text(&text, orList(agent.Names()))(n, path); s.wrong[path] {
			return
		}
		a, problem := parseAgent(text)
		if problem != "" {
			s.reject(n, path, "%s is %s, %s", path, quote(text), problem)
			return
		}
		*to = a
	}
}

var exactVersion = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?$`)

// parseAgent reads "name" or "name@version". What is wrong, when something is,
// goes on from "... is ..., ".
func parseAgent(text string) (a Agent, wrong string) {
	name, version, at := strings.Cut(text, "@")
	row, err := agent.Lookup(name)
	switch {
	case err != nil:
		return a, fmt.Sprintf("want %s%s", orList(agent.Names()), problem.DidYouMean(name, agent.Names()))
	case at && !row.Configure.Versioned:
		return a, fmt.Sprintf("but %s has no versions; write %s", name, name)
	case at && !exactVersion.MatchString(version):
		return a, fmt.Sprintf("want one exact version such as %s@%s: what moves by itself cannot be compared", name, cmp.Or(row.DefaultVersion, "1.2.3"))
	}
	return Agent{Name: name, Version: version}, ""
}

func (s *source) limits(to *Limits) read {
	return s.object(
		field{"attempts", s.attempts(to)},
		field{"usd", s.known(&to.USD, dollars)},
		field{"usd_per_trial", s.known(&to.USDPerTrial, dollars)},
		field{"tokens_per_trial", s.tokens(to)},
		field{"requests", s.requests(to)},
		field{"minutes", s.amount(&to.Minutes, minutes)},
		field{"workers", s.workers(to)},
		field{"timeout_multiplier", s.amount(&to.TimeoutMultiplier, multiplier)},
		field{"timeout_grace", s.whole(&to.TimeoutGrace, 0, 3600)},
		field{"cpus", s.amount(&to.CPUs, cpus)},
		field{"memory_mb", s.memory(to)},
	)
}

func (s *source) attempts(to *Limits) read { return s.whole(&to.Attempts, 1, 1000) }
func (s *source) workers(to *Limits) read  { return s.whole(&to.Workers, 1, 1000) }
func (s *source) tokens(to *Limits) read   { return s.whole(&to.TokensPerTrial, 1, 1_000_000_000) }
func (s *source) requests(to *Limits) read { return s.whole(&to.Requests, 1, 1_000_000) }

// memory takes from 6 MiB, the least that Docker takes, to 1 TiB.
func (s *source) memory(to *Limits) read { return s.whole(&to.MemoryMB, 6, 1<<20) }

// The amounts of the file.
var (
	dollars = span{
		func(v float64) bool { return v > 0 && v <= 1e6 },
		"dollars above 0 and up to 1000000",
	}
	minutes = span{
		func(v float64) bool { return v > 0 && v <= 20_000 }, // a job may take five days on one's own machine
		"minutes above 0 and up to 20000",
	}
	multiplier = span{
		func(v float64) bool { return v > 0 && v <= 100 },
		"a factor above 0 and up to 100, where 1 keeps each task's own timeouts",
	}
	cpus = span{
		func(v float64) bool { return v >= 0.01 && v <= 1024 }, // Docker takes no less
		"a number of CPUs from 0.01 to 1024",
	}
	drop = span{
		func(v float64) bool { return v > 0 && v <= 1 },
		"a fraction above 0 and up to 1, where 0.20 lets the pass rate drop by 20 points",
	}
	ratio = span{
		func(v float64) bool { return v > 1 && v <= 100 },
		"a ratio above 1 and up to 100, where 1.5 lets the cost grow by half",
	}
	chance = span{
		func(v float64) bool { return v > 0 && v < 1 },
		"a probability above 0 and below 1",
	}
)

func (s *source) gate(to *Gate) read {
	return s.object(
		field{"mode", choice(s, &to.Mode, modes...)},
		field{"pass_rate", s.object(field{"max_drop", s.known(&to.PassRateMaxDrop, drop)})},
		field{"typical_cost", s.costMargin(&to.TypicalCostMaxRatio)},
		field{"cost_per_solved", s.costMargin(&to.CostPerSolvedMaxRatio)},
		field{"confirm", choice(s, &to.Confirm, ConfirmAuto, ConfirmOff)},
		field{"alpha", s.known(&to.Alpha, chance)},
		field{"beta", s.known(&to.Beta, chance)},
		field{"on_inconclusive", choice(s, &to.OnInconclusive, ConcludePass, ConcludeNeutral, ConcludeFail)},
	)
}

// costMargin reads {max_ratio: 1.5}, or the word off for a cost that is
// reported but not gated.
func (s *source) costMargin(to **float64) read {
	margin := s.object(field{"max_ratio", s.known(to, ratio)})
	return func(n *yaml.Node, path string) {
		switch v := follow(n); {
		case v.Kind == yaml.ScalarNode && (v.Value == "off" || v.ShortTag() == "!!bool" && v.Value == "false"):
			*to = new(float64)
		case v.Kind != yaml.MappingNode:
			s.mistyped(v, path, "{max_ratio: 1.5}, or off to report it without gating")
		default:
			margin(n, path)
		}
	}
}
