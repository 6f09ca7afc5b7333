package gate

import (
	"fmt"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// readOnce is the verdict of the fixed mode: everything is read once, at the
// planned end. Before it there are numbers and no decision, whatever kept the
// rest from being measured: what it was may depend on the numbers.
func (g *Gate) readOnce() Verdict {
	// No look came before this one, so nothing needs to wait for its turn.
	candidate := &baselines.Run{Header: g.candidate.Header, Trials: slices.Concat(g.candidate.Trials, g.outOfTurn())}
	c := compare.Compare(g.baseline, candidate)
	findings := readOnce(g.policy, &c.Tests)
	outcome := conclude(g.policy, findings, basisOf(&c.Tests))
	d := g.document()
	if short := g.shortOfThePlan(candidate); short != "" && outcome != NotMeasured {
		d.hold(short + ": the fixed mode decides at the planned end only")
		outcome = Inconclusive
	}
	return d.complete(outcome, findings, c)
}

// shortOfThePlan says what of the plan is not in, or nothing. A stored baseline
// may have fewer attempts than the candidate; one that was planned along may
// not.
func (g *Gate) shortOfThePlan(candidate *baselines.Run) string {
	if in := g.plannedIn(g.baseline); g.together && in < g.planned {
		return fmt.Sprintf("%d of the baseline's %d planned trials are in", in, g.planned)
	}
	if in := g.plannedIn(candidate); in < g.planned {
		return fmt.Sprintf("%d of %d planned trials are in", in, g.planned)
	}
	return ""
}

// plannedIn counts the planned attempts that ended by themselves. Those that
// infrastructure errors took are among them: they were tried to the end.
func (g *Gate) plannedIn(r *baselines.Run) int {
	n := 0
	for _, t := range r.Counted() {
		if _, known := g.tally.index[t.Task]; known && t.Attempt >= 1 && t.Attempt <= len(g.remaining) {
			n++
		}
	}
	return n
}

// costPerSolved reads the metric that is gated at the planned end only, at its
// own share of alpha.
func (g *Gate) costPerSolved() finding {
	c := compare.NewTests(g.baseline, g.candidate)
	t := testOf(compare.CostPerSolved, g.policy, c)
	alpha := g.policy.alphaOf(compare.CostPerSolved)
	return t.finding(t.pWorse <= alpha, alpha)
}

// write makes the document of a sequential mode.
func (g *Gate) write(o Outcome, findings []finding) Verdict {
	c := compare.Compare(g.baseline, g.candidate)
	d := g.document()
	stopped := (o == Pass || o == Regression) && g.consumed < g.planned
	switch {
	case stopped:
		d.note(fmt.Sprintf("Decided after %d of %d trials", g.consumed, g.planned))
	case o == Inconclusive && g.consumed < g.planned:
		d.note(fmt.Sprintf("%d of %d planned trials are in", g.consumed, g.planned))
	}
	v := d.complete(o, findings, c)
	if o != NotMeasured {
		adjust(&v, c)
	}
	if stopped {
		v.USDSaved = g.saved()
	}
	return v
}

func (g *Gate) document() *document {
	d := newDocument(g.policy, g.baseline.Header, g.candidate.Header)
	d.once = g.policy.Mode == Fixed || g.policy.Mode == Strict && g.strictRounds() == 1
	d.Warnings = append(d.Warnings, g.warnings...)
	d.design = designWarnings(g.policy, len(g.tally.tasks), planned(g.policy, g.candidate.Header))
	return d
}

// adjust says that intervals after several looks are too narrow, and gives the
// pass rate's interval at z = 2.176, the widest bound of Pocock-type spending over
// five looks.
func adjust(v *Verdict, c *compare.Comparison) {
	const pocock = 2.176
	name := string(compare.PassRate)
	m := v.Metrics[name]
	strata := make(compare.Strata, 0, len(c.Tasks))
	for _, t := range c.Tasks {
		if t.Candidate.Attempts > 0 && t.Baseline.Attempts > 0 {
			strata = append(strata, compare.Stratum{
				Candidate: compare.Count{Solved: t.Candidate.Solved, Attempts: t.Candidate.Attempts},
				Baseline:  compare.Count{Solved: t.Baseline.Solved, Attempts: t.Baseline.Attempts},
			})
		}
	}
	wide := strata.IntervalAt(pocock)
	m.remark(fmt.Sprintf("the interval is not adjusted for stopping; adjusted: %s to %s points", points(wide.Low), points(wide.High)))
	v.Metrics[name] = m
}

// designWarnings say what the margins ask of a design that it cannot give. The
// informed mode, which learns from the baseline, is not bound by the first.
func designWarnings(p Policy, tasks, attempts int) []string {
	var out []string
	if seen := compare.SmallestDropSeen(tasks, attempts); p.Mode != Informed && seen > p.PassRateMaxDrop+0.02 {
		out = append(out, fmt.Sprintf("%s with %s each can show a drop of %.0f points or more; for the margin of %.0f points it takes %d attempts each",
			counted(tasks, "task", "tasks"), counted(attempts, "attempt", "attempts"), 100*seen,
			100*p.PassRateMaxDrop, compare.AttemptsToSee(tasks, p.PassRateMaxDrop)))
	}
	if trials := tasks * attempts; !enoughToPass(p, trials) {
		out = append(out, fmt.Sprintf("%s cannot give a pass at a margin of %.0f points: that takes %d", counted(trials, "trial", "trials"),
			100*p.PassRateMaxDrop, int(attemptsToPass(p))))
	}
	const honestFor20Percent = 80 // trials
	if m := p.TypicalCostMaxRatio; m > 1 && m < 1.5 && tasks*attempts < honestFor20Percent {
		out = append(out, fmt.Sprintf("a cost margin of x%s asks for %d trials or more; with %d use x1.5", trimmed(m), honestFor20Percent, tasks*attempts))
	}
	return out
}
