package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// signalNames are what people call the signals that stop a command.
var signalNames = map[os.Signal]string{
	os.Interrupt:    "interrupted",
	syscall.SIGTERM: "told to end (SIGTERM)",
	syscall.SIGHUP:  "the terminal was closed (SIGHUP)",
}

// oneSignal is how long after a signal another one counts as the same: GNU
// timeout signals its child and then its process group, of which the child is
// one, and a shell script may do as much.
const oneSignal = 300 * time.Millisecond

// interruption is why a command was stopped from outside.
type interruption struct{ why string }

func (i interruption) Error() string      { return i.why }
func (interruption) Is(target error) bool { return target == context.Canceled }

// stopOnSignal stops a command cleanly at the first signal: told is called at
// once, and the returned context ends. A second signal ends the process at once,
// as signals do by default. done gives them back.
func stopOnSignal(ctx context.Context, told func(os.Signal)) (_ context.Context, done func()) {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as it is under nohup
		signals = append(signals, syscall.SIGHUP)
	}
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, signals...)
	ctx, cancel := context.WithCancelCause(ctx)
	ended := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case first := <-caught:
			told(first)
			cancel(interruption{signalNames[first]})
		case <-ended:
			return
		}
		select {
		case <-time.After(oneSignal): // caught again until then: passed over
		case <-ended:
		}
		signal.Reset(signals...)
	})
	return ctx, func() {
		close(ended)
		watch.Wait()
		signal.Stop(caught)
		cancel(nil)
	}
}

// surviveClosedPipes makes writing to a stream that nobody reads an error, where
// it would end the process before it has cleaned up: Go ends it for the standard
// streams only, and only where the signal is not asked for.
func surviveClosedPipes() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }
