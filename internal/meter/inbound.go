package meter

import (
	"io"
	"net/http"
	"slices"
	"strings"
)

// inbound is a request as the agent sent it.
type inbound struct {
	place      string
	api        *api
	billed     bool
	body       []byte
	unread     io.Reader      // the body in place of body: of what is not looked into
	length     int64          // of unread, in bytes; -1: not known
	results    *resultsReader // of a batch, which are read as they pass; nil: of nothing
	asked      asked
	agentID    string
	sessionID  string
	upstream   *Upstream
	credential Credential // what it is sent with
	release    func()     // gives back the room of the body
}

// readInbound reads a request, whose release is to be called when it is over. What
// asks for no answer of a model is passed on without being looked into.
func (m *Meter) readInbound(w http.ResponseWriter, r *http.Request, a *admission, place string) (inbound, *apiError) {
	of := apiOf(place, r.Header)
	in := inbound{
		place: place, api: of, billed: r.Method == http.MethodPost && slices.Contains(of.billed, place),
		agentID: agentOf(r.Header), sessionID: sessionOf(r.Header),
		upstream: m.upstreamOf(of),
		release:  func() {},
	}
	in.credential = in.upstream.credentialOf(r.Header)
	if found := resultsOf.FindStringSubmatch(place); found != nil && r.Method == http.MethodGet {
		in.results = &resultsReader{batch: found[1]}
	}
	if !in.billed && !slices.Contains(of.free, place) {
		if in.unread, in.length = r.Body, r.ContentLength; in.length == 0 {
			in.unread = http.NoBody
		}
		return in, nil
	}
	body, release, refusal := m.readBody(w, r, a)
	if refusal != nil {
		return inbound{}, refusal
	}
	in.body = body
	read := of.readAsked
	if place == batches {
		read = readBatch
	}
	asked, ok := read(body)
	if in.asked = asked; !ok {
		release()
		return inbound{}, &errUnreadable
	}
	in.release = release
	return in, nil
}

// hopByHop headers concern one connection, not the message (RFC 9110, section
// 7.6.1), besides those that the Connection header names.
var hopByHop = []string{
	"Connection", "Proxy-Connection", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
}

// secretNames are parts of header names; a header whose name contains one is
// taken for a credential or a cookie of some provider.
var secretNames = []string{"authorization", "authenticate", "api-key", "apikey", "token", "secret", "cookie", "credential"}

// outboundHeader is the part of the agent's header that goes upstream: no
// credential, nothing about the connection, no X-Forwarded-For and its kind.
// Accept-Encoding is "identity" because the meter must read the answer.
func outboundHeader(from http.Header) http.Header {
	to := endToEnd(from)
	for name := range to {
		lower := strings.ToLower(name)
		secret := slices.ContainsFunc(secretNames, func(part string) bool { return strings.Contains(lower, part) })
		if secret || lower == "forwarded" || strings.HasPrefix(lower, "x-forwarded-") || strings.HasPrefix(lower, "proxy-") {
			delete(to, name)
		}
	}
	to.Del("Content-Length")
	to.Del("Expect")
	to.Set("Accept-Encoding", "identity")
	return to
}

// endToEnd is a copy without the headers that concern one connection.
func endToEnd(from http.Header) http.Header {
	to := from.Clone()
	for _, value := range from.Values("Connection") {
		for name := range strings.SplitSeq(value, ",") {
			to.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range hopByHop {
		to.Del(name)
	}
	return to
}
