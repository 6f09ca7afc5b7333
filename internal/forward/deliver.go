package forward

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/benchgate/benchgate/internal/otlp"
)

// The time between two tries of one batch, where the target does not say how long it
// wants to be left alone. It doubles from the first to the last.
const (
	firstWait = 500 * time.Millisecond
	lastWait  = 30 * time.Second
)

// deliver sends one batch until the target takes it. taken is false when it will not
// take it now; the error tells that nothing more can be sent now.
func (l *lane) deliver(ctx context.Context, id string, b otlp.Batch) (taken bool, err error) {
	if l.blocked[b.Signal] {
		return false, nil
	}
	answer, err := l.untilTaken(ctx, b)
	refused := new(otlp.RefusedError)
	switch {
	case errors.As(err, &refused):
		l.refused(b, refused)
		return false, nil
	case err != nil:
		return false, err
	}
	l.summary.Records += b.Records
	l.summary.Rejected += answer.Rejected
	if answer.Rejected > 0 {
		l.summary.Objection = l.target.said(answer.Message)
	}
	l.note(acknowledged{Batch: id, Records: b.Records, Rejected: answer.Rejected})
	return true, nil
}

// refused tells the user of a target that will not have a batch, the first time.
func (l *lane) refused(b otlp.Batch, why *otlp.RefusedError) {
	said := l.target.said(why.Said)
	l.summary.Why = said
	if why.How == otlp.AllOfIts {
		l.blocked[b.Signal] = true
		l.say(fmt.Sprintf("%s refuses %s, and gets none now: %s", l.target.Endpoint, b.Signal, said))
		return
	}
	if !l.refusing {
		l.refusing = true
		l.say(fmt.Sprintf("%s refuses a batch of %d %s: %s", l.target.Endpoint, b.Records, recordsOf[b.Signal], said))
	}
}

var recordsOf = map[otlp.Signal]string{otlp.Logs: "log records", otlp.Metrics: "points", otlp.Traces: "spans"}

// untilTaken tries a batch again while the target says that it may take it later.
func (l *lane) untilTaken(ctx context.Context, b otlp.Batch) (otlp.Answer, error) {
	began := time.Now()
	for wait := firstWait; ; wait = min(2*wait, lastWait) {
		answer, err := l.exporter.Export(ctx, b)
		refused := new(otlp.RefusedError)
		if !errors.As(err, &refused) || refused.How != otlp.Later {
			l.reached = l.reached || err == nil
			return answer, err
		}
		l.later(refused)
		if err := l.wait(ctx, began, refused.After, wait); err != nil {
			return otlp.Answer{}, err
		}
	}
}

// later tells the user once that the target does not take telemetry now.
func (l *lane) later(why *otlp.RefusedError) {
	l.summary.Why = l.target.said(why.Said)
	if !l.troubled {
		l.troubled = true
		l.say(fmt.Sprintf("telemetry does not get to %s: %s; it is tried again, and nothing waits for it", l.target.Endpoint, l.summary.Why))
	}
}

// wait waits as long as the target asked, else for the given time, give or take a
// fifth. When everything is ending, the next try is the sooner.
func (l *lane) wait(ctx context.Context, began time.Time, asked, otherwise time.Duration) error {
	wait := asked
	if asked == 0 {
		wait = time.Duration(float64(otherwise) * (0.8 + 0.4*rand.Float64()))
	}
	again := time.Now().Add(wait)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	case <-l.patience.ending:
	}
	if !l.reached && l.lastTry {
		return errGaveUp
	}
	if !l.reached && asked == 0 {
		l.lastTry = true
		return nil
	}
	if again.After(l.patience.until(began)) {
		return errGaveUp
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
