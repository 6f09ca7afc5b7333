package meter

import "bytes"

// maxEvent bounds what is kept of one event, in bytes. Usage events of most APIs are a
// few hundred; a larger one is passed to the client like any other, but not read.
const maxEvent = 1 << 20

// eventReader finds server-sent events in a stream of bytes that arrives in
// any pieces (https://html.spec.whatwg.org/multipage/server-sent-events.html,
// section 9.2.6). It calls emit for each event that has data and that wanted
// accepts; data is valid during the call only, and nil when the event was too
// large to keep. It holds at most about two times the bound in memory.
//
// The libraries for server-sent events read from an io.Reader. This one is
// written to, because the client's answer comes first: it gets each piece when
// it arrives, and the reading never makes it wait.
type eventReader struct {
	// wanted says by its name whether an event is emitted. An event without a
	// name has the name "".
	wanted func(name string) bool
	emit   func(name string, data []byte)
	most   int // bytes of one event that are kept

	line    []byte // what has come of the current line
	tooLong bool   // the current line is longer than that: its rest is skipped
	sawCR   bool   // the last byte was CR: an LF after it is part of the line end
	started bool   // the first line is over; only that one can have a byte order mark

	name    []byte
	data    []byte
	hasData bool
	lost    bool // a part of the event was too long
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// Write takes the next bytes. It never fails and never keeps b.
func (r *eventReader) Write(b []byte) (int, error) {
	n := len(b)
	if r.sawCR && n > 0 {
		r.sawCR = false
		if b[0] == '\n' {
			b = b[1:]
		}
	}
	for len(b) > 0 {
		end := indexLineEnd(b)
		if end < 0 {
			r.collect(b)
			break
		}
		r.collect(b[:end])
		r.endLine()
		if b[end] == '\r' {
			if end+1 == len(b) {
				r.sawCR = true
				break
			}
			if b[end+1] == '\n' {
				end++
			}
		}
		b = b[end+1:]
	}
	return n, nil
}

func (r *eventReader) collect(b []byte) {
	if r.tooLong {
		return
	}
	if len(r.line)+len(b) > r.most {
		r.tooLong = true
		b = b[:r.most-len(r.line)]
	}
	r.line = append(r.line, b...)
}

func (r *eventReader) endLine() {
	line := r.line
	if !r.started {
		r.started = true
		line = bytes.TrimPrefix(line, byteOrderMark)
	}
	if len(line) == 0 {
		r.dispatch()
	} else {
		r.field(line)
	}
	r.line, r.tooLong = r.line[:0], false
}

func (r *eventReader) field(line []byte) {
	field, value, _ := bytes.Cut(line, []byte(":"))
	value = bytes.TrimPrefix(value, []byte(" "))
	switch string(field) {
	case "event":
		r.name = append(r.name[:0], value...)
	case "data":
		if r.tooLong || len(r.data)+1+len(value) > r.most {
			r.lost = true
			return
		}
		if r.hasData {
			r.data = append(r.data, '\n')
		}
		r.hasData = true
		r.data = append(r.data, value...)
	}
}

func (r *eventReader) dispatch() {
	if name := string(r.name); (r.hasData || r.lost) && r.wanted(name) {
		data := r.data
		if r.lost {
			data = nil
		}
		r.emit(name, data)
	}
	r.name, r.data = r.name[:0], r.data[:0]
	r.hasData, r.lost = false, false
}

// indexLineEnd is the index of the first CR or LF, or -1. IndexByte compares
// many bytes at a time, so calling it twice is faster than one loop over bytes.
func indexLineEnd(b []byte) int {
	lf := bytes.IndexByte(b, '\n')
	if lf >= 0 {
		b = b[:lf]
	}
	if cr := bytes.IndexByte(b, '\r'); cr >= 0 {
		return cr
	}
	return lf
}
