package gate

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"github.com/benchgate/benchgate/compare"
)

// ratioPhrase writes x1.25, 90% interval 0.90 to 1.70.
func ratioPhrase(e compare.Estimate) string {
	if e.Ratio == nil {
		return cmp.Or(e.Note, "no ratio exists")
	}
	text := fmt.Sprintf("x%.2f", *e.Ratio)
	if e.Low == nil || e.High == nil {
		return text + ", no interval"
	}
	return text + fmt.Sprintf(", %s interval %.2f to %.2f", percent(compare.Level), *e.Low, *e.High)
}

// deltaPhrase writes -20 points, 90% interval -35 to -4.
func deltaPhrase(e compare.Estimate) string {
	if e.Delta == nil {
		return "no difference exists"
	}
	text := points(*e.Delta) + " points"
	if e.Low == nil || e.High == nil {
		return text + ", no interval"
	}
	return text + fmt.Sprintf(", %s interval %s to %s", percent(compare.Level), points(*e.Low), points(*e.High))
}

func points(fraction float64) string {
	rounded := math.Round(100 * fraction)
	if rounded == 0 {
		return "0"
	}
	return fmt.Sprintf("%+.0f", rounded)
}

func percent(fraction float64) string { return fmt.Sprintf("%.0f%%", 100*fraction) }

// dollars keeps cents where there are dollars and digits where there are none.
func dollars(usd float64) string {
	if usd != 0 && math.Abs(usd) < 0.1 {
		return fmt.Sprintf("$%.2g", usd)
	}
	return fmt.Sprintf("$%.2f", usd)
}

func trimmed(x float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", x), "0"), ".")
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func capitalised(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}
