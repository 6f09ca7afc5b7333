package pullrequest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

const (
	posts   = 3 // tries of a request that must not be carried out twice
	retries = 4 // of one that may, after faults
	waits   = 8 // for limits, of any request

	// answerTime is how long an answer may take. GitHub itself ends a request after
	// 10 s.
	answerTime = 30 * time.Second

	// limitWait is how long GitHub wants a client to wait whose limit came
	// without a time; it doubles.
	limitWait = time.Minute

	// maxAnswer is how much of an answer is read: a page of the longest comments has
	// 7 MB.
	maxAnswer = 64 << 20
)

// patient is a transport that sends the token to the API's host only, waits
// where GitHub sets a limit, and repeats after faults what may be repeated. It
// waits no longer than the context has time: then the last answer is returned.
//
// Source: docs.github.com, "Best practices for using the REST API".
type patient struct {
	base        http.RoundTripper
	host, token string
	answerTime  time.Duration
	notice      func(string)
	now         func() time.Time
	sleep       func(context.Context, time.Duration) error

	date atomic.Int64 // GitHub's, of its last answer, in seconds of Unix time; 0: it gave none
}

// clock is GitHub's time as of its last answer, so that it can be compared with
// the times in its records; this machine's where GitHub has told none.
func (p *patient) clock() time.Time {
	if at := p.date.Load(); at != 0 {
		return time.Unix(at, 0)
	}
	return p.now()
}

// RoundTrip implements [http.RoundTripper].
func (p *patient) RoundTrip(request *http.Request) (*http.Response, error) {
	faults, limits := 0, 0
	for {
		response, err := p.once(request)
		wait, why := time.Duration(0), "GitHub sets a limit"
		switch limit, limited := p.limit(response, limits); {
		case limited && limits < waits:
			limits++
			wait = limit
		case !limited && faults < retries && mayRepeat(request, response, err):
			wait, why = backoff(faults), "GitHub fails or is not reached"
			faults++
		default:
			return hideLimits(response), err
		}
		if deadline, has := request.Context().Deadline(); has && p.now().Add(wait).After(deadline) || request.Context().Err() != nil {
			return hideLimits(response), err
		}
		if wait > 5*time.Second {
			p.notice(fmt.Sprintf("%s: waiting for %s", why, wait.Round(time.Second)))
		}
		if err := p.sleep(request.Context(), wait); err != nil {
			return hideLimits(response), err
		}
		if response != nil {
			response.Body.Close()
		}
	}
}

// once sends the request with a body of its own.
func (p *patient) once(request *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(request.Context())
	sent := request.Clone(ctx)
	if request.GetBody != nil {
		body, err := request.GetBody()
		if err != nil {
			cancel()
			return nil, err
		}
		sent.Body = body
	}
	if request.URL.Host == p.host {
		sent.Header.Set("Authorization", "Bearer "+p.token)
	}
	late := time.AfterFunc(p.answerTime, cancel)
	response, err := p.base.RoundTrip(sent)
	if err == nil {
		err = whole(response)
	}
	if !late.Stop() && request.Context().Err() == nil {
		err = errLate
	}
	cancel()
	if err != nil {
		return nil, err
	}
	if at, err := http.ParseTime(response.Header.Get("Date")); err == nil && request.URL.Host == p.host {
		p.date.Store(at.Unix())
	}
	return response, nil
}

var errLate = fmt.Errorf("no answer within %s", answerTime)

// whole reads the answer to its end, so that one which breaks off is a fault
// like others.
func whole(response *http.Response) error {
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(text))
	return err
}

// limit says how long GitHub wants the client to wait, if it does.
func (p *patient) limit(response *http.Response, before int) (time.Duration, bool) {
	if response == nil || response.StatusCode != http.StatusForbidden && response.StatusCode != http.StatusTooManyRequests {
		return 0, false
	}
	if after := response.Header.Get("Retry-After"); after != "" {
		if seconds, err := strconv.Atoi(after); err == nil {
			return time.Duration(max(seconds, 0)) * time.Second, true
		}
		if at, err := http.ParseTime(after); err == nil {
			return max(at.Sub(p.now()), 0), true
		}
	}
	if response.Header.Get("X-RateLimit-Remaining") == "0" {
		if reset, err := strconv.ParseInt(response.Header.Get("X-RateLimit-Reset"), 10, 64); err == nil {
			return max(time.Unix(reset, 0).Sub(p.now())+time.Second, 0), true
		}
	}
	if response.StatusCode == http.StatusForbidden && !strings.Contains(strings.ToLower(peek(response)), "rate limit") {
		return 0, false // not a limit but a permission
	}
	return limitWait << min(before, 4), true
}

// peek reads an answer's text and leaves it to be read again.
func peek(response *http.Response) string {
	text, err := io.ReadAll(response.Body)
	response.Body = io.NopCloser(bytes.NewReader(text))
	if err != nil {
		return ""
	}
	return string(text)
}

// mayRepeat reports whether an unanswered or failed request does no harm when
// it is sent again: it changes nothing or sets something to a value, or it never
// left this machine.
func mayRepeat(request *http.Request, response *http.Response, err error) bool {
	harmless := request.Method != http.MethodPost ||
		strings.HasSuffix(request.URL.Path, "/graphql") || // a query
		gitObject.MatchString(request.URL.Path)
	if err != nil {
		return (harmless || neverSent(err)) && !errors.Is(err, context.Canceled)
	}
	return harmless && response.StatusCode >= 500
}

// gitObject is where git data are created: one more blob, tree or commit is the
// same one, or is thrown away, and a branch that was begun is not begun again.
var gitObject = regexp.MustCompile(`/git/(blobs|trees|commits|refs)$`)

// neverSent reports that there was no connection to send anything over.
func neverSent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// hideLimits takes out of an answer what makes the client refuse later requests
// by itself, without asking this transport, which waits instead. The answer that
// is the limit itself keeps it: its error says when it ends.
func hideLimits(response *http.Response) *http.Response {
	if response != nil && response.StatusCode != http.StatusForbidden && response.StatusCode != http.StatusTooManyRequests {
		response.Header.Del("X-RateLimit-Reset")
	}
	return response
}

// backoff is 1 s, 2 s, 4 s, ... and up to a quarter more, so that those who
// failed together do not come back together.
func backoff(try int) time.Duration {
	wait := time.Second << min(try, 5)
	return wait + rand.N(wait/4)
}
