package step_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/benchgate/benchgate/internal/step"
)

func Example() {
	ctx := step.With(context.Background(), func(e step.Event) {
		fmt.Println(e.State.Doing, e.State.What, e.State.Done, "of", e.State.Total, e.State.Unit, e.Ended)
	})
	s := step.Begin(ctx, "downloading", "an agent")
	_, err := io.ReadAll(io.LimitReader(s.Reader(strings.NewReader("software"), 8), 8))
	s.End(err)
	// Output:
	// downloading an agent 0 of 0  false
	// downloading an agent 0 of 8 bytes false
	// downloading an agent 8 of 8 bytes false
	// downloading an agent 8 of 8 bytes true
}

func TestAStepTellsWhatHappens(t *testing.T) {
	var heard []step.Event
	ctx := step.With(t.Context(), func(e step.Event) { heard = append(heard, e) })
	broken := errors.New("no space")
	s := step.Begin(ctx, "building", "an image")
	s.Of(2, 7, step.Parts)
	s.Now("RUN make")
	s.End(broken)
	s.End(nil)
	s.Now("nothing any more")
	building := step.State{Doing: "building", What: "an image"}
	second := building
	second.Done, second.Total, second.Unit = 2, 7, step.Parts
	making := second
	making.Now = "RUN make"
	want := []step.Event{{State: building}, {State: second}, {State: making}, {State: making, Ended: true, Err: broken}}
	if diff := cmp.Diff(want, heard, cmpopts.IgnoreFields(step.Event{}, "Step"), cmpopts.EquateErrors()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	for _, e := range heard {
		if e.Step != s {
			t.Error("an event is of another step")
		}
	}
}

func TestNobodyNeedsToListen(t *testing.T) {
	s := step.Begin(t.Context(), "downloading", "an agent")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { _, _ = io.Copy(s.Writer(io.Discard), strings.NewReader("software")) })
	}
	wg.Wait()
	s.End(nil)
}
