package otlp_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"

	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/otlp/otlptest"
)

// point is one of a series, in seconds since its beginning.
type point struct {
	series     string
	start, end int
	value      float64
}

var beginning = time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)

func at(seconds int) pcommon.Timestamp {
	return pcommon.NewTimestampFromTime(beginning.Add(time.Duration(seconds) * time.Second))
}

func seconds(t pcommon.Timestamp) int { return int(t.AsTime().Sub(beginning) / time.Second) }

// sums puts each export's points into one payload.
func sums(t *testing.T, exports [][]point, temporality pmetric.AggregationTemporality, monotonic bool) []otlp.Payload {
	t.Helper()
	var payloads []otlp.Payload
	for _, points := range exports {
		metrics := pmetric.NewMetrics()
		m := metrics.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
		m.SetName("tokens")
		sum := m.SetEmptySum()
		sum.SetIsMonotonic(monotonic)
		sum.SetAggregationTemporality(temporality)
		for _, p := range points {
			dp := sum.DataPoints().AppendEmpty()
			dp.SetStartTimestamp(at(p.start))
			dp.SetTimestamp(at(p.end))
			dp.SetDoubleValue(p.value)
			dp.Attributes().PutStr("series", p.series)
		}
		payloads = append(payloads, metricsPayload(t, metrics))
	}
	return payloads
}

func metricsPayload(t *testing.T, metrics pmetric.Metrics) otlp.Payload {
	t.Helper()
	body, err := pmetricotlp.NewExportRequestFromMetrics(metrics).MarshalProto()
	if err != nil {
		t.Fatal(err)
	}
	return otlp.Payload{Signal: otlp.Metrics, Encoding: otlp.Protobuf, Body: body}
}

// metricsOf are the metrics that the payloads become at a target.
func metricsOf(t *testing.T, payloads []otlp.Payload, wanted otlp.Temporality) []pmetric.Metric {
	t.Helper()
	how := rewriting()
	how.Temporality = wanted
	var all []pmetric.Metric
	for _, b := range rewriteAll(t, how, payloads) {
		if b.Signal != otlp.Metrics {
			continue
		}
		request := pmetricotlp.NewExportRequest()
		if err := request.UnmarshalProto(b.Body); err != nil {
			t.Fatal(err)
		}
		for _, resource := range request.Metrics().ResourceMetrics().All() {
			for _, scope := range resource.ScopeMetrics().All() {
				for _, m := range scope.Metrics().All() {
					all = append(all, m)
				}
			}
		}
	}
	return all
}

func TestTemporalityIsTheTargetsChoice(t *testing.T) {
	delta, cumulative := pmetric.AggregationTemporalityDelta, pmetric.AggregationTemporalityCumulative
	tests := map[string]struct {
		came      pmetric.AggregationTemporality
		level     bool // the sum may fall
		wanted    otlp.Temporality
		exports   [][]point
		want      []point
		temporary pmetric.AggregationTemporality
	}{
		"deltas add up from the start of the first": {
			delta, false, otlp.Cumulative,
			[][]point{{{"a", 0, 10, 1}, {"b", 5, 10, 7}}, {{"a", 10, 20, 2}}, {{"a", 20, 30, 0}, {"b", 10, 30, 1}}},
			[]point{{"a", 0, 10, 1}, {"b", 5, 10, 7}, {"a", 0, 20, 3}, {"a", 0, 30, 3}, {"b", 5, 30, 8}},
			cumulative,
		},
		"totals become what came since the point before": {
			cumulative, false, otlp.Delta,
			[][]point{{{"a", 0, 10, 1}}, {{"a", 0, 20, 3}, {"b", 5, 20, 7}}, {{"a", 0, 30, 3}}},
			[]point{{"a", 0, 10, 1}, {"a", 10, 20, 2}, {"b", 5, 20, 7}, {"a", 20, 30, 0}},
			delta,
		},
		"a total that fell began anew": {
			cumulative, false, otlp.Delta,
			[][]point{{{"a", 0, 10, 5}}, {{"a", 0, 20, 2}}},
			[]point{{"a", 0, 10, 5}, {"a", 10, 20, 2}},
			delta,
		},
		"so did one with another start, and both may go on": {
			cumulative, false, otlp.Delta,
			[][]point{{{"a", 0, 10, 5}, {"a", 8, 10, 1}}, {{"a", 0, 20, 6}, {"a", 8, 20, 4}}},
			[]point{{"a", 0, 10, 5}, {"a", 8, 10, 1}, {"a", 10, 20, 1}, {"a", 10, 20, 3}},
			delta,
		},
		"a total that comes twice says nothing new": {
			cumulative, false, otlp.Delta,
			[][]point{{{"a", 0, 10, 5}}, {{"a", 0, 10, 5}}, {{"a", 0, 20, 6}}},
			[]point{{"a", 0, 10, 5}, {"a", 10, 20, 1}},
			delta,
		},
		"a level is never a delta": {
			cumulative, true, otlp.Delta,
			[][]point{{{"a", 0, 10, 5}}, {{"a", 0, 20, 3}}},
			[]point{{"a", 0, 10, 5}, {"a", 0, 20, 3}},
			cumulative,
		},
		"deltas for a target that wants deltas": {
			delta, false, otlp.Delta,
			[][]point{{{"a", 0, 10, 5}}, {{"a", 10, 20, 3}}},
			[]point{{"a", 0, 10, 5}, {"a", 10, 20, 3}},
			delta,
		},
		"totals for a target that wants totals": {
			cumulative, false, otlp.Cumulative,
			[][]point{{{"a", 0, 10, 5}}, {{"a", 0, 20, 8}}},
			[]point{{"a", 0, 10, 5}, {"a", 0, 20, 8}},
			cumulative,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []point
			for _, m := range metricsOf(t, sums(t, tt.exports, tt.came, !tt.level), tt.wanted) {
				if m.Sum().AggregationTemporality() != tt.temporary {
					t.Errorf("temporality is %v", m.Sum().AggregationTemporality())
				}
				for _, dp := range m.Sum().DataPoints().All() {
					series, _ := dp.Attributes().Get("series")
					got = append(got, point{series.Str(), seconds(dp.StartTimestamp()), seconds(dp.Timestamp()), dp.DoubleValue()})
				}
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(point{})); diff != "" {
				t.Errorf("points (-want +got):\n%s", diff)
			}
		})
	}
}

// Two points of one series never have one time: Prometheus would refuse the second.
func TestDeltasOfOneTimeBecomeTotalsOfTwo(t *testing.T) {
	exports := [][]point{{{"a", 0, 10, 1}, {"a", 0, 10, 2}}, {{"a", 5, 9, 4}}}
	var times []time.Time
	last := 0.0
	for _, m := range metricsOf(t, sums(t, exports, pmetric.AggregationTemporalityDelta, true), otlp.Cumulative) {
		for _, dp := range m.Sum().DataPoints().All() {
			times = append(times, dp.Timestamp().AsTime().Truncate(time.Millisecond))
			last = dp.DoubleValue()
		}
	}
	if last != 7 || !slices.IsSortedFunc(times, time.Time.Compare) || len(slices.Compact(times)) != 3 {
		t.Errorf("the total is %v at %v, want 7 at three rising times", last, times)
	}
}

// What real Claude Code sent in deltas is, cumulative, the same in the end: per series
// the last point is the sum of all.
func TestRealDeltasAddUp(t *testing.T) {
	payloads := otlptest.ReadDir(t, "testdata/captures/a-simple-http-protobuf")
	want, errs := otlp.DecodeAll(payloads)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	totalOf := make(map[string]float64)
	for _, p := range want.Points {
		totalOf[p.Name] += p.Value
	}
	got := make(map[string]map[string]float64)
	for _, m := range metricsOf(t, payloads, otlp.Cumulative) {
		if m.Sum().AggregationTemporality() != pmetric.AggregationTemporalityCumulative {
			t.Errorf("%s has temporality %v", m.Name(), m.Sum().AggregationTemporality())
		}
		for _, dp := range m.Sum().DataPoints().All() {
			if got[m.Name()] == nil {
				got[m.Name()] = make(map[string]float64)
			}
			key := ""
			for name, v := range dp.Attributes().All() {
				key += name + "=" + v.AsString() + ";"
			}
			got[m.Name()][key] = dp.DoubleValue()
		}
	}
	for name, total := range totalOf {
		sum := 0.0
		for _, v := range got[name] {
			sum += v
		}
		if !cmp.Equal(total, sum, closeEnough) {
			t.Errorf("%s ends at %v, want %v", name, sum, total)
		}
	}
}

// There and back again: exponential histograms of any scales and offsets keep every
// count, and explicit ones too.
func TestHistogramsThereAndBack(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var deltas []otlp.Payload
		scale := int32(chance.IntN(6))
		for i := range 5 {
			metrics := pmetric.NewMetrics()
			scope := metrics.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty()
			scale -= int32(chance.IntN(2)) // a series only becomes coarser
			exponentialPoint(scope.Metrics().AppendEmpty(), chance, i, scale)
			explicitPoint(scope.Metrics().AppendEmpty(), chance, i)
			deltas = append(deltas, metricsPayload(t, metrics))
		}
		how := rewriting()
		how.Temporality = otlp.Cumulative
		var totals []otlp.Payload
		for _, b := range rewriteAll(t, how, deltas) {
			totals = append(totals, otlp.Payload{Signal: b.Signal, Encoding: otlp.Protobuf, Body: b.Body})
		}
		for i, m := range metricsOf(t, totals, otlp.Delta) {
			export := i / 2
			original := metricsOf(t, deltas[export:export+1], otlp.Delta)[i%2]
			switch m.Type() {
			case pmetric.MetricTypeHistogram:
				got, want := m.Histogram().DataPoints().At(0), original.Histogram().DataPoints().At(0)
				if !slices.Equal(got.BucketCounts().AsRaw(), want.BucketCounts().AsRaw()) || got.Count() != want.Count() || !cmp.Equal(got.Sum(), want.Sum(), closeEnough) {
					t.Fatalf("export %d: explicit buckets %v, want %v", export, got.BucketCounts().AsRaw(), want.BucketCounts().AsRaw())
				}
			case pmetric.MetricTypeExponentialHistogram:
				got, want := m.ExponentialHistogram().DataPoints().At(0), original.ExponentialHistogram().DataPoints().At(0)
				if got.Scale() != want.Scale() {
					t.Fatalf("export %d: scale %d, want %d", export, got.Scale(), want.Scale())
				}
				if diff := cmp.Diff(countsAt(want), countsAt(got)); diff != "" {
					t.Fatalf("export %d: exponential buckets (-want +got):\n%s", export, diff)
				}
			}
		}
	}
}

func exponentialPoint(m pmetric.Metric, chance *rand.Rand, export int, scale int32) {
	m.SetName("exponential")
	h := m.SetEmptyExponentialHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	dp := h.DataPoints().AppendEmpty()
	dp.SetStartTimestamp(at(10 * export))
	dp.SetTimestamp(at(10*export + 10))
	dp.SetScale(scale)
	dp.Positive().SetOffset(int32(chance.IntN(60) - 30))
	total := uint64(0)
	for range chance.IntN(8) {
		n := uint64(chance.IntN(5))
		total += n
		dp.Positive().BucketCounts().Append(n)
	}
	dp.SetZeroCount(uint64(chance.IntN(3)))
	dp.SetCount(total + dp.ZeroCount())
}

func explicitPoint(m pmetric.Metric, chance *rand.Rand, export int) {
	m.SetName("explicit")
	h := m.SetEmptyHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	dp := h.DataPoints().AppendEmpty()
	dp.SetStartTimestamp(at(10 * export))
	dp.SetTimestamp(at(10*export + 10))
	dp.ExplicitBounds().FromRaw([]float64{1, 2, 4})
	total := uint64(0)
	for range 4 {
		n := uint64(chance.IntN(5))
		total += n
		dp.BucketCounts().Append(n)
	}
	dp.SetCount(total)
	dp.SetSum(chance.Float64() * 100)
}

// countsAt are the counts of a point that are not zero, by the bucket's index.
func countsAt(dp pmetric.ExponentialHistogramDataPoint) map[int32]uint64 {
	counts := make(map[int32]uint64)
	for i, n := range dp.Positive().BucketCounts().All() {
		if n > 0 {
			counts[dp.Positive().Offset()+int32(i)] += n
		}
	}
	return counts
}

// An offset that an agent made up must not make two histograms take gigabytes.
func TestHistogramsFarApartAreNotMerged(t *testing.T) {
	var payloads []otlp.Payload
	for i, offset := range []int32{-1 << 31, 1<<31 - 2} {
		metrics := pmetric.NewMetrics()
		m := metrics.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
		exponentialPoint(m, rand.New(rand.NewPCG(1, 2)), i, 0)
		dp := m.ExponentialHistogram().DataPoints().At(0)
		dp.Positive().SetOffset(offset)
		dp.Positive().BucketCounts().FromRaw([]uint64{1})
		payloads = append(payloads, metricsPayload(t, metrics))
	}
	metrics := metricsOf(t, payloads, otlp.Cumulative)
	second := metrics[1].ExponentialHistogram().DataPoints().At(0)
	if second.Positive().Offset() != 1<<31-2 || seconds(second.StartTimestamp()) != 10 {
		t.Errorf("the second begins at %d with offset %d, want a series that began anew", seconds(second.StartTimestamp()), second.Positive().Offset())
	}
}
