package sandboxtest

import (
	"io"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
)

// family has a child that ignores TERM, and a service that it put into the
// background and that is not its descendant any more. All write.
const family = `
(sh -c 'trap "" TERM; while :; do printf x >> service; sleep 0.1; done' </dev/null >/dev/null 2>&1 &)
sh -c 'trap "" TERM; while :; do printf x >> child; sleep 0.1; done' &
trap 'echo goodbye > farewell; exit 7' TERM
echo up >&2
while :; do sleep 0.1; done`

func testStopTree(t *testing.T, l *lab) {
	sb := l.create(t, l.spec("tree"))
	pid := make(chan int, 1)
	stderr, up := io.Pipe()
	ended := make(chan sandbox.Exit, 1)
	go func() {
		cmd := shell(family)
		cmd.Stderr = up
		cmd.Started = func(n int) { pid <- n }
		exit, err := sb.Exec(t.Context(), cmd)
		if err != nil {
			t.Errorf("the command: %v", err)
		}
		ended <- exit
	}()
	first := make([]byte, 16)
	if n, err := stderr.Read(first); err != nil || string(first[:n]) != "up\n" {
		t.Fatalf("its standard error begins with %q, %v", first[:n], err)
	}
	go func() { _, _ = io.Copy(io.Discard, stderr) }() // a shell says there that its child was ended
	eventually(t, "all wrote", func() bool { return size(t, sb, "/app/child") > 0 && size(t, sb, "/app/service") > 0 })
	if err := sb.StopTree(t.Context(), <-pid, 20*time.Second); err != nil {
		t.Fatal(err)
	}
	select {
	case exit := <-ended:
		if exit.Code != 7 {
			t.Errorf("its exit code is %d, want its own 7", exit.Code)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Exec did not come back")
	}
	if got := output(t, sb, "cat farewell"); got != "goodbye\n" {
		t.Errorf("farewell holds %q", got)
	}
	child, service := size(t, sb, "/app/child"), size(t, sb, "/app/service")
	eventually(t, "the service wrote on", func() bool { return size(t, sb, "/app/service") > service+3 })
	if after := size(t, sb, "/app/child"); after != child {
		t.Errorf("the child still writes: %d bytes, then %d", child, after)
	}
	if err := sb.StopTree(t.Context(), 1<<22-1, time.Second); err != nil {
		t.Errorf("one that does not run: %v", err)
	}
	stop(t, sb, 0)
}
