package otlp

import (
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// maxBuckets is how many buckets a sum of two exponential histograms may have. SDKs
// keep 160; an offset that an agent makes up must not take gigabytes.
const maxBuckets = 10_000

var exponentialForm = pointForm[pmetric.ExponentialHistogramDataPoint]{
	empty: pmetric.NewExponentialHistogramDataPoint,
	add: func(to, delta pmetric.ExponentialHistogramDataPoint) bool {
		if to.ZeroThreshold() != delta.ZeroThreshold() {
			return false
		}
		scale := min(to.Scale(), delta.Scale())
		positive, fits := merge(at(to.Positive(), to.Scale(), scale), at(delta.Positive(), delta.Scale(), scale), plus)
		negative, fitsToo := merge(at(to.Negative(), to.Scale(), scale), at(delta.Negative(), delta.Scale(), scale), plus)
		if !fits || !fitsToo {
			return false
		}
		to.SetScale(scale)
		positive.into(to.Positive())
		negative.into(to.Negative())
		to.SetZeroCount(to.ZeroCount() + delta.ZeroCount())
		to.SetCount(to.Count() + delta.Count())
		addSummary(to, delta)
		return true
	},
	subtract: func(from, earlier pmetric.ExponentialHistogramDataPoint) bool {
		scale := from.Scale() // it only falls while a series lasts
		if earlier.Scale() < scale || from.ZeroThreshold() != earlier.ZeroThreshold() ||
			from.Count() < earlier.Count() || from.ZeroCount() < earlier.ZeroCount() {
			return false
		}
		positive, fits := merge(at(from.Positive(), scale, scale), at(earlier.Positive(), earlier.Scale(), scale), minus)
		negative, fitsToo := merge(at(from.Negative(), scale, scale), at(earlier.Negative(), earlier.Scale(), scale), minus)
		if !fits || !fitsToo {
			return false
		}
		positive.into(from.Positive())
		negative.into(from.Negative())
		from.SetZeroCount(from.ZeroCount() - earlier.ZeroCount())
		from.SetCount(from.Count() - earlier.Count())
		subtractSummary(from, earlier)
		return true
	},
}

// buckets are counts of neighbouring buckets, the first of which has the index offset.
type buckets struct {
	offset int64
	counts []uint64
}

func (b buckets) end() int64 { return b.offset + int64(len(b.counts)) }

func (b buckets) into(to pmetric.ExponentialHistogramDataPointBuckets) {
	to.SetOffset(int32(b.offset))
	to.BucketCounts().FromRaw(b.counts)
}

// at are buckets at a scale that is not finer than theirs. One step coarser, two
// neighbours are one bucket, and the index is halved, rounded down:
// https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponential-scale
func at(b pmetric.ExponentialHistogramDataPointBuckets, scale, coarser int32) buckets {
	counts := b.BucketCounts().AsRaw()
	offset := int64(b.Offset())
	shift := min(uint(int64(scale)-int64(coarser)), 40) // an index has 32 bits
	if len(counts) == 0 {
		return buckets{}
	}
	out := buckets{offset: offset >> shift}
	out.counts = make([]uint64, (offset+int64(len(counts))-1)>>shift-out.offset+1)
	for i, n := range counts {
		out.counts[(offset+int64(i))>>shift-out.offset] += n
	}
	return out
}

// merge combines buckets one by one. false: they are too far apart, or cannot be
// combined.
func merge(a, b buckets, combine func(x, y uint64) (uint64, bool)) (buckets, bool) {
	if len(a.counts) == 0 {
		a.offset = b.offset
	}
	if len(b.counts) == 0 {
		b.offset = a.offset
	}
	first, end := min(a.offset, b.offset), max(a.end(), b.end())
	if end-first > maxBuckets {
		return buckets{}, false
	}
	out := buckets{offset: first, counts: make([]uint64, end-first)}
	copy(out.counts[a.offset-first:], a.counts)
	for i, n := range b.counts {
		at := b.offset - first + int64(i)
		combined, ok := combine(out.counts[at], n)
		if !ok {
			return buckets{}, false
		}
		out.counts[at] = combined
	}
	return out, true
}

func plus(x, y uint64) (uint64, bool)  { return x + y, true }
func minus(x, y uint64) (uint64, bool) { return x - y, x >= y }
