package report

import (
	"fmt"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// breakEven says what a failure may cost. Where one side is ahead in both it is said
// in the past tense: of these trials, not of what they are a sample of.
func breakEven(v gate.Verdict, limits func(compare.BreakEven) string) string {
	base, cand := sides(v)
	switch b := v.Why.BreakEven; {
	case b.Cheaper == compare.CheaperBelow && b.USD != nil:
		return fmt.Sprintf("%s is the cheaper one only if an unsolved task costs you less than %s%s", cand, roughDollars(*b.USD), limits(b))
	case b.Cheaper == compare.CheaperAbove && b.USD != nil:
		return fmt.Sprintf("%s is worth it from %s an unsolved task on%s", cand, roughDollars(*b.USD), limits(b))
	case b.Cheaper == compare.CheaperCandidate:
		return fmt.Sprintf("%s was the cheaper one in these trials, whatever an unsolved task costs you", cand)
	case b.Cheaper == compare.CheaperBaseline:
		return fmt.Sprintf("%s was the cheaper one in these trials, whatever an unsolved task costs you", base)
	}
	return ""
}

// breakEvenBriefly is the price alone, of the candidate that was spoken of before.
func breakEvenBriefly(v gate.Verdict) string {
	switch b := v.Why.BreakEven; {
	case b.Cheaper == compare.CheaperBelow && b.USD != nil:
		return "cheaper only if an unsolved task costs you less than " + roughDollars(*b.USD)
	case b.Cheaper == compare.CheaperAbove && b.USD != nil:
		return "worth it from " + roughDollars(*b.USD) + " an unsolved task on"
	case b.Cheaper == compare.CheaperCandidate:
		return "cheaper in these trials, whatever an unsolved task costs"
	case b.Cheaper == compare.CheaperBaseline:
		return "dearer in these trials, whatever an unsolved task costs"
	}
	return ""
}

// limitsOf is the interval of a price, of which either end may be open.
func limitsOf(b compare.BreakEven) string {
	if b.Level == 0 {
		return ""
	}
	text := " (" + probability(b.Level) + " interval "
	switch {
	case b.Low != nil && b.High != nil:
		return text + roughDollars(*b.Low) + " to " + roughDollars(*b.High) + ")"
	case b.High != nil:
		return text + "up to " + roughDollars(*b.High) + ")"
	case b.Low != nil:
		return text + "from " + roughDollars(*b.Low) + " on, without an upper end)"
	}
	return text + "open at both ends: so few trials rule out no price)"
}

// sides are what a sentence calls the two sides.
func sides(v gate.Verdict) (baseline, candidate string) {
	baseline, candidate = armNames(v)
	if baseline == "baseline" && candidate == "candidate" {
		return "the baseline", "the candidate"
	}
	return shorten(baseline, titleName), shorten(candidate, titleName)
}
