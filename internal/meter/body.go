package meter

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

const (
	// maxBody is the largest request body, in bytes: twice what the API accepts.
	maxBody = 64 << 20

	// firstPart is the room, in bytes, that a body takes at first which does not tell
	// its size. If more of it comes, it takes that of the largest.
	firstPart = 1 << 20
)

// bodyLimits bound what requests hold of this process. A body is in memory from its
// first byte until its answer has ended. The memory that Go has taken from the system
// is up to twice of what is in use.
type bodyLimits struct {
	all, trial   int64         // bytes of the bodies of all trials, and of one trial
	room         time.Duration // how long a body waits for others to be gone
	stall, whole time.Duration // how long nothing of a body may come, and how long all of it may take
}

var usualBodyLimits = bodyLimits{
	all: 160 << 20, trial: 96 << 20,
	room: 30 * time.Second, stall: 10 * time.Second, whole: time.Minute,
}

// maxArrived is how many requests of one trial may be there at once, whatever they
// wait for. More are refused before their bodies are read.
const maxArrived = 2 * (maxInFlight + maxWaiting)

// arrive counts a request of the trial, until leave; false when there are too many.
func (m *Meter) arrive(a *admission) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a.arrived >= maxArrived {
		return false
	}
	a.arrived++
	return true
}

func (m *Meter) leave(a *admission) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a.arrived--
}

// readBody reads a request's body, for which it takes room that release gives back.
// A sender that is slow is cut.
func (m *Meter) readBody(w http.ResponseWriter, r *http.Request, a *admission) (body []byte, release func(), refusal *apiError) {
	if r.ContentLength > maxBody {
		return nil, nil, &errTooLarge
	}
	client := http.NewResponseController(w)
	taken := &bodyRoom{meter: m, admission: a}
	body, err := readSized(&timedBody{
		body: http.MaxBytesReader(w, r.Body, maxBody), client: client,
		stall: m.bodyLimits.stall, end: time.Now().Add(m.bodyLimits.room + m.bodyLimits.whole),
	}, r.ContentLength, func(size int64) error { return taken.grow(r.Context(), size) })
	_ = client.SetReadDeadline(time.Time{}) // not every writer has one
	if refusal := refusalOfBody(err); refusal != nil {
		taken.shrink(0)
		w.Header().Set("Connection", "close")
		return nil, nil, refusal
	}
	taken.shrink(int64(len(body)))
	return body, func() { taken.shrink(0) }, nil
}

// refusalOfBody is nil when the body was read.
func refusalOfBody(err error) *apiError {
	tooLarge := (*http.MaxBytesError)(nil)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &tooLarge):
		return &errTooLarge
	case errors.Is(err, errNoRoomForBody):
		return &errNoRoom
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &errSlow
	}
	return &errUnreadable // the client broke off
}

// readSized reads all, and asks for the room that each part needs before it is read.
// Memory is taken once where the size is known (not negative), since growing by
// copies would take more than the room that was given.
func readSized(from io.Reader, size int64, room func(size int64) error) ([]byte, error) {
	if size >= 0 {
		if err := room(size); err != nil {
			return nil, err
		}
		body := make([]byte, size)
		_, err := io.ReadFull(from, body)
		return body, err
	}
	if err := room(firstPart); err != nil {
		return nil, err
	}
	first, err := io.ReadAll(io.LimitReader(from, firstPart))
	if err != nil || len(first) < firstPart {
		return first, err
	}
	if err := room(maxBody); err != nil {
		return nil, err
	}
	all := bytes.NewBuffer(make([]byte, 0, maxBody+bytes.MinRead))
	all.Write(first)
	if _, err := all.ReadFrom(from); err != nil {
		return nil, err
	}
	return bytes.Clone(all.Bytes()), nil
}

// bodyRoom is what one body takes of the room of its trial and of all.
type bodyRoom struct {
	meter     *Meter
	admission *admission
	size      int64 // in bytes
}

var errNoRoomForBody = errors.New("no room for the body")

// grow waits until the body has that much room.
func (b *bodyRoom) grow(ctx context.Context, size int64) error {
	ctx, cancel := context.WithTimeout(ctx, b.meter.bodyLimits.room)
	defer cancel()
	more := size - b.size
	if b.admission.bodyRoom.Acquire(ctx, more) != nil {
		return errNoRoomForBody
	}
	if b.meter.bodyRoom.Acquire(ctx, more) != nil {
		b.admission.bodyRoom.Release(more)
		return errNoRoomForBody
	}
	b.size = size
	return nil
}

// shrink gives back what is above that size.
func (b *bodyRoom) shrink(size int64) {
	b.meter.bodyRoom.Release(b.size - size)
	b.admission.bodyRoom.Release(b.size - size)
	b.size = size
}

// timedBody cuts a sender that is slow.
type timedBody struct {
	body   io.Reader
	client *http.ResponseController
	stall  time.Duration
	end    time.Time
}

func (b *timedBody) Read(p []byte) (int, error) {
	deadline := time.Now().Add(b.stall)
	if b.end.Before(deadline) {
		deadline = b.end
	}
	_ = b.client.SetReadDeadline(deadline) // not every writer has one
	return b.body.Read(p)
}
