package gate

import (
	"cmp"
	"maps"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// billed fills in the US dollars of all the candidate's tries: those that count,
// those that an infrastructure error broke, those that were cancelled, and those
// that ended when the verdict stood already. Used is nil when some try's cost is
// unknown, or there is no try; saved is nil unless planned trials were not made.
func (g *Gate) billed(v Verdict) Verdict {
	all := with(g.candidate, g.unused())
	v.USDUsed, v.USDSaved = nil, nil
	if usd, known := all.SpentUSD(); known && len(all.Trials) > 0 {
		v.USDUsed = finite(usd)
	}
	if v.StoppedEarly && all.CameToAnEnd(len(g.remaining)) < g.planned {
		v.USDSaved = g.saved(all)
	}
	return v
}

// unused are the tries that entered no statistic: broken, cancelled, or
// finished beyond the verdict, in the order of seq.
func (g *Gate) unused() []baselines.Trial {
	tries := slices.Concat(g.overhead, g.outOfTurn())
	slices.SortStableFunc(tries, func(a, b baselines.Trial) int {
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Try, b.Try))
	})
	return tries
}

// outOfTurn are the trials that finished before their turn and wait for it, in the
// order of seq.
func (g *Gate) outOfTurn() []baselines.Trial {
	var out []baselines.Trial
	for _, seq := range slices.Sorted(maps.Keys(g.waiting)) {
		out = append(out, g.waiting[seq])
	}
	return out
}

// saved is what the planned trials that were not made would have cost, each at
// its task's mean in the statistics or at the mean of all, less what they cost
// before they were stopped. Nil when no cost is known.
func (g *Gate) saved(made *baselines.Run) *float64 {
	type sum struct {
		usd float64
		n   int
	}
	byTask, all := make(map[string]sum), sum{}
	for _, t := range g.candidate.Trials {
		if usd, known := compare.CostOf(&t); known && t.Ended.Counts() {
			s := byTask[t.Task]
			byTask[t.Task] = sum{s.usd + usd, s.n + 1}
			all = sum{all.usd + usd, all.n + 1}
		}
	}
	if all.n == 0 {
		return nil
	}
	done := make(map[baselines.Key]bool)
	for _, t := range made.Counted() {
		done[t.Key()] = true
	}
	saved := 0.0
	for _, id := range g.tally.ids { // sorted: the order of tasks in a suite changes no last digit
		mean := cmp.Or(byTask[id], all)
		for attempt := range g.remaining {
			if !done[baselines.Key{Task: id, Attempt: attempt + 1}] {
				saved += mean.usd / float64(mean.n)
			}
		}
	}
	for _, t := range g.unused() {
		if usd, known := compare.CostOf(&t); known && !done[t.Key()] {
			saved -= usd
		}
	}
	return finite(max(0, saved))
}
