// Package step tells of work that a person may wait for: a download, an image
// being built, a clean-up. Who does such work says so with [Begin]; who wants
// to show it listens with [With], further up the context, as package httptrace
// does it for requests. Without a listener nothing happens.
package step

import (
	"context"
	"io"
	"sync"
)

// State is what is known of a step.
type State struct {
	Doing string // what is done, a gerund: "downloading"
	What  string // what it is done to, "claude-code 2.1.330"; others may have written it
	Now   string // the part that goes on now, "RUN make"; empty: none; others may have written it

	Done  int64
	Total int64 // zero: not known
	Unit  Unit
}

// Unit is what Done and Total count.
type Unit string

// The units besides those that name things in the plural, as "tasks".
const (
	Nothing Unit = ""      // Done and Total mean nothing
	Bytes   Unit = "bytes" //
	Parts   Unit = "steps" // of a build, the one of the number Done goes on
)

// Event is the beginning of a step, news of it, or its end.
type Event struct {
	Step  *Step // the same in all events of one step
	State State
	Ended bool
	Err   error // how it ended, when it did
}

// Step is one that goes on. Its methods may be called from several goroutines.
type Step struct {
	told func(Event)

	mu    sync.Mutex
	state State
	ended bool
}

type listener struct{}

// With makes every step that is begun with the context tell its events. told is
// called from any goroutine, for bytes as often as some are read: it must be
// quick.
func With(ctx context.Context, told func(Event)) context.Context {
	return context.WithValue(ctx, listener{}, told)
}

// Begin begins a step. Its End must be called.
func Begin(ctx context.Context, doing, what string) *Step {
	s := &Step{state: State{Doing: doing, What: what}}
	s.told, _ = ctx.Value(listener{}).(func(Event))
	s.change(func(*State) {})
	return s
}

// Of says how much of it is done; a total of zero is not known.
func (s *Step) Of(done, total int64, unit Unit) {
	s.change(func(now *State) { now.Done, now.Total, now.Unit = done, total, unit })
}

// Now says which part of it goes on.
func (s *Step) Now(part string) { s.change(func(now *State) { now.Now = part }) }

// End ends it: well with nil. Only the first call counts.
func (s *Step) End(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	s.ended = true
	s.tell(Event{Step: s, State: s.state, Ended: true, Err: err})
}

func (s *Step) change(f func(*State)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.state)
	if !s.ended {
		s.tell(Event{Step: s, State: s.state})
	}
}

func (s *Step) tell(e Event) {
	if s.told != nil {
		s.told(e)
	}
}

// Reader counts what is read from r as bytes of the step; a total of zero or
// less is not known.
func (s *Step) Reader(r io.Reader, total int64) io.Reader {
	s.Of(0, max(total, 0), Bytes)
	return &counted{s, r.Read}
}

// Writer counts what is written to w as bytes of the step, whose total is not
// known.
func (s *Step) Writer(w io.Writer) io.Writer {
	s.Of(0, 0, Bytes)
	return &counted{s, w.Write}
}

// counted adds to a step what pass, a Read or a Write, passed on.
type counted struct {
	step *Step
	pass func([]byte) (int, error)
}

func (c *counted) Read(p []byte) (int, error)  { return c.count(c.pass(p)) }
func (c *counted) Write(p []byte) (int, error) { return c.count(c.pass(p)) }

func (c *counted) count(n int, err error) (int, error) {
	c.step.change(func(now *State) { now.Done += int64(n) })
	return n, err
}
