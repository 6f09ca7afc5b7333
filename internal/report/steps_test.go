package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"github.com/benchgate/benchgate/internal/report"
)

func ExampleWaiting() {
	for _, s := range []report.Step{
		{Doing: "downloading", What: "claude-code 2.1.330", Done: 12_345_678, Total: 80_123_456, Unit: "bytes", Seconds: 5},
		{Doing: "downloading", What: "claude-code 2.1.330", Done: 999_999, Unit: "bytes", Seconds: 5},
		{Doing: "building", What: "the image of lru-cache", Now: "RUN apt-get update", Done: 3, Total: 7, Unit: "steps", Seconds: 12},
		{Doing: "checking", What: "tasks", Done: 3, Total: 10, Unit: "tasks", Now: "lru-cache", Seconds: 75},
		{Doing: "removing what the run made", Seconds: 1.5},
	} {
		fmt.Println(report.Waiting(s, 0))
		fmt.Println(report.Waited(s, false, 0))
	}
	fmt.Println(report.Waited(report.Step{Doing: "pulling", What: "busybox", Seconds: 61}, true, 0))
	// Output:
	// downloading claude-code 2.1.330: 12.3 MB of 80.1 MB, 5.0 s
	// done: downloading claude-code 2.1.330: 12.3 MB, 5.0 s
	// downloading claude-code 2.1.330: 1.0 MB, 5.0 s
	// done: downloading claude-code 2.1.330: 1.0 MB, 5.0 s
	// building the image of lru-cache: step 3 of 7, RUN apt-get update, 12 s
	// done: building the image of lru-cache: 12 s
	// checking tasks: 3 of 10 tasks, lru-cache, 1.2 min
	// done: checking tasks: 1.2 min
	// removing what the run made: 1.5 s
	// done: removing what the run made: 1.5 s
	// failed: pulling busybox: after 1.0 min
}

// What is done, and the names in it, are others' words; a line of a block must
// not wrap.
func TestStepsFitTheTerminal(t *testing.T) {
	s := report.Step{Doing: "building", What: "the image of " + evil, Now: "RUN " + evil + strings.Repeat("世", 90), Done: 3, Total: 7, Unit: "steps", Seconds: 12}
	for width := 20; width < 250; width++ {
		for _, line := range []string{report.Waiting(s, width), report.Waited(s, true, width)} {
			if runewidth.StringWidth(line) > width || strings.ContainsAny(line, "\n\x1b") {
				t.Errorf("at %d columns: %q", width, line)
			}
		}
	}
}

func ExampleStopping() {
	building := report.Step{Doing: "building", What: "the image of lru-cache"}
	fmt.Println(report.Stopping("interrupted", 2, nil))
	fmt.Println(report.Stopping("terminated", 0, []report.Step{building}))
	// Output:
	// interrupted: stopping 2 trials and removing what they made; the finished ones are kept (once more ends benchgate at once, and leaves the rest to "benchgate clean")
	// terminated: ending: building the image of lru-cache (once more ends benchgate at once, and leaves the rest to "benchgate clean")
}
