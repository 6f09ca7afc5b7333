//go:build linux

package main

import (
	"math"
	"os"
	"time"

	"github.com/benchgate/benchgate/internal/helper/pid1"
)

// runWait is what an image's ENTRYPOINT is given to run: it says that it runs, and
// does nothing until a signal ends it.
func runWait() int {
	_, _ = os.Stdout.WriteString(pid1.Waits + "\n") // nobody need listen
	time.Sleep(math.MaxInt64)
	return 0
}
