package gate

import (
	"cmp"
	"maps"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// readOnce is the verdict of the fixed mode: everything is read once, at the
// planned end. Before it there are numbers and no decision, whatever kept the
// rest from being measured: what it was may depend on the numbers.
func (g *Gate) readOnce() Verdict {
	// No look came before this one, so nothing needs to wait for its turn.
	baseline, candidate := g.allIn()
	c := compare.Compare(baseline, candidate)
	findings := readOnce(g.policy, &c.Tests)
	outcome := conclude(g.policy, findings, basisOf(&c.Tests))
	d := g.document()
	if missing := g.shortOfThePlan(baseline, candidate); missing != nil && outcome != NotMeasured {
		d.Held = append(d.Held, *missing)
		outcome = Inconclusive
	}
	if outcome == Pass {
		outcome = d.bill(dearBill(g.policy, &c.Tests, baseline, candidate))
	}
	return g.complete(d, outcome, findings, c)
}

// allIn are both runs with the attempts that wait for their turn.
func (g *Gate) allIn() (baseline, candidate *baselines.Run) {
	partners := slices.SortedFunc(maps.Values(g.partners), func(a, b baselines.Trial) int {
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Task, b.Task), cmp.Compare(a.Attempt, b.Attempt))
	})
	return with(g.baseline, partners), with(g.candidate, g.outOfTurn())
}

// with is the run and more trials, without a copy where there are none.
func with(r *baselines.Run, more []baselines.Trial) *baselines.Run {
	return &baselines.Run{Header: r.Header, Trials: append(slices.Clip(r.Trials), more...)}
}

// shortOfThePlan says how much of the plan is not in; nil when all is. A stored
// baseline may have fewer attempts than the candidate; one that was planned
// along may not.
func (g *Gate) shortOfThePlan(baseline, candidate *baselines.Run) *compare.Fact {
	if in := baseline.CameToAnEnd(len(g.remaining)); g.together && in < g.planned {
		return &compare.Fact{Code: PlanIncomplete, Arm: baselines.Baseline, Count: in, Of: g.planned}
	}
	if in := candidate.CameToAnEnd(len(g.remaining)); in < g.planned {
		return &compare.Fact{Code: PlanIncomplete, Arm: baselines.Candidate, Count: in, Of: g.planned}
	}
	return nil
}

// write makes the document of a sequential mode.
func (g *Gate) write(o Outcome, findings []finding) Verdict {
	c := compare.Compare(g.baseline, g.candidate)
	d := g.document()
	if o == Pass {
		o = d.bill(dearBill(g.policy, &c.Tests, g.baseline, g.candidate))
	}
	if g.pointless && o == Inconclusive {
		d.Held = append(d.Held, g.stuckBy...)
	}
	d.StoppedEarly = g.Done() && g.consumed < g.planned
	v := g.complete(d, o, findings, c)
	if o != NotMeasured {
		widen(&v, c)
	}
	return v
}

// complete fills in the comparison and the findings, for an inconclusive verdict
// what would settle it, and for a regression of costs that it is not confirmed.
func (g *Gate) complete(d *document, o Outcome, findings []finding, c *compare.Comparison) Verdict {
	if o == Inconclusive {
		d.Settle = g.settle(findings, c)
	}
	v := d.complete(o, findings, c)
	if g.asksToConfirm(o, findings) {
		v.Confirm = unconfirmed(g.policy, findings)
	}
	return v
}

func (g *Gate) document() *document {
	d := newDocument(g.policy, g.baseline.Header, g.candidate.Header)
	d.Once = g.policy.Mode == Fixed || g.policy.Mode == Strict && g.strictRounds() == 1
	d.Caveats = slices.Concat(d.Caveats, g.caveats, g.stoppedBaseline())
	d.limits = designLimits(g.policy, len(g.tally.tasks), planned(g.policy, g.candidate.Header))
	return d
}

// widen notes that intervals after several looks are too narrow, and gives the
// pass rate's interval at z = 2.176, the widest bound of Pocock-type spending
// over five looks.
func widen(v *Verdict, c *compare.Comparison) {
	const pocock = 2.176
	wide := c.PassRates.Difference().IntervalAt(pocock)
	v.note(compare.PassRate, compare.Fact{Code: NotAdjusted, Low: finite(wide.Low), High: finite(wide.High)})
}
