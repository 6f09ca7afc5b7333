package report

import (
	"math"
	"strconv"
	"strings"
)

// The number formats of all reports. Each takes base units (US dollars,
// fractions, seconds, tokens) and keeps about three digits, since no interval
// of ours is narrow enough to deserve a fourth.

// notKnown stands where a number is absent. Absent is never zero.
const notKnown = "not known"

// dollars: $0.0617, $0.26, $1.26, $120, $1,204.
func dollars(x float64) string { return dollarsTo(x, 0) }

// dollarsTo has more decimals than usual.
func dollarsTo(x float64, more int) string {
	sign, x := signOf(x)
	switch {
	case x == 0:
		return "$0"
	case x < 0.00005:
		return sign + "<$0.0001"
	case x < 0.09995:
		return sign + "$" + strconv.FormatFloat(x, 'f', 4+more, 64)
	case x < 99.995:
		return sign + "$" + strconv.FormatFloat(x, 'f', 2+more, 64)
	default:
		return sign + "$" + grouped(x)
	}
}

// signedDollars has its sign and as many decimals as the other parts of one sum:
// +$0.106, −$0.148, $0.000, −$1,318.19.
func signedDollars(x float64, decimals int) string {
	text := signed(x, decimals)
	digits := strings.TrimLeft(text, "+−")
	sign := strings.TrimSuffix(text, digits)
	if whole, cents, found := strings.Cut(digits, "."); found {
		if dollars, err := strconv.ParseFloat(whole, 64); err == nil {
			digits = grouped(dollars) + "." + cents
		}
	}
	return sign + "$" + digits
}

// partDecimals is how many decimals the parts of so many dollars are written with:
// about three digits of the whole, and cents at least.
func partDecimals(whole float64) int {
	if !(whole > 0) {
		return 2
	}
	return min(max(2-int(math.Floor(math.Log10(whole))), 2), 6)
}

// roughDollars is an amount that is known to two digits at best: $0.083, $0.18, $12.
func roughDollars(x float64) string {
	if x == 0 || x >= 0.995 {
		return dollars(x)
	}
	digits := max(1-int(math.Floor(math.Log10(math.Abs(x)))), 2)
	return "$" + strconv.FormatFloat(x, 'f', min(digits, 6), 64)
}

// dollarsBeforeAndNow writes two amounts so that who divides them gets the
// change that stands beside them, or nearly so: $0.18 → $0.15 seems to be −17%
// where $0.1785 → $0.1551 is −13%, so both get a digit more.
func dollarsBeforeAndNow(before, now float64) (string, string) {
	const near, most = 0.02, 2 // part of the ratio; digits
	for more := 0; ; more++ {
		a, b := dollarsTo(before, more), dollarsTo(now, more)
		if more == most || before == 0 || math.Abs(amount(b)/amount(a)-now/before) <= near*now/before {
			return a, b
		}
	}
}

// amount reads what dollarsTo wrote; not a number where that is no amount.
func amount(text string) float64 {
	x, err := strconv.ParseFloat(strings.NewReplacer("$", "", ",", "", "−", "-").Replace(text), 64)
	if err != nil {
		return math.NaN()
	}
	return x
}

// tokens: 950, 41.3k, 2.88M, 1.20B.
func tokens(x float64) string {
	sign, x := signOf(x)
	for _, unit := range []struct {
		size   float64
		suffix string
	}{{1e9, "B"}, {1e6, "M"}, {1e3, "k"}} {
		// 999,950 is 1.00M, not 1000k: the unit begins where rounding reaches it.
		if x >= unit.size*0.9995 {
			return sign + threeDigits(x/unit.size) + unit.suffix
		}
	}
	return sign + count(x)
}

// count: 68, 1,204; a mean keeps one decimal below 100.
func count(x float64) string {
	sign, x := signOf(x)
	if x != math.Trunc(x) && x < 99.95 {
		return sign + strconv.FormatFloat(x, 'f', 1, 64)
	}
	return sign + grouped(x)
}

// duration takes seconds: 3.1 s, 41 s, 36.8 min, 2.5 h.
func duration(seconds float64) string {
	sign, s := signOf(seconds)
	switch {
	case s < 9.95:
		return sign + strconv.FormatFloat(s, 'f', 1, 64) + " s"
	case s < 59.5:
		return sign + strconv.FormatFloat(s, 'f', 0, 64) + " s"
	case s < 90*60:
		return sign + strconv.FormatFloat(s/60, 'f', 1, 64) + " min"
	default:
		return sign + strconv.FormatFloat(s/3600, 'f', 1, 64) + " h"
	}
}

// minutes is a limit of time as it was written: 110 minutes, 1 minute, 0.5 minutes.
func minutes(limit float64) string {
	if limit == 1 {
		return "1 minute"
	}
	return strconv.FormatFloat(limit, 'f', -1, 64) + " minutes"
}

// percent takes a fraction: 70.0%, 100%, 0%; below one percent 0.85%.
func percent(fraction float64) string {
	sign, x := signOf(fraction * 100)
	switch {
	case x == 0 || x == 100:
		return sign + strconv.FormatFloat(x, 'f', 0, 64) + "%"
	case x < 0.995:
		return sign + strconv.FormatFloat(x, 'f', 2, 64) + "%"
	default:
		return sign + strconv.FormatFloat(x, 'f', 1, 64) + "%"
	}
}

// wholePercent takes a fraction for a sentence: 56%; what is not quite all or
// nothing keeps its decimals.
func wholePercent(fraction float64) string {
	if x := math.Abs(fraction * 100); x < 0.5 || x >= 99.5 {
		return percent(fraction)
	}
	return strconv.FormatFloat(fraction*100, 'f', 0, 64) + "%"
}

// costChange puts candidate over baseline into words: "44% more", "9% less",
// "2.40 times as much", "as much".
func costChange(ratio float64) string {
	switch whole := math.Round((ratio - 1) * 100); {
	case ratio >= 2:
		return threeDigits(ratio) + " times as much"
	case whole > 0:
		return count(whole) + "% more"
	case whole < 0:
		return count(-whole) + "% less"
	case ratio == 1:
		return "as much"
	}
	return "about as much"
}

// probability takes a chance or a confidence level, 0 to 1, of which nobody
// needs tenths: 90%.
func probability(x float64) string { return strconv.FormatFloat(x*100, 'f', 0, 64) + "%" }

// oddsOfPlayed takes a share of a few hundred simulated gates: none of them is not
// never, and all of them not always.
func oddsOfPlayed(x float64) string {
	switch {
	case x < 0.005:
		return "under 1%"
	case x > 0.995:
		return "over 99%"
	}
	return probability(x)
}

// smallChance takes a p value or an error rate, 0 to 1, whose size matters more
// than its digits: 0.0033, 0.040, 0.50.
func smallChance(x float64) string {
	switch {
	case x < 0.00005:
		return "below 0.0001"
	case x < 0.01:
		return strconv.FormatFloat(x, 'f', 4, 64)
	case x < 0.1:
		return strconv.FormatFloat(x, 'f', 3, 64)
	}
	return strconv.FormatFloat(x, 'f', 2, 64)
}

// statistic is a test statistic, which may be negative. Nobody needs the digits
// of what lies far beyond every threshold.
func statistic(x float64) string {
	if x > 1000 {
		return "over 1,000"
	}
	sign, x := signOf(x)
	return sign + threeDigits(x)
}

// points takes a difference of fractions: −20.0 pts (percentage points), with
// its sign.
func points(delta float64) string { return signed(delta*100, 1) + " pts" }

// ratioChange takes candidate over baseline: +25.0%, −3.2%, ×2.40. From
// twice on, a factor reads better than a percentage.
func ratioChange(ratio float64) string {
	if ratio >= 2 {
		return factor(ratio)
	}
	return signed((ratio-1)*100, 1) + "%"
}

func factor(ratio float64) string { return "×" + threeDigits(ratio) }

// span is an interval in the form both ends share.
func span(low, high float64, isRatio bool) string {
	switch {
	case !isRatio:
		return signed(low*100, 1) + " to " + points(high)
	case high >= 2:
		return factor(low) + " to " + factor(high)
	default:
		return ratioChange(low) + " to " + ratioChange(high)
	}
}

// threeDigits: 2.88, 12.9, 129; from 1000 on grouped.
func threeDigits(x float64) string {
	switch {
	case x < 9.995:
		return strconv.FormatFloat(x, 'f', 2, 64)
	case x < 99.95:
		return strconv.FormatFloat(x, 'f', 1, 64)
	default:
		return grouped(x)
	}
}

// signed rounds before it looks at the sign, so that no "−0.0" appears.
func signed(x float64, decimals int) string {
	scale := math.Pow(10, float64(decimals))
	x = math.Round(x*scale) / scale
	text := strconv.FormatFloat(math.Abs(x), 'f', decimals, 64)
	switch {
	case x > 0:
		return "+" + text
	case x < 0:
		return "−" + text
	default:
		return text
	}
}

func signOf(x float64) (sign string, abs float64) {
	if x < 0 {
		return "−", -x
	}
	return "", x
}

// grouped rounds to a whole number: 1,204.
func grouped(x float64) string {
	digits := strconv.FormatFloat(math.Round(x), 'f', 0, 64)
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return notKnown
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// known formats a number that may be absent.
func known(x *float64, format func(float64) string) string {
	if x == nil {
		return notKnown
	}
	return format(*x)
}

// plural: "1 trial", "3 trials", "1,204 trials".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return count(float64(n)) + " " + noun + "s"
}
