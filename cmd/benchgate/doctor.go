package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/run"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/site"
)

const doctorHelp = `
Usage: benchgate doctor [-c benchgate.yaml]

Says what a run needs of this machine, what is there, and what to do about
what is not. Where a key is set it asks the model API about each model, by
counting tokens, or for one token of output where it counts none. Exits with 5
when something needed is missing.
`

// finding is what was found of one thing that a run needs.
type finding struct {
	what, says string
	do         string // what to do about it; empty: nothing
	bad        bool   // a run cannot start like this

	lines string // to be copied, below all that; empty: none
}

func doctorVerb(ctx context.Context, p *program, args []string) error {
	var s settings
	fs := p.flags("doctor", doctorHelp)
	s.register(fs)
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return firstError(err, rest)
	}
	c, configErr := s.load()
	findings := []finding{configFinding(c, configErr)}
	if c != nil && c.Incomparable() != "" {
		findings = append(findings, finding{what: "arms", says: c.Incomparable(), bad: true})
	}
	if c != nil {
		findings = append(findings, p.suiteFinding(ctx, c, s))
	}
	access, ready := p.accessFindings(c)
	findings = append(append(findings, p.engineFinding(ctx, c)), access...)
	if ready {
		findings = append(findings, p.modelFindings(ctx, c)...)
	}
	findings = append(findings, priceFindings(c)...)
	findings = append(findings, limitFindings(c)...)
	findings = append(findings, gitFinding())
	missing := 0
	for _, f := range findings {
		mark := "ok    "
		if f.bad {
			mark = "not ok"
			missing++
		}
		fmt.Fprintf(p.Stdout, "%s  %-13s  %s\n", mark, f.what, f.says)
		if f.do != "" {
			fmt.Fprintf(p.Stdout, "%23s%s\n", "", f.do)
		}
		if f.lines != "" {
			fmt.Fprintf(p.Stdout, "%s\n\n", f.lines)
		}
	}
	if missing > 0 {
		return silent{notMeasured(fmt.Errorf("%d things are not as a run needs them", missing))}
	}
	return nil
}

func configFinding(c *config.Config, err error) finding {
	if err != nil {
		return finding{what: "configuration", says: firstLine(err), do: "\"benchgate plan\" shows all of it; \"benchgate init\" writes one where there is none", bad: true}
	}
	where := c.File
	if where == "" {
		where = "flags"
	}
	return finding{what: "configuration", says: where}
}

func (p *program) suiteFinding(ctx context.Context, c *config.Config, s settings) finding {
	tasks, lock, err := run.LoadSuite(ctx, c, p.suiteOptions(s))
	if err != nil {
		return finding{what: "tasks", says: firstLine(err), do: "\"benchgate plan\" shows all of it", bad: true}
	}
	f := finding{what: "tasks", says: fmt.Sprintf("%d in suite %s", len(tasks.Tasks), tasks.Name)}
	if lock == nil {
		f.do = run.Unpinned(c)
	}
	return f
}

// engineFinding looks at the engine that is configured; docker when nothing
// is.
func (p *program) engineFinding(ctx context.Context, c *config.Config) finding {
	kind := sandbox.Docker
	if c != nil {
		kind = c.Sandbox
	}
	engine, err := site.OpenEngine(ctx, kind, "doctor", p.logger(false))
	if err != nil {
		return finding{what: "engine", says: firstLine(err), bad: true}
	}
	defer engine.Close(ctx)
	info, err := engine.Info(ctx)
	if err != nil {
		return finding{what: "engine", says: firstLine(err), bad: true}
	}
	f := finding{what: "engine", says: fmt.Sprintf("%s, %s/%s, %d CPUs", info.Engine, info.OS, info.Arch, info.CPUs)}
	if !info.Isolated {
		f.do = "no isolation: for suites that you trust only"
	}
	return f
}

func gitFinding() finding {
	if _, err := exec.LookPath("git"); err != nil {
		return finding{what: "git", says: "not found", do: "needed only for tasks that come from git repositories"}
	}
	return finding{what: "git", says: "found"}
}

// firstLine is an error's first line.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
