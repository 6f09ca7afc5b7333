package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// meaningOfPerSolved says once in a report what its first number is.
const meaningOfPerSolved = "what a correct result costs once the failed tries are paid for"

// whyLine is why the bill moved in one line, for a report that has no room for more;
// empty where the verdict does not say.
func whyLine(v gate.Verdict) string {
	if v.Why == nil {
		return ""
	}
	trial, solved := v.Why.Factors.CostPerTrial, v.Why.Factors.Solved
	line := ""
	if trial != nil {
		line = "a trial costs " + factor(*trial)
		if solved != nil {
			line += ", solved " + factor(*solved)
		}
	}
	if price := breakEvenBriefly(v); price != "" {
		return strings.TrimPrefix(line+"; "+price, "; ")
	}
	return line
}

// whyView is why the bill moved as strings, ready for any layout.
type whyView struct {
	factors string    // cost of a trial, solved, per solved task
	trial   string    // "$0.21 → $0.18"
	parts   []whyPart // of the change in a trial's cost, the last their sum; none where it is not split
	said    []string  // sentences below
}

// whyPart is a row of the split.
type whyPart struct{ label, usd string }

// viewWhy returns nil where the verdict does not say why.
func viewWhy(v gate.Verdict) *whyView {
	w := v.Why
	if w == nil {
		return nil
	}
	before, now := w.TrialUSD.Baseline, w.TrialUSD.Candidate
	view := &whyView{factors: factors(v), trial: dollars(before) + " → " + dollars(now)}
	if w.PerTrial != nil {
		view.parts = partsOf(v, *w.PerTrial)
	}
	for _, sentence := range []string{equalPrices(v), unsolvedShare(v), breakEven(v, limitsOf)} {
		if sentence != "" {
			view.said = append(view.said, sentence)
		}
	}
	return view
}

// factors: "×0.85 cost of a trial ÷ ×0.59 solved = ×1.44 per solved task".
func factors(v gate.Verdict) string {
	trial, solved := v.Why.Factors.CostPerTrial, v.Why.Factors.Solved
	base, cand := solvedNothing(v)
	nothing := ""
	switch {
	case trial == nil:
		return "the baseline cost nothing"
	case solved != nil && *solved > 0:
		return fmt.Sprintf("%s cost of a trial ÷ %s solved = %s per solved task (%s)", factor(*trial), factor(*solved), factor(*trial / *solved), meaningOfPerSolved)
	case base && cand:
		nothing = "; neither side solved a task"
	case base:
		nothing = "; the baseline solved no task"
	case cand:
		nothing = "; the candidate solved no task"
	}
	return factor(*trial) + " cost of a trial" + nothing
}

// partsOf are the rows of the split, those that come to nothing left out, and their
// sum. Each is rounded by itself; where the rounded parts do not make the rounded
// sum the last row says so.
func partsOf(v gate.Verdict, p compare.PerTrial) []whyPart {
	decimals := partDecimals(max(v.Why.TrialUSD.Baseline, v.Why.TrialUSD.Candidate))
	scale := math.Pow(10, float64(decimals))
	var rows []whyPart
	shown := 0.0
	add := func(label string, usd *float64) {
		if usd == nil || math.Round(*usd*scale) == 0 {
			return
		}
		shown += math.Round(*usd * scale)
		rows = append(rows, whyPart{label, signedDollars(*usd, decimals)})
	}
	add(pricesLabel(v), p.Price)
	add(requestsLabel(v.Why), &p.Requests)
	add("what a request costs", p.PerRequest)
	add("cache written a request", p.CacheWrite)
	add("cache read a request", p.CacheRead)
	add("output and input a request", together(p.Output, p.Input))
	add("web searches and other server tools", p.ServerTools)
	add("unfinished requests and other", &p.Other)
	label := "together"
	if shown != math.Round(p.Sum()*scale) {
		label = "together, before rounding"
	}
	return append(rows, whyPart{label, signedDollars(p.Sum(), decimals)})
}

func together(a, b *float64) *float64 {
	if a == nil || b == nil {
		return nil
	}
	sum := *a + *b
	return &sum
}

func pricesLabel(v gate.Verdict) string {
	label := "prices"
	if v.Baseline.Variant.Model != v.Candidate.Variant.Model {
		label = "prices of the model"
	}
	if v.Why.PriceRatio == nil {
		return label
	}
	return label + " (" + factor(*v.Why.PriceRatio) + ")"
}

func requestsLabel(w *compare.Why) string {
	if w.RequestsPerTrial == nil {
		return "requests"
	}
	mean := func(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }
	return "requests (" + mean(w.RequestsPerTrial.Baseline) + " → " + mean(w.RequestsPerTrial.Candidate) + " a trial)"
}

// equalPrices says what the work would have cost without other prices; empty where
// they are the same.
func equalPrices(v gate.Verdict) string {
	w := v.Why
	if w.PriceRatio == nil || w.RatioAtEqualPrices == nil || math.Abs(*w.PriceRatio-1) < 0.005 {
		return ""
	}
	base, _ := sides(v)
	return fmt.Sprintf("At the prices of %s the same work would cost %s per solved task", base, factor(*w.RatioAtEqualPrices))
}

func unsolvedShare(v gate.Verdict) string {
	s := v.Why.UnsolvedShare
	if s == nil || s.Baseline == 0 && s.Candidate == 0 {
		return ""
	}
	return fmt.Sprintf("Money spent on trials that solved nothing: %s → %s", probability(s.Baseline), probability(s.Candidate))
}

// withoutIt is the change in cost per solved task over all tasks but one; empty
// where there is none.
func withoutIt(row gate.TaskRow) string {
	if row.PerSolvedWithout == nil {
		return ""
	}
	if *row.PerSolvedWithout >= 2 {
		return factor(*row.PerSolvedWithout)
	}
	return signed((*row.PerSolvedWithout-1)*100, 0) + "%"
}

// why is the text's block.
func (t *text) why(v gate.Verdict) {
	view := viewWhy(v)
	if view == nil {
		return
	}
	t.gap()
	t.wrapped(normal, "Why: ", indent, view.factors)
	if len(view.parts) > 0 {
		table := &table{columns: []column{{title: "a trial costs", shortest: 20}, {title: view.trial, right: true}}}
		for _, part := range view.parts {
			table.rows = append(table.rows, []cell{{indent + part.label, normal}, {part.usd, normal}})
		}
		table.fit(t.width - len(indent))
		for _, line := range table.lines(t.painter) {
			t.line(line)
		}
	}
	for _, sentence := range view.said {
		t.wrapped(normal, "· ", indent, sentence)
	}
}

// why is the comment's block.
func (m *markdown) why(v gate.Verdict) {
	view := viewWhy(v)
	if view == nil {
		return
	}
	m.block("**Why:** " + escape(view.factors))
	if len(view.parts) > 0 {
		var rows [][]string
		for i, part := range view.parts {
			row := []string{escape(part.label), escape(part.usd)}
			if i == len(view.parts)-1 {
				row = []string{"**" + row[0] + "**", "**" + row[1] + "**"}
			}
			rows = append(rows, row)
		}
		m.rows("lr", []string{"a trial costs", escape(view.trial)}, rows)
	}
	m.bullets("", view.said, len(view.said))
}

// checkWhy says what contradicts the format in a document's "why".
func checkWhy(w *compare.Why, wrong wrong) {
	if w == nil {
		return
	}
	b := w.BreakEven
	switch b.Cheaper {
	case compare.CheaperBelow, compare.CheaperAbove:
		if b.USD == nil {
			wrong("why.break_even", "why.break_even: %s without usd_per_unsolved", b.Cheaper)
		}
	case compare.CheaperCandidate, compare.CheaperBaseline, compare.CheaperNeither:
	default:
		wrong("why.break_even.cheaper", "why.break_even.cheaper is %q, want candidate_below, candidate_above, candidate, baseline or neither", b.Cheaper)
	}
	if b.Low != nil && b.High != nil && *b.Low > *b.High {
		wrong("why.break_even.low", "why.break_even: low %v is above high %v", *b.Low, *b.High)
	}
	if b.Level < 0 || b.Level >= 1 {
		wrong("why.break_even.level", "why.break_even.level is %v, want a fraction below 1", b.Level)
	}
}
