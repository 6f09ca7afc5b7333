package report

import "github.com/benchgate/benchgate/compare"

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
