package scriptedmodel

import (
	"cmp"
	"net/http"
)

// wire is how an API reads requests and writes answers.
type wire struct {
	path, countPath string
	idHeader        string // of the request's id, in answers

	parse      func(body []byte) (request, error)
	whole      func(apiMessage) any
	events     func(apiMessage) []event
	error      func(status int, kind, text string) any
	errorEvent func(kind, text string) event // that ends a stream
	counted    func(tokens int) any
}

// wires are the APIs that the server speaks.
var wires = []wire{
	{
		path: "/v1/messages", countPath: "/v1/messages/count_tokens", idHeader: "Request-Id",
		parse:  parseRequest,
		whole:  func(m apiMessage) any { return m },
		events: eventsOf,
		error: func(status int, kind, text string) any {
			return errorBody(cmp.Or(kind, errorTypes[status], "api_error"), text)
		},
		errorEvent: func(kind, text string) event { return event{"error", errorBody(kind, text)} },
		counted:    func(tokens int) any { return object{"input_tokens": tokens} },
	},
	{
		path: "/v1/responses", countPath: "/v1/responses/input_tokens", idHeader: "X-Request-Id",
		parse:  parseResponsesRequest,
		whole:  func(m apiMessage) any { return responseOf(m) },
		events: responseEvents,
		error: func(status int, kind, text string) any {
			kind = cmp.Or(kind, openAIErrorTypes[status], "server_error")
			return object{"error": object{"type": kind, "code": kind, "message": text, "param": nil}}
		},
		errorEvent: func(kind, text string) event {
			failed := object{"object": "response", "status": "failed", "usage": nil, "error": object{"code": kind, "message": text}}
			return event{"response.failed", object{"type": "response.failed", "response": failed}}
		},
		counted: func(tokens int) any { return object{"object": "response.input_tokens", "input_tokens": tokens} },
	},
}

// openAIErrorTypes are OpenAI's names for its HTTP statuses.
var openAIErrorTypes = map[int]string{
	400: "invalid_request_error", 401: "invalid_api_key", 402: "insufficient_quota", 403: "permission_error",
	404: "model_not_found", 429: "rate_limit_exceeded", 503: "server_is_overloaded",
}

// wireOf is the API that is asked, and whether for a count of tokens only. Of a path
// that none has it is the first one, which then says so.
func wireOf(r *http.Request) (w wire, counts, found bool) {
	for _, w := range wires {
		if r.URL.Path == w.path || r.URL.Path == w.countPath {
			return w, r.URL.Path == w.countPath, r.Method == http.MethodPost
		}
	}
	return wires[0], false, false
}
