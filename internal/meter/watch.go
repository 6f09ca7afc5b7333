package meter

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

const (
	// maxMessage is the largest answer, in bytes, whose usage is read when it is
	// not streamed, or is compressed. A larger one is passed on, and its usage is
	// not known.
	maxMessage = 16 << 20

	// maxUnpacked bounds what is read of a compressed answer.
	maxUnpacked = 64 << 20
)

// watch reads the usage out of an answer's bytes as they pass.
type watch struct {
	api    *api
	coding string // of the content; empty: none
	kind   string // media type

	head    []byte // what has come while it is not clear what the answer is
	decided bool
	stream  stream // of server-sent events
	events  eventReader

	message bytes.Buffer // of anything else, and of all that is compressed
	over    bool         // the answer is larger than maxMessage
}

func newWatch(a *api, h http.Header) *watch {
	w := &watch{api: a}
	w.kind, _, _ = mime.ParseMediaType(h.Get("Content-Type"))
	w.coding = strings.ToLower(strings.TrimSpace(strings.Join(h.Values("Content-Encoding"), ",")))
	if w.coding == "identity" {
		w.coding = ""
	}
	return w
}

func (w *watch) bytes(b []byte) {
	if w.coding != "" {
		w.keep(b)
		return
	}
	w.plain(b)
}

// plain takes bytes that are not compressed.
func (w *watch) plain(b []byte) {
	if !w.decided {
		w.head = append(w.head, b...)
		if !w.decide(false) {
			return
		}
		b = w.head
	}
	if w.stream != nil {
		_, _ = w.events.Write(b) // never fails
		return
	}
	w.keep(b)
}

func (w *watch) keep(b []byte) {
	if w.over = w.over || w.message.Len()+len(b) > maxMessage; !w.over {
		w.message.Write(b)
	}
}

// decide finds out by its first bytes whether the answer is a stream of events or
// one message, which some gateways label as the other. At the end the label says.
func (w *watch) decide(atEnd bool) bool {
	const enough = len("event:")
	text := bytes.TrimLeft(bytes.TrimPrefix(w.head, byteOrderMark), " \t\r\n")
	isStream := w.kind == "text/event-stream"
	switch {
	case len(text) > 0 && text[0] == '{':
		isStream = false
	case isStream && len(text) > 0:
	case len(text) < enough && !atEnd && len(w.head) < maxEvent:
		return false
	default:
		for _, field := range []string{"event:", "data:", "retry:", "id:", ":"} {
			isStream = isStream || bytes.HasPrefix(text, []byte(field))
		}
	}
	w.decided = true
	if isStream {
		w.stream = w.api.stream()
		w.events = eventReader{wanted: w.api.events, most: w.api.most, emit: w.stream.event}
	}
	return true
}

// usage is what is known once the last byte has passed. whole says that a result
// has come to its end: when it cannot be read, its cost is not known.
func (w *watch) usage(whole bool) usage {
	if w.coding != "" {
		unpacked, ok := w.unpack()
		if !ok && whole {
			return usage{complete: true, unknown: []string{capped("content-encoding: " + w.coding)}}
		}
		if !ok {
			return usage{}
		}
		return unpacked.usage(whole)
	}
	if !w.decided {
		head := w.head
		w.decide(true)
		w.plain(head)
	}
	switch {
	case w.stream != nil:
		return w.stream.said()
	case w.over:
		return usage{}
	}
	return w.api.message(w.message.Bytes())
}

// unpack reads a compressed answer as far as it has come; ok is false when the
// coding is not one of [reader]'s, or the answer is too large.
func (w *watch) unpack() (unpacked *watch, ok bool) {
	if w.over {
		return nil, false
	}
	in, err := reader(w.coding, w.message.Bytes())
	if err != nil || in == nil {
		return nil, false
	}
	if closing, ok := in.(interface{ Close() }); ok {
		defer closing.Close()
	}
	unpacked = &watch{api: w.api, kind: w.kind}
	buffer := make([]byte, 32<<10)
	for total := 0; ; {
		n, err := in.Read(buffer)
		unpacked.bytes(buffer[:n])
		if total += n; total > maxUnpacked {
			return nil, false
		}
		if err != nil { // its end, or where it broke off
			return unpacked, true
		}
	}
}

// reader is nil for codings that are not known.
func reader(coding string, packed []byte) (io.Reader, error) {
	switch coding {
	case "gzip", "x-gzip":
		return gzip.NewReader(bytes.NewReader(packed))
	case "deflate": // with zlib's header, or, of some servers, without
		if in, err := zlib.NewReader(bytes.NewReader(packed)); err == nil {
			return in, nil
		}
		return flate.NewReader(bytes.NewReader(packed)), nil
	case "br":
		return brotli.NewReader(bytes.NewReader(packed)), nil
	case "zstd":
		const window = 8 << 20 // what clients must be able to read (RFC 9659)
		return zstd.NewReader(bytes.NewReader(packed), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(window))
	}
	return nil, nil
}
