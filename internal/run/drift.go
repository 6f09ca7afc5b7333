package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// Series says which stored runs are watched for drift. Empty texts allow all.
type Series struct {
	Variant string // name of the variant, or of its model
	Suite   string

	Like     *baselines.Header // a run of it; nil: the newest stored one that Variant and Suite allow
	Since    time.Time         // nights before it are left out
	Learning int               // nights that say how it was; 0: [gate.DefaultDriftLearning]
}

// Drifted is what a series says.
type Drifted struct {
	gate.DriftReport
	Others int // stored runs that could be nights, of other series
}

// ErrNoNight is the error of a store without a run that could be watched.
var ErrNoNight = errors.New("no stored run can be watched for drift")

// Drift watches the stored nights of one series.
func Drift(ctx context.Context, store baselines.Store, s Series) (Drifted, error) {
	entries, err := store.List(ctx, baselines.Query{Since: s.Since})
	if err != nil {
		return Drifted{}, fmt.Errorf("finding the nights: %w", err)
	}
	entries = slices.DeleteFunc(entries, func(e baselines.Entry) bool { return !gate.IsNight(e.Header) })
	like, err := s.like(entries)
	if err != nil {
		return Drifted{}, err
	}
	var nights []*baselines.Run
	others := 0
	for _, e := range slices.Backward(entries) { // the oldest first
		if !gate.SameSeries(e.Header, *like) {
			others++
			continue
		}
		r, err := store.Load(ctx, e.Header.ID)
		if errors.Is(err, baselines.ErrNotFound) {
			continue // removed since it was listed
		}
		if err != nil {
			return Drifted{}, fmt.Errorf("reading the nights: %w", err)
		}
		nights = append(nights, r)
	}
	if len(nights) == 0 {
		return Drifted{}, s.none(entries)
	}
	learning := s.Learning
	if learning == 0 {
		learning = gate.DefaultDriftLearning
	}
	d := Drifted{gate.WatchDrift(nights, learning), others}
	report.ExplainDrift(&d.DriftReport)
	return d, nil
}

func (s Series) like(entries []baselines.Entry) (*baselines.Header, error) {
	if s.Like != nil {
		return s.Like, nil
	}
	for _, e := range entries {
		h := e.Header
		if (s.Variant == "" || s.Variant == h.Variant.Name || s.Variant == h.Variant.Model) && (s.Suite == "" || s.Suite == h.Suite.Name) {
			return &h, nil
		}
	}
	return nil, s.none(entries)
}

func (s Series) none(entries []baselines.Entry) error {
	what := ""
	if s.Variant != "" {
		what += fmt.Sprintf(" of the variant %q", s.Variant)
	}
	if s.Suite != "" {
		what += fmt.Sprintf(" of the suite %q", s.Suite)
	}
	if !s.Since.IsZero() {
		what += " since " + s.Since.Format(time.DateOnly)
	}
	return fmt.Errorf("%w%s: %d could be, \"benchgate baseline list\" shows what is stored", ErrNoNight, what, len(entries))
}
