package otlp

import (
	"bytes"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// attributes copies a map; of a key that is in it twice, the last value is kept.
func attributes(m pcommon.Map) Attributes {
	out := make(Attributes, m.Len())
	for key, v := range m.All() {
		out[key] = value(v)
	}
	return out
}

// value recurses as deep as the body was nested, which maxDepth bounds.
func value(v pcommon.Value) any {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return v.Str()
	case pcommon.ValueTypeBool:
		return v.Bool()
	case pcommon.ValueTypeInt:
		return v.Int()
	case pcommon.ValueTypeDouble:
		return v.Double()
	case pcommon.ValueTypeBytes:
		return bytes.Clone(v.Bytes().AsRaw())
	case pcommon.ValueTypeSlice:
		out := make([]any, 0, v.Slice().Len())
		for _, element := range v.Slice().All() {
			out = append(out, value(element))
		}
		return out
	case pcommon.ValueTypeMap:
		return map[string]any(attributes(v.Map()))
	default:
		return nil
	}
}

// instant is the zero time for an unset stamp, which pdata gives as 1970.
func instant(t pcommon.Timestamp) time.Time {
	if t == 0 {
		return time.Time{}
	}
	return t.AsTime()
}
