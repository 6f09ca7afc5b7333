package meter

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// start writes the started line. The request must not be sent when that fails.
func (m *Meter) start(x *exchange) error {
	if !x.recorded {
		return nil
	}
	line := x.asked
	line.Kind = Started
	if err := m.write(line); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.book(line)
	return nil
}

// finish writes and books the finished line. The client does not wait until that is
// on disk, or its answer would end that much later; [Meter.Wait] does.
func (m *Meter) finish(x *exchange, o outcome) Entry {
	line := m.finishedLine(x, o)
	onDisk := func() error { return nil }
	if x.recorded && m.ledger != nil {
		number, err := m.ledger.write(line)
		onDisk = func() error {
			if err != nil {
				return err
			}
			return m.ledger.sync(number)
		}
	}
	m.tellRefusal(line)
	m.tellLimit(line, o.retryAfter)
	m.settle(x, line)
	m.logLine(x.admission.trial, line, o.err)
	go func() {
		if err := onDisk(); err != nil { // it is booked: the money is spent
			m.log.Error("a ledger line is lost", "trial", line.Trial, "request", line.Request, "error", err)
		}
		m.end(x)
	}()
	return line
}

// tellRefusal tells who watches of a refusal, while the request still counts as
// being in flight.
func (m *Meter) tellRefusal(line Entry) {
	m.mu.Lock()
	tell := m.onRefusal
	m.mu.Unlock()
	if tell != nil && line.Refusal() != "" && line.Trial != ProbeTrial {
		tell(line)
	}
}

// tellLimit tells who watches that the API limits the rate.
func (m *Meter) tellLimit(line Entry, retryAfter time.Duration) {
	m.mu.Lock()
	tell := m.onLimit
	m.mu.Unlock()
	if tell != nil && (line.Retry == RateLimited || line.Retry == Overloaded) && line.Trial != ProbeTrial {
		tell(retryAfter)
	}
}

// retryAfter reads that header: seconds, or a date (RFC 9110, section 10.2.3). What
// is neither, or in the past, is zero.
func retryAfter(header string, now func() time.Time) time.Duration {
	if seconds, err := strconv.ParseFloat(header, 64); err == nil && seconds >= 0 && seconds < 1e6 {
		return time.Duration(seconds * float64(time.Second))
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, at.Sub(now()))
	}
	return 0
}

// refuse answers a request that is not sent, and records that.
func (m *Meter) refuse(w http.ResponseWriter, x *exchange, why apiError) {
	if x.recorded {
		line := x.refusedLine(why)
		if m.write(line) == nil {
			m.mu.Lock()
			m.book(line)
			m.mu.Unlock()
		}
		m.tellRefusal(line)
	}
	m.logLine(x.admission.trial, x.refusedLine(why), nil)
	why.write(w, x.api)
}

// write puts a line on disk.
func (m *Meter) write(line Entry) error {
	if m.ledger == nil {
		return nil
	}
	return m.ledger.append(line)
}

func (m *Meter) finishedLine(x *exchange, o outcome) Entry {
	now := m.now()
	line := x.asked
	line.Kind = Finished
	line.Time = at(now)
	line.Seconds = max(0, now.Sub(x.begun).Seconds())
	line.Status, line.RequestID = o.status, o.requestID
	u := o.usage
	line.take(u)
	if mayHaveCost(o) && u.streamed != (Streamed{}) {
		line.Streamed = &u.streamed
	}
	if line.Retry = retryClass(o); line.Refusal() != "" {
		line.Error = x.credential.errorText(u.error)
	}
	line.Cut = mayHaveCost(o) && !u.complete
	return line.Repriced(m.prices)
}

// take sets what the answer says of itself.
func (e *Entry) take(u usage) {
	e.Answered, e.Stop, e.Batch = u.model, u.stop, cmp.Or(e.Batch, u.batch)
	e.Tier, e.Speed, e.Geo = u.tier, u.speed, u.geo
	e.WebSearch, e.WebFetch, e.CodeExecution = u.webSearch, u.webFetch, u.codeExecution
	e.Parts, e.Unknown = u.parts, u.unknown
	if u.reported {
		e.Tokens = &u.tokens
	}
}

// mayHaveCost reports whether the upstream may bill the request: it answered
// with a result, or it was reached and its answer did not arrive. Error answers
// are free.
func mayHaveCost(o outcome) bool {
	if o.status == 0 {
		return o.sent
	}
	return o.status/100 == 2 && !o.usage.free
}

func retryClass(o outcome) RetryClass {
	refused := RetryClass("")
	if o.status >= http.StatusMultipleChoices || o.usage.failure != "" {
		refused = refusalClass(o.status, o.usage.error)
	}
	switch {
	case o.usage.complete || o.usage.untold && o.err == nil: // whatever happened after its end
		return ""
	case errors.Is(o.err, errRevoked):
		return Revoked
	case errors.Is(o.err, errClientGone):
		return Aborted
	case refused != "":
		return refused
	case o.status == http.StatusTooManyRequests || o.usage.failure == "rate_limit_error":
		return RateLimited
	case o.status == 529 || o.usage.failure == "overloaded_error":
		return Overloaded
	case o.status >= http.StatusInternalServerError || o.usage.failure == "api_error" || o.usage.failure == "timeout_error":
		return ServerError
	case o.status >= http.StatusMultipleChoices || o.usage.failure != "":
		return Rejected
	}
	return Network // no answer, or one without its end
}
