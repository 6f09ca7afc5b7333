package run

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// Result is what a run leaves.
type Result struct {
	Verdict gate.Verdict
	Dir     string // the run's files; empty when nothing was run

	Baseline  *baselines.Run
	Candidate *baselines.Run

	// Stored is the id of the stored baseline; empty when it was measured
	// live.
	Stored string

	// Reused tells that an earlier run had given this verdict already, and
	// nothing was run.
	Reused bool
}

// Run measures, compares and decides. An interrupted run gives an error that
// matches context.Canceled and leaves what finished in its directory.
func Run(ctx context.Context, o Options) (*Result, error) {
	design, err := NewDesign(ctx, o)
	if err != nil {
		return nil, err
	}
	if why := design.Incomparable(o); why != "" {
		o.Notice(why)
		return incomparable(design), nil
	}
	id, err := identify(design)
	if err != nil {
		return nil, err
	}
	var before *earlier
	if !o.Again {
		if before, err = findEarlier(o.RunsDir, id, o.liveAge()); err != nil {
			return nil, fmt.Errorf("%w; %s measures anew without it", err, o.again())
		}
	}
	if before.stands(id, design.subjects) && !before.goesOn(o.Config.Limits) {
		o.Notice(fmt.Sprintf("this verdict was given already, by the run in %s; %s measures anew", before.dir, o.again()))
		return again(before, design.Stored), nil
	}
	if before == nil && !o.Again {
		found, err := design.underOtherRules(o, id)
		if err != nil {
			return nil, fmt.Errorf("%w; %s measures anew without it", err, o.again())
		}
		if found != nil { // its directory has the verdict by the other rules, so none is named
			return &Result{Verdict: found.verdict, Reused: true, Baseline: found.baseline, Candidate: found.candidate, Stored: id.Baseline}, nil
		}
	}
	p, err := prepare(ctx, o, design, id, before.carry(design, o.Now()))
	if err != nil {
		return nil, err
	}
	result, err := p.measure(ctx)
	return result, p.end(ctx, err)
}

// incomparable is the result of arms that cannot be compared: a verdict that
// cost nothing.
func incomparable(d *Design) *Result {
	baseline := &baselines.Run{Header: d.Headers[baselines.Baseline]}
	candidate := &baselines.Run{Header: d.Headers[baselines.Candidate]}
	v := gate.Decide(d.Policy, baseline, candidate)
	report.Explain(&v)
	return &Result{Verdict: v, Baseline: baseline, Candidate: candidate}
}

// again is the result of an earlier run that asked the same question.
func again(e *earlier, stored *baselines.Run) *Result {
	r := &Result{Verdict: *e.verdict, Dir: e.dir, Reused: true, Baseline: e.runs[baselines.Baseline], Candidate: e.runs[baselines.Candidate]}
	if stored != nil {
		r.Baseline, r.Stored = stored, stored.Header.ID
	}
	return r
}

// measure runs the trials and asks the gate.
func (p *plan) measure(ctx context.Context) (*Result, error) {
	early, over, err := p.runTrials(ctx)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, interrupted{dir: p.site.Dir}
	}
	result := &Result{Dir: p.site.Dir, Candidate: p.arms[baselines.Candidate].soFar()}
	if live, measured := p.arms[baselines.Baseline]; measured {
		result.Baseline = live.soFar()
	} else {
		result.Baseline, result.Stored = p.design.Stored, p.design.Stored.Header.ID
	}
	if result.Verdict, err = p.confirm(ctx, p.gate.Verdict()); err != nil {
		return nil, err
	}
	if workers := p.limiter.Seen(); workers.RateLimited > 0 {
		result.Verdict.Workers = &workers
	}
	p.gate.Foretell(&result.Verdict)
	early = append(early, p.rateNotes()...)
	if over != nil {
		result.Verdict.Held = append([]compare.Fact{*over}, result.Verdict.Held...)
	}
	report.Explain(&result.Verdict)
	result.Verdict.Warnings = slices.Concat(early, recordingNotes(p.design.subjects), result.Verdict.Warnings)
	p.tee.verdict(result.Verdict, result.Candidate)
	if err := p.writeVerdict(result.Verdict); err != nil { // it was paid for, and is printed
		p.o.Notice(fmt.Sprintf("the verdict is not kept: %v; the next run of this configuration decides again from the trials in %s", err, p.site.Dir))
	}
	return result, nil
}

// writeVerdict keeps the verdict beside the journals.
func (p *plan) writeVerdict(v gate.Verdict) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false) // as the report writes it: both are one document
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("writing verdict: %w", err)
	}
	if err := errors.Join(unreserve(p.site.Dir), writeFile(VerdictIn(p.site.Dir), text.Bytes())); err != nil {
		return fmt.Errorf("writing verdict: %w", err)
	}
	return nil
}
