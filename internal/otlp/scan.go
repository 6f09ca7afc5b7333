package otlp

import (
	"errors"
	"fmt"
)

// A body is scanned before pdata reads it, because two things in it could end
// the whole process: deeply nested values, which pdata follows by recursion
// until the stack is exhausted, and empty records of two bytes each, which take
// several hundred times as much memory. Both limits are far above what agents
// send: the attribute of a span event is at depth 6, and a full batch of 512
// records has some 50,000 fields.
const (
	maxDepth  = 100
	maxFields = 200_000
)

var (
	errTooDeep = fmt.Errorf("values are nested deeper than %d", maxDepth)
	errTooMany = errors.New("too many fields")
)

// protoScan walks a protobuf body without its schema. The wire format does not
// distinguish a message from a string, so everything that can be read as a
// message is counted as one. At worst a body is refused because a string in it
// happens to be a well-formed, deeply nested message. The scan reads on wherever
// pdata does, so that pdata never sees fields that were not counted.
type protoScan struct{ fields int }

// message walks one message, which is depth levels deep. It stops without an
// error at bytes that are no message; pdata refuses those.
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
		case 3, 4: // start and end of a group; its fields are between them
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

// scanJSON scans a JSON body, which need not be valid. For each level of protobuf
// JSON has about two, the object and its list, so twice the depth is allowed.
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
