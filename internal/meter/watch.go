package meter

import (
	"bytes"
	"mime"
	"net/http"
)

// maxMessage is the largest answer, in bytes, whose usage is read when it is not
// streamed. A larger one is passed on, and its usage is not known.
const maxMessage = 16 << 20

// watch reads the usage out of an answer's bytes as they pass.
type watch struct {
	stream *streamUsage // of server-sent events
	events eventReader

	message bytes.Buffer // of anything else
	over    bool         // the answer is larger than maxMessage
}

func newWatch(h http.Header) *watch {
	w := new(watch)
	if kind, _, _ := mime.ParseMediaType(h.Get("Content-Type")); kind == "text/event-stream" {
		w.stream = new(streamUsage)
		w.events = eventReader{wanted: usageEvent, emit: w.stream.event}
	}
	return w
}

func (w *watch) bytes(b []byte) {
	if w.stream != nil {
		_, _ = w.events.Write(b) // never fails
		return
	}
	if w.over = w.over || w.message.Len()+len(b) > maxMessage; !w.over {
		w.message.Write(b)
	}
}

// usage is what is known once the last byte has passed.
func (w *watch) usage() usage {
	switch {
	case w.stream != nil:
		return w.stream.usage
	case w.over:
		return usage{}
	}
	return messageUsage(w.message.Bytes())
}
