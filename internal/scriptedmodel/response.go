package scriptedmodel

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// response writes one answer and keeps the truth about it.
type response struct {
	w      http.ResponseWriter
	wire   wire
	served *serving
}

// errorTypes are the API's names for its HTTP statuses.
var errorTypes = map[int]string{
	400: "invalid_request_error", 401: "authentication_error", 402: "billing_error", 403: "permission_error",
	404: "not_found_error", 413: "request_too_large", 429: "rate_limit_error", 504: "timeout_error", 529: "overloaded_error",
}

func (o *response) fail(status int, kind, text string) {
	o.json(status, o.wire.error(status, kind, text))
}

func errorBody(kind, text string) any {
	type detail struct {
		Type    string `json:"type"`
		Message string `json:"message"`
	}
	return struct {
		Type  string `json:"type"`
		Error detail `json:"error"`
	}{"error", detail{kind, text}}
}

func (o *response) json(status int, body any) {
	o.w.Header().Set("Content-Type", "application/json")
	o.w.WriteHeader(status)
	o.served.status(status)
	// The only error is a client that closed the connection; there is nobody
	// left to tell.
	_ = json.NewEncoder(o.w).Encode(body)
}

// whole writes the answer as one JSON document, without streaming.
func (o *response) whole(m apiMessage) {
	o.served.complete(true)
	o.json(http.StatusOK, o.wire.whole(m))
}

// stream writes the answer as server-sent events.
func (o *response) stream(m apiMessage) {
	o.head("text/event-stream; charset=utf-8")
	events := o.wire.events(m)
	for i, e := range events {
		if i == len(events)-1 {
			o.served.complete(true)
		}
		if err := o.event(e); err != nil {
			o.served.complete(false)
			return
		}
	}
}

// breakOff sends the beginning of the answer and then fails as f says.
func (o *response) breakOff(ctx context.Context, m apiMessage, f Fault) {
	o.head("text/event-stream; charset=utf-8")
	events := o.wire.events(m)
	for _, e := range events[:beginning(events)] {
		if o.event(e) != nil {
			return
		}
	}
	switch {
	case f.Event != "":
		// Nothing follows, so it makes no difference whether writing succeeds.
		_ = o.event(o.wire.errorEvent(f.Event, "scripted error"))
	case f.Hang:
		<-ctx.Done()
	case f.Reset:
		panic(http.ErrAbortHandler)
	}
}

// beginning is how many events a broken answer sends: up to and including the
// first piece of content, and never the usage at the end.
func beginning(events []event) int {
	for i, e := range events {
		if strings.HasSuffix(e.name, "delta") && e.name != "message_delta" {
			return i + 1
		}
	}
	return 1
}

func (o *response) head(contentType string) {
	o.w.Header().Set("Content-Type", contentType)
	o.w.Header().Set("Cache-Control", "no-cache")
	o.w.WriteHeader(http.StatusOK)
	o.served.status(http.StatusOK)
}
