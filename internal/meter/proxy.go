package meter

import (
	"context"
	"net/http"
	"regexp"
	"strings"
)

// The URL paths, after the token, that the meter serves to each trial, by [apis]. Any other is
// answered with 404, so that an agent reaches nothing else through it.
const (
	messages        = "/v1/messages"
	countTokens     = "/v1/messages/count_tokens" // costs nothing: passed on, not recorded
	responses       = "/v1/responses"
	compactResponse = "/v1/responses/compact"      // a model sums the conversation up
	countResponse   = "/v1/responses/input_tokens" // free
	completions     = "/v1/chat/completions"

	hello = "/api/hello" // a client's check that the API can be reached; answered by the meter
)

// What it serves besides to a trial with [Trial.AllPlaces].
const batches = "/v1/messages/batches"

var otherPlaces = regexp.MustCompile(`^/v1/(models|files|messages/batches|responses)(/[A-Za-z0-9][A-Za-z0-9._:@-]*){0,2}$`)

// ServeHTTP implements [http.Handler].
func (m *Meter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token, place := cutToken(r.URL.Path)
	of := apiOf(place, r.Header)
	a := m.admission(token)
	switch {
	case a == nil:
		errNoSuchPlace.write(w, of)
	case place == hello && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		w.WriteHeader(http.StatusOK)
	case isServed(place) && r.Method == http.MethodPost:
		m.pass(w, r, a, place)
	case a.trial.AllPlaces && otherPlaces.MatchString(place):
		m.pass(w, r, a, place)
	case place == responses && r.Header.Get("Upgrade") != "":
		errNoWebSocket.write(w, of)
	default:
		errNoSuchPlace.write(w, of)
	}
}

// cutToken takes "/<token>/v1/messages" apart. A second slash behind the token
// comes from a base URL that ends with one.
func cutToken(path string) (token, place string) {
	token, place, _ = strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return token, "/" + strings.TrimPrefix(place, "/")
}

func (m *Meter) admission(token string) *admission {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.admissions[token]
}

// pass takes one request through all steps of the package comment.
func (m *Meter) pass(w http.ResponseWriter, r *http.Request, a *admission, place string) {
	if !m.arrive(a) {
		errCrowded.write(w, apiOf(place, r.Header))
		return
	}
	defer m.leave(a)
	in, refusal := m.readInbound(w, r, a, place)
	if refusal != nil {
		refusal.write(w, apiOf(place, r.Header))
		return
	}
	defer in.release()
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	x, refusal := m.begin(ctx, a, in, cancel)
	if refusal != nil {
		m.refuse(w, x, *refusal)
		return
	}
	o := outcome{err: errNoAnswerYet}
	defer func() { m.finish(x, o) }()
	if err := m.start(x); err != nil {
		o = outcome{err: err}
		errNoLedger.write(w, in.api)
		return
	}
	o = m.forward(ctx, w, r, in)
	if in.results != nil && o.status == http.StatusOK {
		if err := m.bookResults(x, in.results, o.err == nil); err != nil { // it is booked: the money is spent
			m.log.Error("ledger lines of a batch are lost", "trial", a.trial.ID, "error", err)
		}
	}
	if o.err != nil && o.status != 0 {
		panic(http.ErrAbortHandler) // makes net/http break off the answer; the deferred finish runs
	}
}
