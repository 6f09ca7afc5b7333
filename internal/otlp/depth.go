package otlp

import "fmt"

// maxDepth is how deep the messages of a body may be nested. Attribute values
// nest without bound in OTLP and pdata follows them by recursion: a body of a
// few megabytes, one array in the other, exhausts the Go stack, which no
// recover catches. A real span event's attribute lies at depth 6.
const maxDepth = 100

var errTooDeep = fmt.Errorf("values are nested deeper than %d", maxDepth)

// tooDeepProto reports whether a body nests messages deeper than limit.
//
// The wire format does not tell a message from a string, so whatever reads as
// a message counts as one. That errs towards refusal, but a string would have
// to be a well-formed nest itself to be taken for one. Wherever pdata reads
// on, the scan does too: it is the more lenient reader of both.
func tooDeepProto(b []byte, limit int) bool {
	if limit == 0 {
		return true
	}
	for len(b) > 0 {
		tag, n := varint(b)
		if n == 0 {
			return false
		}
		b = b[n:]
		var size uint64
		switch tag & 7 {
		case 0: // varint
			_, n := varint(b)
			if n == 0 {
				return false
			}
			size = uint64(n)
		case 1: // 64 bits
			size = 8
		case 2: // length and that many bytes: a string, or a message
			length, n := varint(b)
			if n == 0 || length > uint64(len(b)-n) {
				return false
			}
			b = b[n:]
			size = length
			if tooDeepProto(b[:length], limit-1) {
				return true
			}
		case 3, 4: // start and end of a group, whose fields stand between them
		case 5: // 32 bits
			size = 4
		default:
			return false
		}
		if size > uint64(len(b)) {
			return false
		}
		b = b[size:]
	}
	return false
}

// varint reads a varint and its length, 0 when there is none. Unlike
// encoding/binary, and like pdata, it lets the tenth byte overflow.
func varint(b []byte) (v uint64, n int) {
	for i := 0; i < len(b) && i < 10; i++ {
		v |= uint64(b[i]&0x7f) << (7 * i)
		if b[i] < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}

// tooDeepJSON reports whether objects and arrays are nested deeper in b than
// limit allows; b need not be valid. JSON has about two levels, the object and
// its list, for each of protobuf's.
func tooDeepJSON(b []byte, limit int) bool {
	depth, inString := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > 2*limit {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
