package site

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/docker"
)

// OpenEngine connects to that kind of engine. The run's id is the label of what
// the engine makes.
func OpenEngine(ctx context.Context, kind sandbox.Kind, runID string, log *slog.Logger) (sandbox.Engine, error) {
	return openEngine(ctx, kind, docker.Options{Run: runID, Log: log})
}

func openEngine(ctx context.Context, kind sandbox.Kind, o docker.Options) (sandbox.Engine, error) {
	// Each is returned on its own: a nil *docker.Engine in an interface would
	// not be a nil engine.
	if kind == sandbox.Process {
		return openProcess(o.Run, o.Log)
	}
	engine, err := docker.New(ctx, o)
	if err != nil {
		return nil, err
	}
	return engine, nil
}

// sweepLeftovers removes what crashed runs left on the engine. What it cannot
// remove keeps nobody from a run: the next start, or benchgate clean, tries again.
func sweepLeftovers(ctx context.Context, engine sandbox.Engine, notice func(string)) error {
	removed, err := engine.Sweep(ctx, "")
	if err != nil && ctx.Err() == nil {
		notice(fmt.Sprintf("something that an earlier run left behind could not be removed; \"benchgate clean\" tries again: %v", err))
		err = nil
	}
	if len(removed) > 0 {
		notice(fmt.Sprintf("removed %d sandboxes and networks that an earlier run left behind", len(removed)))
	}
	return err
}

// An image that a task built stays on the engine for so long after its last use, and
// only so many do.
const (
	imageDays = 14
	mostKept  = 200
)

// pruneImages removes the tasks' images that are beyond that.
func pruneImages(ctx context.Context, engine sandbox.Engine, now time.Time, notice func(string)) error {
	kept := 0
	removed, err := engine.RemoveTaskImages(ctx, func(i sandbox.TaskImage) bool {
		if now.Sub(i.Used) > imageDays*24*time.Hour || kept == mostKept {
			return false
		}
		kept++
		return true
	})
	if err != nil && ctx.Err() == nil {
		notice(fmt.Sprintf("an image that was not used for long could not be removed; \"benchgate clean --all\" tries again: %v", err))
		err = nil
	}
	if len(removed) > 0 {
		notice(fmt.Sprintf("images of tasks removed: %d (not used for %d days, or beyond the %d that were used last)", len(removed), imageDays, mostKept))
	}
	return err
}

// Clean removes what crashed runs left on the engine. With all it also removes
// what benchgate keeps there from run to run: the agents' software and the
// tasks' images. It returns what is gone, also with an error.
func Clean(ctx context.Context, engine sandbox.Engine, all bool) (removed []string, err error) {
	removed, err = engine.Sweep(ctx, "")
	if err != nil || !all {
		return removed, err
	}
	tools, err1 := engine.RemoveTools(ctx, nil)
	images, err2 := engine.RemoveTaskImages(ctx, nil)
	return append(append(removed, tools...), images...), errors.Join(err1, err2)
}
