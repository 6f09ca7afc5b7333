package report

import (
	"math"
	"strings"
)

// A strip draws a metric's interval on an axis that all metrics share: one
// unit is the metric's own margin, right is worse. So "the margin" is one
// vertical line, and what crosses it is undecided.
const (
	stripUnit  = 13 // columns from "no change" to the margin
	stripRange = 2  // units to each side
	stripNone  = stripUnit * stripRange
	stripWidth = 2*stripNone + 1
)

// strip returns the drawing, or "" for a metric without interval or margin.
func strip(m metricView) string {
	low, mid, high, ok := inMargins(m)
	if !ok {
		return ""
	}
	cells := []rune(strings.Repeat(" ", stripWidth))
	cells[stripNone] = '│'
	cells[stripNone+stripUnit] = '┊'
	for i := stripColumn(low); i <= stripColumn(high); i++ {
		switch cells[i] {
		case '│', '┊':
			cells[i] = '┿'
		default:
			cells[i] = '━'
		}
	}
	if low < -stripRange {
		cells[0] = '◀'
	}
	if high > stripRange {
		cells[stripWidth-1] = '▶'
	}
	if math.Abs(mid) <= stripRange {
		cells[stripColumn(mid)] = '●'
	}
	return strings.TrimRight(string(cells), " ")
}

// stripAxis is the line above the strips.
func stripAxis() string {
	axis := []rune(strings.Repeat(" ", stripWidth))
	place := func(at int, text string) {
		copy(axis[max(at, 0):], []rune(text))
	}
	place(0, "◂ better")
	place(stripNone-4, "no change")
	place(stripNone+stripUnit-3, "margin")
	place(stripWidth-7, "worse ▸")
	return string(axis)
}

func stripColumn(units float64) int {
	units = max(-stripRange, min(stripRange, units))
	return stripNone + int(math.Round(units*stripUnit))
}

// inMargins expresses estimate and interval in units of the margin, positive
// is worse: differences over the margin, ratios by their logarithms.
func inMargins(m metricView) (low, mid, high float64, ok bool) {
	s := m.source
	if s.Low == nil || s.High == nil || s.Margin == nil {
		return 0, 0, 0, false
	}
	unit := func(x float64) float64 { return x / *s.Margin }
	estimate := s.Delta
	if s.Delta == nil {
		unit = func(x float64) float64 { return math.Log(x) / math.Log(*s.Margin) }
		estimate = s.Ratio
	}
	if estimate == nil {
		return 0, 0, 0, false
	}
	low, mid, high = unit(*s.Low), unit(*estimate), unit(*s.High)
	if m.higherBetter {
		low, mid, high = -high, -mid, -low
	}
	if math.IsNaN(low+mid+high) || math.IsInf(mid, 0) {
		return 0, 0, 0, false
	}
	return low, mid, high, true
}

// stripped returns the main metrics that can be drawn.
func stripped(views []metricView) []metricView {
	var drawn []metricView
	for _, view := range views {
		if view.main && !view.foreign && strip(view) != "" {
			drawn = append(drawn, view)
		}
	}
	return drawn
}
