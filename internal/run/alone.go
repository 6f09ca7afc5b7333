package run

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/report"
)

// Measured is what measuring one variant by itself leaves.
type Measured struct {
	Run     *baselines.Run
	Dir     string          // the run's files
	Missing []baselines.Key // planned attempts without a try that counts, in their order
	Early   []string        // why it ended before its plan was through

	// Reused tells that an earlier run had all attempts already, and nothing was
	// run.
	Reused bool

	// Stored is the newest stored baseline that measured the same, whatever its age;
	// nil when this is the first one.
	Stored *baselines.Run
}

// Alone measures the one variant that the configuration or --arm names: every
// planned attempt, and no gate watches it. What an earlier run of it measured and
// nobody stored yet counts here. An interrupted run gives an error that matches
// context.Canceled.
func Alone(ctx context.Context, o Options) (*Measured, error) {
	design, err := NewDesign(ctx, o)
	if err != nil {
		return nil, err
	}
	id, err := identify(design)
	if err != nil {
		return nil, err
	}
	before, err := design.unsaved(ctx, o, id)
	if err != nil {
		return nil, err
	}
	carried := before.carry(design, o.Now())
	if carried.trials() == len(design.Steps) {
		o.Notice(fmt.Sprintf("all of it was measured already, by the run in %s; %s measures anew", before.dir, o.again()))
		return &Measured{Run: before.runs[design.Alone], Dir: before.dir, Reused: true, Stored: design.Before}, nil
	}
	p, err := prepare(ctx, o, design, id, carried)
	if err != nil {
		return nil, err
	}
	early, over, err := p.runTrials(ctx)
	if over != nil {
		early = append(early, report.OutOfTime(*over))
	}
	if err == nil && ctx.Err() != nil {
		err = interrupted{dir: p.site.Dir, alone: true}
	}
	if err := p.end(ctx, err); err != nil {
		return nil, err
	}
	r := p.arms[design.Alone].soFar()
	return &Measured{
		Run: r, Dir: p.site.Dir, Missing: missing(r, design.Steps),
		Early: slices.Concat(early, p.rateNotes(), recordingNotes(design.subjects)), Stored: design.Before,
	}, nil
}

// missing are the planned attempts that have no try that counts.
func missing(r *baselines.Run, steps []Step) []baselines.Key {
	done := make(map[baselines.Key]bool)
	for _, t := range r.Counted() {
		done[t.Key()] = t.Ended.Counts()
	}
	var keys []baselines.Key
	for _, s := range steps {
		if k := s.key(); !done[k] {
			keys = append(keys, k)
		}
	}
	return keys
}

// unsaved is the run that this one goes on from: the newest of the same question
// that is young enough to be a baseline and was not stored as one. Whoever stored
// it and measures again wants a new measurement.
func (d *Design) unsaved(ctx context.Context, o Options, id identity) (*earlier, error) {
	if o.Again {
		return nil, nil
	}
	e, err := findEarlier(o.RunsDir, id, 0)
	if err != nil {
		return nil, fmt.Errorf("%w; %s measures anew without it", err, o.again())
	}
	if e == nil || e.runs[id.Alone].Header.Created.Before(o.Now().Add(-maxAge)) {
		return nil, nil
	}
	if o.Store == nil {
		return e, nil
	}
	_, err = o.Store.Load(ctx, e.runs[id.Alone].Header.ID)
	if errors.Is(err, baselines.ErrNotFound) {
		return e, nil
	}
	if err != nil {
		return nil, err
	}
	o.Notice(fmt.Sprintf("the run in %s is stored as a baseline; all is measured anew", e.dir))
	return nil, nil
}

// First puts the measurement into a report.
func (m *Measured) First() report.First {
	return report.First{Run: m.Run, Missing: m.Missing, Early: m.Early, Dir: m.Dir, Repeated: m.Stored != nil, Least: MinAttempts}
}
