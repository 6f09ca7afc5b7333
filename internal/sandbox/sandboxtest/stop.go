package sandboxtest

import (
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
)

// daemon starts a process that is in a session of its own, has no parent and
// ignores TERM. It writes a byte every tenth of a second.
const daemon = `(setsid sh -c 'trap "" TERM HUP INT; while :; do printf x >> beat; sleep 0.1; done' </dev/null >/dev/null 2>&1 &) &`

// polite writes a file on TERM and ends, as an agent sends its last telemetry.
const polite = `trap 'echo goodbye > farewell; exit 0' TERM; echo up > ready; while :; do sleep 0.1; done`

func testStopProcesses(t *testing.T, l *lab) {
	t.Run("nothing survives and files stay", func(t *testing.T) {
		sb := l.create(t, l.spec("stop-daemon"))
		output(t, sb, daemon)
		eventually(t, "the daemon wrote", func() bool { return size(t, sb, "/app/beat") > 0 })

		stop(t, sb, 500*time.Millisecond)
		before := size(t, sb, "/app/beat")
		if before == 0 {
			t.Fatal("the daemon's file is gone")
		}
		time.Sleep(500 * time.Millisecond)
		if after := size(t, sb, "/app/beat"); after != before {
			t.Errorf("the daemon still writes: %d bytes, then %d", before, after)
		}
	})

	t.Run("TERM comes first, and the grace ends early", func(t *testing.T) {
		sb := l.create(t, l.spec("stop-polite"))
		ended := make(chan result, 1)
		go func() {
			exit, err := sb.Exec(t.Context(), shell(polite))
			if err != nil {
				t.Errorf("the stopped command: %v", err)
			}
			ended <- result{Exit: exit}
		}()
		eventually(t, "the command ran", func() bool {
			_, err := sb.CopyOut(t.Context(), "/app/ready")
			return err == nil
		})
		began := time.Now()
		stop(t, sb, 20*time.Second)
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("stopping took %v although the command left at once", took)
		}
		select {
		case r := <-ended:
			if r.Exit.Code != 0 {
				t.Errorf("the command's exit code is %d, want its own 0", r.Exit.Code)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("Exec did not come back after StopProcesses")
		}
		if got := output(t, sb, "cat farewell"); got != "goodbye\n" {
			t.Errorf("farewell holds %q", got)
		}
	})

	t.Run("no grace kills", func(t *testing.T) {
		sb := l.create(t, l.spec("stop-kill"))
		ended := make(chan sandbox.Exit, 1)
		go func() {
			exit, err := sb.Exec(t.Context(), shell(`trap '' TERM; echo up > ready; while :; do sleep 0.1; done`))
			if err != nil {
				t.Errorf("the killed command: %v", err)
			}
			ended <- exit
		}()
		eventually(t, "the command ran", func() bool {
			_, err := sb.CopyOut(t.Context(), "/app/ready")
			return err == nil
		})
		stop(t, sb, 0)
		select {
		case exit := <-ended:
			if exit.Code != 137 {
				t.Errorf("the command's exit code is %d, want 137", exit.Code)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("Exec did not come back after StopProcesses")
		}
	})

	t.Run("stopping twice, and with nothing to stop", func(t *testing.T) {
		sb := l.create(t, l.spec("stop-nothing"))
		stop(t, sb, time.Second)
		stop(t, sb, 0)
		if got := output(t, sb, "cat from-image.txt"); got != "from image\n" {
			t.Errorf("from-image.txt holds %q", got)
		}
	})
}

func stop(t *testing.T, sb sandbox.Sandbox, grace time.Duration) {
	t.Helper()
	if err := sb.StopProcesses(t.Context(), grace); err != nil {
		t.Fatalf("stopping processes: %v", err)
	}
}
