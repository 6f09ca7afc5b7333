package usage

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/benchgate/benchgate/internal/otlp"
)

// series is the total of one metric of one resource with one set of attributes.
type series struct {
	name       string
	attributes otlp.Attributes
	total      float64
	last       time.Time
}

// sums adds up the metrics of kind sum. A task's own settings can switch the
// agent from delta to cumulative points, so both kinds are read, as each point
// is marked:
//
//   - delta points are added; two with the same start and end are one that was
//     sent twice;
//   - of cumulative points with the same start the last is taken; a value below
//     the one before it means that the counter started again from zero.
//
// Values that no counter can have (negative, not finite) are ignored.
func sums(points []otlp.Point) []series {
	type key struct {
		name, resource string
		attributes     digest
	}
	byKey := make(map[key][]otlp.Point)
	var order []key
	var digests digester
	for _, p := range points {
		if p.Kind != otlp.Sum || !(p.Value >= 0) || math.IsInf(p.Value, 0) {
			continue
		}
		key := key{p.Name, p.Resource, digests.attributes(p.Attributes)}
		if _, ok := byKey[key]; !ok {
			order = append(order, key)
		}
		byKey[key] = append(byKey[key], p)
	}
	var out []series
	for _, key := range order {
		points := byKey[key]
		slices.SortStableFunc(points, func(a, b otlp.Point) int {
			return cmp.Or(a.Start.Compare(b.Start), a.Time.Compare(b.Time))
		})
		last := points[len(points)-1]
		out = append(out, series{last.Name, last.Attributes, sumDeltas(points) + sumCumulative(points), last.Time})
	}
	return out
}

// sumDeltas adds the delta points, which are sorted by start and time.
func sumDeltas(points []otlp.Point) (total float64) {
	var start, end time.Time
	first := true
	for _, p := range points {
		if !p.Delta {
			continue
		}
		if first || !p.Start.Equal(start) || !p.Time.Equal(end) {
			total += p.Value
		}
		start, end, first = p.Start, p.Time, false
	}
	return total
}

// sumCumulative adds the last values of cumulative counters, each from its start
// to where the next one starts; the points are sorted by start and time.
func sumCumulative(points []otlp.Point) (total float64) {
	var start time.Time
	running := 0.0
	for _, p := range points {
		if p.Delta {
			continue
		}
		if !p.Start.Equal(start) || p.Value < running {
			total += running
		}
		running, start = p.Value, p.Start
	}
	return total + running
}

// count makes a whole number of a counter, which the agent sends as a double.
func count(v float64) int64 {
	const largest = 1 << 53 // above it a float64 cannot hold every whole number
	return int64(math.Round(min(v, largest)))
}
