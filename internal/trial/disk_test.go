package trial_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/trial"
)

// filled is an engine whose disk is full soon after a trial has begun.
type filled struct {
	sandbox.Engine
	looks         atomic.Int64
	took, written int64 // from the disk, and by the trial's own files
}

func filling(took, written int64) func(sandbox.Engine) sandbox.Engine {
	return func(e sandbox.Engine) sandbox.Engine { return &filled{Engine: e, took: took, written: written} }
}

func (f *filled) DiskFree() int64 {
	const left = 100 << 20
	if f.looks.Add(1) < 3 {
		return f.took + left
	}
	return left
}

func (f *filled) Create(ctx context.Context, spec sandbox.Spec) (sandbox.Sandbox, error) {
	box, err := f.Engine.Create(ctx, spec)
	return wrote{box, f.written}, err
}

type wrote struct {
	sandbox.Sandbox
	bytes int64
}

func (w wrote) Written(context.Context) (int64, error) { return w.bytes, nil }

func TestWhoFillsTheDisk(t *testing.T) {
	const gib = 1 << 30
	for name, test := range map[string]struct {
		start, free, written int64
		want                 string
	}{
		"nobody":                                {100 * gib, 99 * gib, gib, ""},
		"the trial, with much":                  {100 * gib, 79 * gib, 21 * gib, "disk filled"},
		"others, with much":                     {100 * gib, 50 * gib, 19 * gib, ""},
		"a sparse file":                         {100 * gib, 99 * gib, 15 << 40, ""},
		"the trial, where little is left":       {3 * gib, gib, 2 * gib, "disk filled"},
		"others, where little is left":          {3 * gib, gib, gib / 2, ""},
		"others, where next to nothing is left": {3 * gib, gib / 4, gib / 2, "engine's disk full"},
		"nobody, where little was left before":  {gib, gib, 0, ""},
		"nobody knows":                          {100 * gib, 0, 30 * gib, ""},
	} {
		if got := trial.LookAtDisk(test.start, test.free, test.written); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
