package main

import (
	"cmp"
	"context"
	"errors"
	"os"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
)

const compareHelp = `
Usage: benchgate compare --baseline RUN --candidate RUN [-c benchgate.yaml]

Gives the verdict on two run files, by the policy of the configuration (or the
default one for the number of tasks), and exits with the verdict's code.
`

func compareVerb(_ context.Context, p *program, args []string) error {
	var out output
	fs := p.flags("compare", compareHelp)
	out.register(fs)
	file := fs.String("c", "", "configuration `file` for the gate's policy")
	baseline := fs.String("baseline", "", "the baseline's run `file`")
	candidate := fs.String("candidate", "", "the candidate's run `file`")
	pricesFile := fs.String("prices", "", "`file` with prices of your own, when the runs were measured with different ones")
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return firstError(err, rest)
	}
	format, err := report.ParseFormat(out.format)
	if err != nil {
		return usagef("%v", err)
	}
	if *baseline == "" || *candidate == "" {
		return usagef("compare needs --baseline RUN and --candidate RUN")
	}
	b, err1 := baselines.ReadFile(*baseline)
	c, err2 := baselines.ReadFile(*candidate)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	policy, ownPrices, err := policyFor(*file, c.Header)
	if err != nil {
		return err
	}
	warnings, err := run.AtOnePrice(cmp.Or(*pricesFile, ownPrices), map[string]*baselines.Run{*baseline: b, *candidate: c})
	if err != nil {
		return err
	}
	v, err := run.Confirmed(gate.Decide(policy, b, c), *candidate)
	if err != nil {
		return err
	}
	report.Explain(&v)
	v.Warnings = append(warnings, v.Warnings...)
	if err := report.Verdict(p.Stdout, v, format, p.reportOptions()); err != nil {
		return err
	}
	return verdictError(v.Outcome)
}

// policyFor is the policy of the named file, else of benchgate.yaml here, else
// the default for the suite's size, and the file's own price table. What the
// run itself fixed, it keeps.
func policyFor(file string, h baselines.Header) (policy gate.Policy, ownPrices string, err error) {
	tasks := len(h.Suite.Tasks)
	policy = gate.DefaultPolicy(tasks)
	if file == "" {
		if _, err := os.Stat(defaultConfig); err == nil {
			file = defaultConfig
		}
	}
	if file != "" {
		c, err := config.Load(file, config.Flags{})
		if err != nil {
			return policy, "", err
		}
		policy, ownPrices = c.Policy(tasks), c.Prices
	}
	if h.Compare != "" {
		policy.Compare = h.Compare
	}
	if h.Limits.Attempts > 0 {
		policy.Attempts = h.Limits.Attempts
	}
	return policy, ownPrices, nil
}
