package sandboxtest

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
)

// entrypointFile has an ENTRYPOINT that does something and then what it is given.
const entrypointFile = `FROM busybox:latest
WORKDIR /app
ENTRYPOINT ["sh", "-c", "echo begins; echo $HOME >> began; exec \"$0\" \"$@\""]
`

// testEntrypoint: the image's ENTRYPOINT runs when it is asked for and not before,
// and ends with all other processes.
func testEntrypoint(t *testing.T, l *lab) {
	if len(l.image.Entrypoint) == 0 {
		t.Fatal("the image has an ENTRYPOINT, which Prepare does not name")
	}
	box := l.create(t, l.spec("entrypoint"))
	var said lockedBuffer
	waits := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		_, err := box.RunEntrypoint(t.Context(), sandbox.Entrypoint{Output: &said, Waits: func() { close(waits) }})
		ended <- err
	}()
	select {
	case <-waits:
	case err := <-ended:
		if errors.Is(err, sandbox.ErrUnsupported) {
			return
		}
		t.Fatalf("it ended: %v\n%s", err, said.String())
	case <-time.After(time.Minute):
		t.Fatalf("its command does not run:\n%s", said.String())
	}
	if out := output(t, box, "cat began"); strings.Count(out, "\n") != 1 {
		t.Errorf("it has written %q, want one line", out)
	}
	if err := box.StopProcesses(t.Context(), time.Second); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("its end: %v", err)
	}
	if !strings.HasPrefix(said.String(), "begins\n") {
		t.Errorf("it said %q", said.String())
	}
}

// lockedBuffer may be read while somebody writes.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
