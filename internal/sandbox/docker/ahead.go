package docker

import (
	"context"
	"maps"
	"sync"

	"github.com/benchgate/benchgate/internal/helper/guard"
	"github.com/benchgate/benchgate/internal/sandbox"
)

// ahead has a sentinel ready for the next sandbox of each kind, so that trials
// need not wait for theirs. Each is used once: what a trial leaves in a network
// namespace, ports of connections that just ended for one, is not for the next.
type ahead struct {
	mu      sync.Mutex
	spares  map[string]*spare // by what they are good for
	pending sync.WaitGroup
}

// spare is a sentinel that is ready or being made.
type spare struct {
	run    string
	cancel context.CancelFunc
	made   chan struct{} // closed when it is ready, or could not be made
	ready  *sentinel     // nil: it could not be made
}

// sentinelFor returns a sentinel for one sandbox, and has the next one made.
func (e *Engine) sentinelFor(ctx context.Context, link *bridge, spec sandbox.Spec, rules guard.Rules) (*sentinel, error) {
	key := link.id + " " + rules.String()
	s := e.ahead.take(key)
	e.makeAhead(ctx, key, link, spec, rules)
	if s != nil {
		select {
		case <-ctx.Done():
			e.dropSpare(ctx, s)
			return nil, ctx.Err()
		case <-s.made:
		}
		s.cancel()
		if s.ready != nil && e.lives(ctx, s.ready.id) {
			return s.ready, nil
		}
	}
	return e.makeSentinel(ctx, link, spec, rules)
}

func (a *ahead) take(key string) *spare {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.spares[key]
	delete(a.spares, key)
	return s
}

// makeAhead begins to make a spare unless there is one.
func (e *Engine) makeAhead(ctx context.Context, key string, link *bridge, spec sandbox.Spec, rules guard.Rules) {
	e.ahead.mu.Lock()
	defer e.ahead.mu.Unlock()
	if e.ahead.spares[key] != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &spare{run: spec.Run, cancel: cancel, made: make(chan struct{})}
	e.ahead.spares[key] = s
	e.ahead.pending.Go(func() {
		defer close(s.made)
		var err error
		if s.ready, err = e.makeSentinel(ctx, link, spec, rules); err != nil && ctx.Err() == nil {
			e.log.InfoContext(ctx, "no guard is ready for the next sandbox", "error", err)
		}
	})
}

// lives reports whether a spare still runs: it may have waited for hours.
func (e *Engine) lives(ctx context.Context, id string) bool {
	found, err := e.api.ContainerInspect(ctx, id)
	return err == nil && found.State != nil && found.State.Running
}

// dropSpares removes the spares of a run, or of all with an empty run.
func (e *Engine) dropSpares(ctx context.Context, run string) {
	e.ahead.mu.Lock()
	var dropped []*spare
	maps.DeleteFunc(e.ahead.spares, func(_ string, s *spare) bool {
		if run == "" || s.run == run {
			dropped = append(dropped, s)
			return true
		}
		return false
	})
	e.ahead.mu.Unlock()
	for _, s := range dropped {
		e.dropSpare(ctx, s)
	}
}

func (e *Engine) dropSpare(ctx context.Context, s *spare) {
	s.cancel()
	<-s.made
	if s.ready != nil {
		e.discard(ctx, s.ready.id)
	}
}
