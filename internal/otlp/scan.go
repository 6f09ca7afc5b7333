package otlp

import (
	"errors"
	"fmt"
)

// A body is looked over before pdata reads it, because two things in it could
// end the whole process: values nested one in the other, which pdata follows
// by recursion until the stack is exhausted, and empty records of two bytes
// each, which grow by a factor of several hundred in memory. Both limits are
// far from what agents send: a span event's attribute lies at depth 6, a full
// batch of 512 records has some 50,000 fields.
const (
	maxDepth  = 100
	maxFields = 200_000
)

var (
	errTooDeep = fmt.Errorf("values are nested deeper than %d", maxDepth)
	errTooMany = errors.New("too many fields")
)

// protoScan walks a protobuf body without its schema. The wire format does not
// tell a message from a string, so whatever reads as a message counts as one.
// That errs towards refusal, but a string would have to be a well-formed nest
// itself to be taken for one. Wherever pdata reads on, the scan does too: it
// is the more lenient reader of both.
type protoScan struct{ fields int }

// message walks one message, depth levels down; what does not read as one is
// left to pdata to refuse.
func (s *protoScan) message(b []byte, depth int) error {
	if depth > maxDepth {
		return errTooDeep
	}
	for len(b) > 0 {
		tag, n := varint(b)
		if n == 0 {
			return nil
		}
		b = b[n:]
		var size uint64
		switch tag & 7 {
		case 0: // varint
			_, n := varint(b)
			if n == 0 {
				return nil
			}
			size = uint64(n)
		case 1: // 64 bits
			size = 8
		case 2: // length and that many bytes: a string, or a message
			length, n := varint(b)
			if n == 0 || length > uint64(len(b)-n) {
				return nil
			}
			b = b[n:]
			size = length
			if s.fields++; s.fields > maxFields {
				return errTooMany
			}
			if err := s.message(b[:length], depth+1); err != nil {
				return err
			}
		case 3, 4: // start and end of a group, whose fields stand between them
		case 5: // 32 bits
			size = 4
		default:
			return nil
		}
		if size > uint64(len(b)) {
			return nil
		}
		b = b[size:]
	}
	return nil
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

// scanJSON looks over a JSON body, which need not be valid. JSON has about two
// levels, the object and its list, for each of protobuf's.
func scanJSON(b []byte) error {
	depth, fields, inString := 0, 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > 2*maxDepth {
				return errTooDeep
			}
			if fields++; fields > maxFields {
				return errTooMany
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}
