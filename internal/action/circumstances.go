package action

import (
	"context"
	"path/filepath"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/pullrequest"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
)

// circumstances are how an outcome came about, as far as this job knows.
func (a *action) circumstances(s *subject, o outcome) pullrequest.Circumstances {
	c := pullrequest.Circumstances{Changes: s.changes}
	if o.dir() == "" {
		return c
	}
	var err error
	c.Again, err = run.AskedAgain(a.runsDir(), o.dir())
	a.noteIf(err)
	if o.result != nil && o.result.Reused {
		earlier, err := readJudged(o.dir())
		a.noteIf(err)
		if earlier.BuildURL != a.Job.BuildURL {
			c.Repeats = a.ownRun(earlier.BuildURL)
		}
	}
	return c
}

// IfInconclusive is the check run's conclusion of an inconclusive verdict.
func IfInconclusive(c *config.Config) pullrequest.Conclusion {
	switch c.Gate.OnInconclusive {
	case config.ConcludePass:
		return pullrequest.Success
	case config.ConcludeFail:
		return pullrequest.Failure
	}
	return pullrequest.Neutral
}

// rules are the keys of the configuration in which the margins stand.
var rules = map[compare.Metric]string{
	compare.PassRate:      "gate.pass_rate.max_drop",
	compare.TypicalCost:   "gate.typical_cost.max_ratio",
	compare.CostPerSolved: "gate.cost_per_solved.max_ratio",
}

// places are where the gate's rules and the tasks stand in the judged commit. A
// configuration that cannot be read there has no places.
func (a *action) places(ctx context.Context, s *subject) pullrequest.Places {
	file := filepath.ToSlash(configFile(a.values))
	at := pullrequest.Places{Config: file, Rules: make(map[compare.Metric]int), Tasks: make(map[string]string)}
	content, wrong, err := tree{a.github, s.head}.ReadFile(ctx, file)
	if wrong == "" && err == nil {
		at.Candidate = config.Lines(content, "candidate")["candidate"]
		for metric, key := range rules {
			at.Rules[metric] = config.Lines(content, key)[key]
		}
	}
	for _, task := range s.config.Suite.Tasks {
		if task.Git != "" {
			continue
		}
		for _, name := range []string{"task.toml", "task.yaml"} {
			found, err := filepath.Glob(filepath.Join(filepath.Dir(s.config.File), filepath.FromSlash(task.Path), name))
			if err != nil {
				continue
			}
			for _, f := range found {
				at.Tasks[filepath.Base(filepath.Dir(f))] = filepath.ToSlash(f)
			}
		}
	}
	return at
}

// firstOf is a measurement that is compared with nothing, with what to do about it.
func (a *action) firstOf(s *subject, o outcome) report.First {
	f := o.first.First()
	f.How = "To compare, a baseline is measured first: a maintainer runs a workflow with the inputs arm: baseline and save-baseline: true (as examples/workflows/baseline.yml) on the default branch."
	if a.values.SaveBaseline && o.whole() {
		f.How = "It is stored, and the baseline of gates from now on."
	}
	return f
}
