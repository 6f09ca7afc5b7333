package forward

import (
	"context"
	"errors"
	"time"
)

// sendPatience is how long Send tries one batch again that a target does not take now.
const sendPatience = time.Minute

// Run is a run whose telemetry is sent after its end.
type Run struct {
	Dir     string // with the list of what was sent
	Trials  []Trial
	Verdict *Verdict // nil: there is none
}

// Send sends what the targets have not acknowledged of a run, one target after the
// other. The error is the context's, [ErrBusy], or that of a list that cannot be read;
// what a target did not take is in its summary.
func Send(ctx context.Context, r Run, targets []Target, say func(string)) (_ []Summary, err error) {
	list, err := openSent(r.Dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, list.close()) }()
	var all []Summary
	for _, target := range targets {
		summary, err := sendTo(ctx, r, target, list, say)
		if err != nil {
			return all, err
		}
		all = append(all, summary)
	}
	return all, nil
}

func sendTo(ctx context.Context, r Run, target Target, list *sent, say func(string)) (_ Summary, err error) {
	now := make(chan struct{})
	close(now)
	l, err := newLane(target, list, patience{ending: now, until: func(began time.Time) time.Time { return began.Add(sendPatience) }}, say)
	if err != nil {
		return Summary{}, err
	}
	defer func() { err = errors.Join(err, l.exporter.Close()) }()
	var sends []func(context.Context) error
	for _, t := range r.Trials {
		sends = append(sends, func(ctx context.Context) error { return l.trial(ctx, t) })
	}
	if r.Verdict != nil {
		sends = append(sends, func(ctx context.Context) error { return l.verdict(ctx, *r.Verdict) })
	}
	for i, send := range sends {
		err := send(ctx)
		if errors.Is(err, errGaveUp) {
			l.summary.Left += len(sends) - i - 1
			return l.summary, nil
		}
		if err != nil {
			return l.summary, err
		}
	}
	return l.summary, nil
}
