package action

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/benchgate/benchgate/internal/pullrequest"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/workflow"
)

// Post finishes what a step that died left: its containers, and a comment and a
// check run that say it goes on. After a step that finished there is nothing to
// do. The job has its result by then: nothing that fails here changes it.
func Post(ctx context.Context, o Options) (code int, err error) {
	a := &action{Options: o}
	lookup := workflow.Lookup(o.LookupEnv)
	text := lookup.State(stateLeft)
	if text == "" || lookup.State(stateFinished) != "" {
		return 0, nil
	}
	var l left
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		return codeUsage, fmt.Errorf("reading what the step left: %w", err)
	}
	if a.values, err = workflow.ReadInputs(o.Environ, o.Job); err != nil {
		return codeUsage, err
	}
	if err := a.mask(); err != nil {
		return codeUsage, err
	}
	a.noteIf(a.clean(ctx))
	a.noteIf(a.endPosted(ctx, l))
	a.noteIf(giveBack(a.Job.Workspace, filesDir(a.values)))
	return 0, nil
}

// endPosted completes what says that it goes on.
func (a *action) endPosted(ctx context.Context, l left) error {
	if !l.Comment && !l.Check {
		return nil
	}
	if err := a.openGitHub(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, verdictTime)
	defer cancel()
	_, err := pullrequest.NewPoster(a.post(a.key(l.Suite), l, pullrequest.Circumstances{})).EndIfRunning(ctx)
	return err
}

// clean removes what dead runs left on the engines that are there.
func (a *action) clean(ctx context.Context) error {
	var errs []error
	for _, kind := range []sandbox.Kind{sandbox.Process, sandbox.Docker} {
		engine, err := site.OpenEngine(ctx, kind, "clean", a.Logger)
		if err != nil {
			continue // without an engine nothing is on it
		}
		removed, err := site.Clean(ctx, engine, false)
		if len(removed) > 0 {
			a.Notice(fmt.Sprintf("removed %d sandboxes and networks that the step left behind", len(removed)))
		}
		errs = append(errs, err, engine.Close(context.WithoutCancel(ctx)))
	}
	return errors.Join(errs...)
}
