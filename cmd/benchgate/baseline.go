package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/branchstore"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
)

const baselineHelp = `
Usage: benchgate baseline save RUN       accept a run as a baseline: its directory
                                         or its file
       benchgate baseline list           accepted runs, newest first
       benchgate baseline show ID        one of them
       benchgate baseline promote RUN    accept a run: a stored one by its ID, or a
                                         directory or file
       benchgate baseline prune          remove what no gate will use again
       benchgate baseline remove ID      forget one

A gate with "from: auto" uses the stored baselines that have its suite, variant
and limits and are at most 14 days old, pooled. Of a gate's directory save takes
the candidate's run; --arm baseline the other, where it was measured there. Saving
takes the ledger beside the run file along, so that it can be priced again.

Baselines are in the directory that is named, else where the configuration's
"baselines" says: in a directory, or on a branch. With GITHUB_REPOSITORY and a
token (BENCHGATE_BASELINE_TOKEN, else GITHUB_TOKEN) in the environment, as in a
job on GitHub, a branch is read and written through GitHub's API; without, with
git, in the repository's remote "origin" or, where there is none, in the
repository. On a branch promote opens a pull request with the run's report, for
which it needs the API; --direct commits without one.
`

func baselineVerb(ctx context.Context, p *program, args []string) error {
	fs := p.flags("baseline", baselineHelp)
	file := fs.String("c", "", "configuration `file`")
	dir := fs.String("baselines", "", "`directory` of stored baselines")
	var arm baselines.Arm
	fs.Func("arm", "save this `arm` of a run's directory: candidate or baseline", func(name string) error {
		arm = baselines.Arm(name)
		if arm != baselines.Candidate && arm != baselines.Baseline {
			return errors.New("want candidate or baseline")
		}
		return nil
	})
	direct := fs.Bool("direct", false, "promote on a branch by a commit, without a pull request")
	keep := fs.Int("keep", 3, "prune keeps this `number` of runs of each kind")
	days := fs.Int("days", 60, "prune keeps runs that are younger, in `days`")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	store, err := p.namedStore(*file, *dir)
	if err != nil {
		return err
	}
	name, arg := "", ""
	if len(rest) > 0 {
		name = rest[0]
	}
	if len(rest) == 2 {
		arg = rest[1]
	}
	switch {
	case name == "list" && len(rest) == 1:
		return p.listBaselines(ctx, store)
	case name == "prune" && len(rest) == 1:
		return p.prune(ctx, store, *keep, time.Now().AddDate(0, 0, -*days))
	case name == "save" && arg != "":
		return p.saveBaseline(ctx, store, *file, arg, arm)
	case name == "show" && arg != "":
		return p.showBaseline(ctx, store, arg)
	case name == "promote" && arg != "":
		return p.promote(ctx, store, arg, arm, *direct)
	case name == "remove" && arg != "":
		return p.changed("removed", arg, store.Remove(ctx, arg))
	}
	return usagef("baseline needs one of save RUN, list, show ID, promote RUN, prune, remove ID; run \"benchgate baseline -h\"")
}

// changed says what was done with a stored run.
func (p *program) changed(done, id string, err error) error {
	if err != nil {
		return hinted(err)
	}
	fmt.Fprintln(p.Stdout, done, id)
	return nil
}

// hinted tells where the ids are from when one is not in the store.
func hinted(err error) error {
	if errors.Is(err, baselines.ErrNotFound) {
		return fmt.Errorf("%w; \"benchgate baseline list\" shows what is", err)
	}
	return err
}

func (p *program) saveBaseline(ctx context.Context, store baselines.Store, configFile, name string, arm baselines.Arm) error {
	file, other, err := runToSave(name, arm)
	if err != nil {
		return err
	}
	r, err := baselines.ReadFile(file)
	if err != nil {
		return err
	}
	policy, _, err := policyFor(configFile, r.Header)
	if err != nil {
		return err
	}
	ledger, err := os.Open(filepath.Join(filepath.Dir(file), baselines.LedgerFile))
	var from io.Reader
	if err == nil {
		defer ledger.Close()
		from = ledger
	}
	if err := accept(ctx, store, r, from); err != nil {
		return err
	}
	e := baselines.NewEntry(r)
	fmt.Fprintf(p.Stdout, "saved %s: %s, suite %s, %s\n",
		visible(r.Header.ID), visible(r.Header.Variant.Name), visible(r.Header.Suite.Name), report.SolvedOfAll(e))
	if other {
		p.note("this is the candidate's run; --arm baseline saves the baseline's")
	}
	if e.Attempts < run.MinAttempts {
		p.note(report.FewToUse(e.Attempts, run.MinAttempts))
	}
	warnings, _ := report.Headroom(policy, r)
	for _, warning := range warnings {
		p.note(warning)
	}
	return nil
}

func (p *program) listBaselines(ctx context.Context, store baselines.Store) error {
	entries, err := store.List(ctx, baselines.Query{})
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		fmt.Fprintln(p.Stdout, "no run is stored yet; \"benchgate baseline save RUN\" stores one")
		return nil
	}
	w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tCREATED\tVARIANT\tSUITE\tATTEMPTS\tSOLVED\tACCEPTED")
	for _, e := range entries {
		accepted := "no"
		if e.Header.Arm == baselines.Baseline {
			accepted = "yes"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d/%d\t%s\n", visible(e.Header.ID), e.Header.Created.Format(time.DateOnly),
			visible(e.Header.Variant.Name), visible(e.Header.Suite.Name), e.Attempts, e.Solved, e.Valid, accepted)
	}
	return w.Flush()
}

func (p *program) showBaseline(ctx context.Context, store baselines.Store, id string) error {
	r, err := store.Load(ctx, id)
	if err != nil {
		return hinted(err)
	}
	if err := report.Runs(p.Stdout, []*baselines.Run{r}, report.FormatText, p.reportOptions(output{})); err != nil {
		return err
	}
	return p.showProvenance(ctx, store, id)
}

// showProvenance says where the run was measured, where the store knows.
func (p *program) showProvenance(ctx context.Context, store baselines.Store, id string) error {
	s, knows := store.(interface {
		Provenance(context.Context, string) (branchstore.Provenance, error)
	})
	if !knows {
		return nil
	}
	from, err := s.Provenance(ctx, id)
	if err != nil {
		return err
	}
	if from.RunURL != "" {
		fmt.Fprintln(p.Stdout, "\nmeasured by", visible(from.RunURL))
	}
	if from.Commit != "" {
		fmt.Fprintln(p.Stdout, "measured at commit", visible(from.Commit))
	}
	return nil
}

func (p *program) prune(ctx context.Context, store baselines.Store, keep int, before time.Time) error {
	entries, err := store.List(ctx, baselines.Query{})
	if err != nil {
		return err
	}
	prunable := baselines.Prunable(entries, keep, before)
	if len(prunable) == 0 {
		fmt.Fprintln(p.Stdout, "nothing to remove")
		return nil
	}
	if s, can := store.(interface {
		RemoveAll(context.Context, []string) error
	}); can {
		if err := s.RemoveAll(ctx, prunable); err != nil {
			return err
		}
		fmt.Fprintln(p.Stdout, "removed", strings.Join(prunable, "\nremoved "))
		return nil
	}
	var errs []error
	for _, id := range prunable {
		if err := store.Remove(ctx, id); err != nil {
			errs = append(errs, err)
			continue
		}
		fmt.Fprintln(p.Stdout, "removed", id)
	}
	return errors.Join(errs...)
}
