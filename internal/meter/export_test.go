package meter

import (
	"context"
	"net"
	"net/http"
	"time"
)

// SpentUSD is the reported cost of all trials together, in US dollars, which the
// meter keeps for its budgets.
func (m *Meter) SpentUSD() float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.spent.reported
}

// RetryAfter reads that header.
var RetryAfter = retryAfter

// TransportWith is NewTransport's with connections that dial makes.
func TransportWith(dial func(ctx context.Context, network, address string) (net.Conn, error)) *http.Transport {
	t := NewTransport()
	t.DialContext = dialTelling(dial)
	return t
}

// HoldDisk keeps what is appended from being synced until release is called.
func (l *Ledger) HoldDisk() (release func()) {
	l.syncing.Lock()
	return l.syncing.Unlock
}

// The bounds of one trial's requests.
const (
	MaxInFlight = maxInFlight
	MaxWaiting  = maxWaiting
)

// WaitingRequests is how many requests of all trials wait for room.
func (m *Meter) WaitingRequests() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.queue)
}

// What bodies may hold, in bytes.
var (
	BodiesOfAll   = usualBodyLimits.all
	BodiesOfTrial = usualBodyLimits.trial
)

// LimitBodies changes the bounds of bodies before any trial is admitted.
func (m *Meter) LimitBodies(all, trial int64, room, stall, whole time.Duration) {
	m.setBodyLimits(bodyLimits{all: all, trial: trial, room: room, stall: stall, whole: whole})
}
