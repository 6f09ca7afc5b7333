package meter

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"time"
)

// outcome is how a request went.
type outcome struct {
	status    int // HTTP status of the upstream; 0 when it did not answer
	requestID string

	retryAfter time.Duration // what the upstream's answer names; zero: nothing

	usage usage
	sent  bool // the upstream may have received all of it
	err   error
}

var (
	errNoAnswerYet = errors.New("the request was not sent")
	errClientGone  = errors.New("the client went away")
)

// stuckClient is how long a client that does not read may hold up the end of
// its revoked request.
const stuckClient = 2 * time.Second

// forward sends the request upstream and passes the answer on. When the answer
// breaks off upstream, [Meter.pass] breaks off the connection to the client too:
// if it ended normally, the client would take the part for the whole answer.
//
// httputil.ReverseProxy is not used, because it returns no outcome. When an
// answer breaks off it logs and panics, and whether the client or the upstream
// was the cause is lost; the finished line of the ledger needs that, and
// whether a connection was there, to say what may have cost money. It would
// also pass on upgrades to other protocols and 1xx answers, whose content no
// one meters, and Set-Cookie and Location.
func (m *Meter) forward(ctx context.Context, w http.ResponseWriter, r *http.Request, in inbound) outcome {
	client := http.NewResponseController(w)
	defer context.AfterFunc(ctx, func() {
		_ = client.SetWriteDeadline(time.Now().Add(stuckClient)) // not every writer has one
	})()

	var o outcome
	answer, err := m.send(ctx, r, in, &o)
	if err != nil {
		o.err = causeOf(ctx, r, err)
		answerFailure(w, in.api, o.err)
		return o
	}
	defer answer.Body.Close()
	o.status = answer.StatusCode
	o.requestID = capped(cmp.Or(answer.Header.Get("Request-Id"), answer.Header.Get("X-Request-Id")))
	o.retryAfter = retryAfter(answer.Header.Get("Retry-After"), m.now)

	maps.Copy(w.Header(), answerHeader(answer.Header))
	w.WriteHeader(answer.StatusCode)
	_ = client.Flush() // a client that is gone shows at the first piece
	watch := newWatch(in.api, answer.Header)
	see := watch.bytes
	switch {
	case in.results != nil:
		see, in.results.lost = in.results.bytes, watch.coding != ""
	case in.unread != nil:
		see = func([]byte) {}
	}
	err = copyAnswer(w, client, answer.Body, see)
	o.usage = in.usage(watch, err == nil && o.status/100 == 2)
	if err != nil {
		o.err = causeOf(ctx, r, err)
	}
	return o
}

// usage is what an answer has cost, as watched.
func (in inbound) usage(watch *watch, whole bool) usage {
	switch {
	case in.unread != nil:
		return usage{complete: whole}
	case in.place == batches && whole:
		return usage{complete: true, batch: watch.batchID(), unknown: []string{aBatch}}
	}
	u := watch.usage(whole)
	if in.api.tiers && !u.toldTier {
		u.tier = in.asked.tier
	}
	return u
}

// send returns the upstream's answer, its body unread.
func (m *Meter) send(ctx context.Context, r *http.Request, in inbound, o *outcome) (*http.Response, error) {
	var delivered delivery
	to := *in.upstream.URL
	to.Path, to.RawPath = strings.TrimSuffix(to.Path, "/")+in.place, ""
	to.RawQuery, to.Fragment = r.URL.RawQuery, ""
	out, err := http.NewRequestWithContext(delivered.trace(ctx), r.Method, to.String(), bytes.NewReader(in.body))
	if err != nil {
		return nil, fmt.Errorf("making the upstream request: %w", err)
	}
	if in.unread != nil {
		out.Body, out.ContentLength = io.NopCloser(in.unread), in.length
	}
	out.GetBody = nil // else the transport may send it again, with one ledger line for both
	out.Header = outboundHeader(r.Header)
	in.credential.inject(out.Header)
	answer, err := in.upstream.Transport.RoundTrip(out)
	if err != nil {
		o.sent = delivered.mayHaveArrived(len(in.body), err)
		return nil, fmt.Errorf("sending the request upstream: %w", err)
	}
	o.sent = true
	if in.results == nil && strings.HasPrefix(in.place, batches) {
		if err := leadResults(answer, r); err != nil {
			answer.Body.Close()
			return nil, err
		}
	}
	return answer, nil
}

// answerHeader is what of the upstream's header the agent gets.
func answerHeader(from http.Header) http.Header {
	to := endToEnd(from)
	to.Del("Set-Cookie")
	to.Del("Location") // a redirect would lead the agent past the meter
	return to
}

// copyAnswer passes the body on as it comes, each piece at once.
func copyAnswer(w io.Writer, client *http.ResponseController, body io.Reader, see func([]byte)) error {
	buffer := make([]byte, 32<<10)
	for {
		n, err := body.Read(buffer)
		if n > 0 {
			see(buffer[:n])
			if _, err := w.Write(buffer[:n]); err != nil {
				return errors.Join(errClientGone, err)
			}
			if err := client.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
				return errors.Join(errClientGone, err)
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the upstream's answer: %w", err)
		}
	}
}

// causeOf says what was really behind an error: the trial's end, a client that
// went away, or the network.
func causeOf(ctx context.Context, r *http.Request, err error) error {
	switch {
	case errors.Is(context.Cause(ctx), errRevoked):
		return errRevoked
	case r.Context().Err() != nil || errors.Is(err, errClientGone):
		return errClientGone
	}
	return err
}

// answerFailure answers a request that has no answer from upstream.
func answerFailure(w http.ResponseWriter, a *api, err error) {
	switch {
	case errors.Is(err, errRevoked):
		w.Header().Set("Connection", "close") // its write deadline is running
		errTrialOver.write(w, a)
	case !errors.Is(err, errClientGone):
		errNoAnswer.write(w, a)
	}
}
