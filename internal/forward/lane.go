package forward

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/redact"
)

// lane is the way to one target. One goroutine uses it.
type lane struct {
	target   Target
	exporter *otlp.Exporter
	sent     *sent
	say      func(string) // a sentence for the user
	unnoted  bool         // the user was told that what was sent could not be noted
	patience patience

	reached  bool // the target took something
	lastTry  bool // the end has come, and a target that was never reached was tried once more
	troubled bool // the user was told that nothing gets there
	refusing bool // the user was told that the target refuses a batch

	blocked map[otlp.Signal]bool // what the target does not take now
	summary Summary
}

// patience says when to give up.
type patience struct {
	// ending is closed when nothing waits for a better time any more. From then on a
	// target that was never reached is tried once more.
	ending <-chan struct{}

	// until is when trying a batch ends that was begun then, once ending is closed.
	until func(began time.Time) time.Time
}

// Summary is what went to one target.
type Summary struct {
	To         string
	Records    int    // that it acknowledged
	Rejected   int64  // of these, which it will not take
	Objection  string // what the target said of what it rejected
	Unreadable int    // payloads of agents that are no OTLP: kept, never sent
	Left       int    // trials, and the verdict, of which something was not taken
	Why        string // of what is left
}

var errGaveUp = errors.New("gave up")

func newLane(t Target, s *sent, p patience, say func(string)) (*lane, error) {
	exporter, err := otlp.NewExporter(t.Destination)
	if err != nil {
		return nil, err
	}
	return &lane{
		target: t, exporter: exporter, sent: s, patience: p, say: say,
		blocked: make(map[otlp.Signal]bool), summary: Summary{To: t.Endpoint},
	}, nil
}

// trial sends what is to be sent of a try and was not acknowledged yet. An error means
// that no more is sent now.
func (l *lane) trial(ctx context.Context, t Trial) error {
	if l.sent.to(l.target.Endpoint, t.ID) {
		return nil
	}
	whole, err := l.all(ctx, t)
	return l.settle(t.ID, whole, err)
}

// settle notes that a target has all of a trial, or that something is left. Only an
// error after which nothing more can be sent is returned.
func (l *lane) settle(batch string, whole bool, err error) error {
	if err == nil && whole {
		l.note(acknowledged{Batch: batch})
		return nil
	}
	l.summary.Left++
	if err != nil && !errors.Is(err, errGaveUp) && !errors.Is(err, context.Canceled) {
		l.summary.Why = err.Error()
		return nil
	}
	return err
}

// all sends a trial's batches, benchgate's own first. whole: the target has them all.
func (l *lane) all(ctx context.Context, t Trial) (whole bool, err error) {
	batches, err := otlp.Encode(t.own(l.target.Temporality), maxBatch)
	if err != nil {
		return false, err
	}
	if whole, err = l.batches(ctx, t.ID+"/trial", batches); err != nil {
		return false, err
	}
	names, err := payloadsIn(t.Dir)
	if err != nil {
		return false, err
	}
	trace, span := t.ids()
	rewriter := otlp.NewRewriter(otlp.Rewriting{
		Resource: t.resource(), Own: own, Content: l.target.Content, Temporality: l.target.Temporality,
		TraceID: trace, ParentID: span, RecordID: t.Run() + "/" + t.ID, MaxBytes: maxBatch,
	})
	for _, name := range names {
		batches, err := l.rewrite(rewriter, filepath.Join(t.Dir, name))
		if err != nil {
			l.summary.Unreadable++
			continue
		}
		taken, err := l.batches(ctx, t.ID+"/"+name, batches)
		if err != nil {
			return false, err
		}
		whole = whole && taken
	}
	return whole, nil
}

func (l *lane) rewrite(r *otlp.Rewriter, file string) ([]otlp.Batch, error) {
	_, payload, _ := otlp.ParseFileName(filepath.Base(file))
	body, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	payload.Body = redact.Bytes(body, l.target.Secrets)
	return r.Rewrite(payload)
}

// payloadsIn are the names of the files that [otlp.WriteDir] wrote, in their order;
// none of a directory that is not there.
func payloadsIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading kept telemetry: %w", err)
	}
	number := make(map[string]int)
	var names []string
	for _, entry := range entries {
		if n, _, ok := otlp.ParseFileName(entry.Name()); ok && entry.Type().IsRegular() {
			names = append(names, entry.Name())
			number[entry.Name()] = n
		}
	}
	slices.SortFunc(names, func(a, b string) int { return number[a] - number[b] })
	return names, nil
}

// verdict sends the run's verdict.
func (l *lane) verdict(ctx context.Context, v Verdict) error {
	if l.sent.to(l.target.Endpoint, verdictBatch) {
		return nil
	}
	batches, err := otlp.Encode(v.own(), maxBatch)
	if err != nil {
		return l.settle(verdictBatch, false, err)
	}
	whole, err := l.batches(ctx, verdictBatch, batches)
	return l.settle(verdictBatch, whole, err)
}

// batches sends those that the target wants and has not acknowledged yet.
func (l *lane) batches(ctx context.Context, name string, all []otlp.Batch) (whole bool, err error) {
	whole = true
	for i, b := range all {
		id := fmt.Sprintf("%s.%s.%d", name, b.Signal, i+1)
		if !l.target.takes(b.Signal) || l.sent.to(l.target.Endpoint, id) {
			continue
		}
		taken, err := l.deliver(ctx, id, b)
		if err != nil {
			return false, err
		}
		whole = whole && taken
	}
	return whole, nil
}

func (l *lane) note(a acknowledged) {
	a.To = l.target.Endpoint
	if err := l.sent.add(a); err != nil && !l.unnoted {
		l.unnoted = true
		l.say(fmt.Sprintf("telemetry that %s took may be sent again: %v", a.To, err))
	}
}
