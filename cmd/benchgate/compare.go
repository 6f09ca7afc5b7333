package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
)

const compareHelp = `
Usage: benchgate compare --baseline RUN --candidate RUN [-c benchgate.yaml] [--mode M]

Gives the verdict on two runs, by the margins and error rates of the
configuration (or the default ones for the number of tasks), and exits with the
verdict's code. RUN is a run's file, the directory that a run left, or that of a
stored baseline; --baseline also takes the id of one that is stored where the
configuration says.

The candidate's file says how it is read. A run that a gate watched is replayed
to where the gate ended it, if --baseline is what that gate compared it with
(its header names it: "against"). All else is read whole, once: the fixed mode.
Give --baseline for each run of a pooled baseline.
`

func compareVerb(ctx context.Context, p *program, args []string) error {
	if _, own := p.LookupEnv("GOGC"); !own {
		debug.SetGCPercent(50) // two runs of 50,000 trials take 380 MB so, else 475, and no more time
	}
	var out output
	fs := p.flags("compare", compareHelp)
	out.register(fs)
	file := fs.String("c", "", "configuration `file` for the gate's policy")
	var baseline []string
	fs.Func("baseline", "the baseline's `run`, a file or a directory; several are pooled", func(file string) error {
		baseline = append(baseline, file)
		return nil
	})
	candidate := fs.String("candidate", "", "the candidate's `run`, a file or a directory")
	mode := fs.String("mode", string(gate.Auto), "read the candidate in this `mode`, whatever its file says: informed, strict or fixed")
	pricesFile := fs.String("prices", "", "`file` with prices of your own, when the runs were measured with different ones")
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return firstError(err, rest)
	}
	format, err := report.ParseFormat(out.format)
	if err != nil {
		return usagef("%v", err)
	}
	if len(baseline) == 0 || *candidate == "" {
		return usagef("compare needs --baseline RUN and --candidate RUN")
	}
	modes := []gate.Mode{gate.Auto, gate.Informed, gate.Strict, gate.Fixed}
	if !slices.Contains(modes, gate.Mode(*mode)) {
		return usagef("--mode is %q, want informed, strict or fixed", *mode)
	}
	scratch, err := p.fromStore(ctx, *file, baseline)
	defer os.RemoveAll(scratch)
	if err != nil {
		return err
	}
	if err := namedRuns(baseline, candidate); err != nil {
		return err
	}
	runs, err := readOnceEach(append(baseline, *candidate))
	if err != nil {
		return err
	}
	c := runs[*candidate]
	policy, ownPrices, err := policyFor(*file, c.Header)
	if err != nil {
		return err
	}
	policy.Mode = gate.Mode(*mode) // the configuration's is for runs that are made
	warnings, err := run.AtOnePrice(cmp.Or(*pricesFile, ownPrices), runs)
	if err != nil {
		return err
	}
	b, err := pooled(baseline, runs)
	if err != nil {
		return err
	}
	v, err := run.Confirmed(gate.Foretold(policy, b, c), *candidate)
	if err != nil {
		return err
	}
	report.Explain(&v)
	v.Warnings = append(warnings, v.Warnings...)
	opts := p.reportOptions(out)
	opts.Text.Save = "benchgate baseline save " + shellWord(*candidate)
	if err := report.Verdict(p.Stdout, v, format, opts); err != nil {
		return err
	}
	return verdictError(v.Outcome)
}

// fromStore puts files of their own, below scratch, in place of the ids of stored
// runs.
func (p *program) fromStore(ctx context.Context, configFile string, baseline []string) (scratch string, err error) {
	for i, id := range baseline {
		if _, err := os.Stat(id); err == nil || baselines.ValidID(id) != nil || filepath.Ext(id) == ".jsonl" {
			continue // a file, or meant as one
		}
		store, err := p.namedStore(configFile, "")
		if err != nil {
			return scratch, err
		}
		if scratch == "" {
			if scratch, err = os.MkdirTemp("", "benchgate-compare-"); err != nil {
				return "", err
			}
		}
		dir := filepath.Join(scratch, strconv.Itoa(i))
		if err := os.Mkdir(dir, 0o755); err != nil {
			return scratch, err
		}
		if baseline[i], err = taken(ctx, store, id, dir); err != nil {
			return scratch, err
		}
	}
	return scratch, nil
}

// namedRuns puts the runs' files in place of their directories.
func namedRuns(baseline []string, candidate *string) error {
	var errs []error
	for i, name := range baseline {
		file, err := runNamed(name, baselines.Baseline)
		baseline[i], errs = file, append(errs, err)
	}
	file, err := runNamed(*candidate, baselines.Candidate)
	*candidate = file
	return errors.Join(append(errs, err)...)
}

// readOnceEach reads the files; one that is named twice is one run.
func readOnceEach(files []string) (map[string]*baselines.Run, error) {
	runs := make(map[string]*baselines.Run)
	var errs []error
	for _, file := range files {
		if _, read := runs[file]; read {
			continue
		}
		r, err := baselines.ReadFile(file)
		if err != nil {
			errs = append(errs, err)
		}
		runs[file] = r
	}
	return runs, errors.Join(errs...)
}

// pooled is the baseline as a run takes it from the store.
func pooled(files []string, runs map[string]*baselines.Run) (*baselines.Run, error) {
	var each []*baselines.Run
	for _, file := range slices.Compact(slices.Sorted(slices.Values(files))) {
		each = append(each, runs[file])
	}
	return baselines.Pool(each)
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
