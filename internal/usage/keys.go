package usage

import (
	"encoding/binary"
	"hash/maphash"
	"math"
	"time"

	"github.com/benchgate/benchgate/internal/otlp"
)

// digest stands for what it was made of: two digests are equal when that is. By
// chance others are with a probability of 2^-128, and as nobody outside of this
// process knows the seeds, nobody can make two that are.
type digest [2]uint64

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// digester makes digests, in one buffer.
type digester struct{ buffer []byte }

func (d *digester) of(b []byte) digest {
	return digest{maphash.Bytes(seeds[0], b), maphash.Bytes(seeds[1], b)}
}

// attributes is the digest of attributes in whatever order: the sum of theirs.
func (d *digester) attributes(a map[string]any) (sum digest) {
	for key, v := range a {
		begin := len(d.buffer)
		d.text(key)
		d.value(v)
		one := d.of(d.buffer[begin:])
		d.buffer = d.buffer[:begin]
		sum[0] += one[0]
		sum[1] += one[1]
	}
	return sum
}

// value appends a value, with its type and length, so that no two values are the
// same bytes.
func (d *digester) value(v any) {
	switch v := v.(type) {
	case string:
		d.buffer = append(d.buffer, 's')
		d.text(v)
	case int64:
		d.buffer = binary.LittleEndian.AppendUint64(append(d.buffer, 'i'), uint64(v))
	case float64:
		d.buffer = binary.LittleEndian.AppendUint64(append(d.buffer, 'f'), math.Float64bits(v))
	case bool:
		d.buffer = append(d.buffer, 'b', byte(boolInt(v)))
	case []byte:
		d.buffer = append(d.buffer, 'x')
		d.text(string(v))
	case []any:
		d.buffer = binary.AppendUvarint(append(d.buffer, 'l'), uint64(len(v)))
		for _, element := range v {
			d.value(element)
		}
	case map[string]any:
		sum := d.attributes(v)
		d.buffer = append(d.buffer, 'm')
		d.buffer = binary.LittleEndian.AppendUint64(d.buffer, sum[0])
		d.buffer = binary.LittleEndian.AppendUint64(d.buffer, sum[1])
	default: // sent without a value
		d.buffer = append(d.buffer, 'n')
	}
}

func (d *digester) text(s string) {
	d.buffer = binary.AppendUvarint(d.buffer, uint64(len(s)))
	d.buffer = append(d.buffer, s...)
}

func (d *digester) time(t time.Time) {
	d.buffer = binary.LittleEndian.AppendUint64(d.buffer, uint64(t.UnixNano()))
}

// event is equal for an event that was sent twice. Its attributes include
// session and sequence number.
func (d *digester) event(e otlp.Event) digest {
	sum := d.attributes(e.Attributes)
	d.buffer = d.buffer[:0]
	d.text(e.Name)
	d.time(e.Time)
	one := d.of(d.buffer)
	return digest{sum[0] + one[0], sum[1] + one[1]}
}

// once keeps the first of the records with equal keys.
func once[T any, K comparable](records []T, key func(T) K) []T {
	seen := make(map[K]bool, len(records))
	out := make([]T, 0, len(records))
	for _, r := range records {
		if k := key(r); !seen[k] {
			seen[k] = true
			out = append(out, r)
		}
	}
	return out
}
