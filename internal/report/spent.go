package report

import (
	"slices"
	"strconv"

	"github.com/benchgate/benchgate/baselines"
)

// money is where each arm's dollars went: by what was asked for, and by what came of
// it. Trials whose cost is not known are in no sum, and counted below it.
func (p Particulars) money(m *markdown) {
	arms := p.arms()
	titles, align := []string{"where the money went"}, "l"
	var all []spent
	for _, a := range arms {
		titles, align = append(titles, string(a.arm)), align+"r"
		all = append(all, spentBy(a.run))
	}
	if !slices.ContainsFunc(all, func(s spent) bool { return s.trials+s.unknown > 0 }) {
		return
	}
	var rows [][]string
	for _, class := range moneyClasses {
		row := []string{class.name}
		for _, s := range all {
			row = append(row, class.cell(s))
		}
		rows = append(rows, row)
	}
	m.details("Where the money went", func() { m.rows(align, titles, rows) })
}

// spent is what the trials of one run cost, in US dollars.
type spent struct {
	main, subagent, auxiliary, unfinished float64 // by what was asked for
	solved, unsolved, notCounted          float64 // the same, by what came of it

	trials, unknown int // whose costs are known, and are not
}

func spentBy(r *baselines.Run) spent {
	var s spent
	counted := countedTries(r)
	for _, t := range r.Trials {
		if t.CostUSD == nil {
			s.unknown++
			continue
		}
		s.trials++
		s.main += t.CostUSD.Main
		s.subagent += t.CostUSD.Subagent
		s.auxiliary += t.CostUSD.Auxiliary
		s.unfinished += t.CostUSD.Unfinished
		switch usd := t.CostUSD.Total(); {
		case !counted[tryOf{t.Key(), t.Try}]:
			s.notCounted += usd
		case t.IsSolved():
			s.solved += usd
		default:
			s.unsolved += usd
		}
	}
	return s
}

func (s spent) total() float64 { return s.main + s.subagent + s.auxiliary + s.unfinished }

// moneyClasses are the rows of the table.
var moneyClasses = []struct {
	name string
	cell func(spent) string
}{
	{"the model's own work", part(func(s spent) float64 { return s.main })},
	{"subagents", part(func(s spent) float64 { return s.subagent })},
	{"the agent's housekeeping, which is not compared", part(func(s spent) float64 { return s.auxiliary })},
	{"requests that were cut, in part an estimate", part(func(s spent) float64 { return s.unfinished })},
	{"**together**", part(spent.total)},
	{"of that in trials that solved their task", part(func(s spent) float64 { return s.solved })},
	{"in trials that did not", part(func(s spent) float64 { return s.unsolved })},
	{"in tries that count nowhere", part(func(s spent) float64 { return s.notCounted })},
	{"trials whose cost is not known", func(s spent) string { return strconv.Itoa(s.unknown) }},
}

// part is a cell with dollars and their share of the whole.
func part(of func(spent) float64) func(spent) string {
	return func(s spent) string {
		if s.trials == 0 {
			return notKnown
		}
		usd, text := of(s), ""
		if whole := s.total(); whole > 0 && usd > 0 && usd < whole {
			text = " (" + wholePercent(usd/whole) + ")"
		}
		return escape(dollars(usd) + text)
	}
}
