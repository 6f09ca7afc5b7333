package docker_test

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
)

// startedAt tells one life of a container from the next.
func startedAt(t *testing.T, sb sandbox.Sandbox) string {
	t.Helper()
	found, err := raw(t).ContainerInspect(t.Context(), sb.ID())
	if err != nil {
		t.Fatal(err)
	}
	return found.State.StartedAt
}

// leaveRunning runs a script that has no end, until it has printed a line.
func leaveRunning(t *testing.T, sb sandbox.Sandbox, user, script string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err := sb.Exec(ctx, sandbox.Command{Argv: []string{"sh", "-c", script}, User: user, Stdout: whenWritten(cancel)})
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Fatalf("%s: %v", script, err)
	}
}

type whenWritten func()

func (w whenWritten) Write(p []byte) (int, error) { w(); return len(p), nil }

// onlyPID1 waits until the engine's machine sees nothing but PID 1 in the
// container.
func onlyPID1(t *testing.T, sb sandbox.Sandbox) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		top, err := raw(t).ContainerTop(t.Context(), sb.ID(), []string{"-eo", "pid,args"})
		if err == nil && len(top.Processes) == 1 && strings.Contains(top.Processes[0][1], "/benchgate/helper init") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("there are %q, %v, want PID 1 only", top.Processes, err)
		}
	}
}

// Whatever runs is ended, without a restart: what is in memory file systems and
// in the engine's own files lives on, on which tasks rely.
func TestPID1EndsWhatAnAgentLeft(t *testing.T) {
	for name, script := range map[string]string{
		"nothing":                    "echo up",
		"daemons":                    `for i in 1 2 3 4 5; do (setsid sh -c 'trap "" TERM HUP INT; while :; do sleep 1; done' </dev/null >/dev/null 2>&1 &) & done; wait; echo up; sleep 1000`,
		"stopped processes":          `for i in 1 2 3; do sleep 1000 & kill -STOP $!; done; echo up; wait`,
		"a process with many lives":  `echo up; again() { trap again TERM INT HUP USR1; (sleep 0.01; kill -TERM $$) & }; again; while :; do sleep 1; done`,
		"zombies that nobody reaps":  `(sleep 0 & exec sleep 1000) & sleep 0.2; echo up; wait`,
		"one that signals PID 1":     `echo up; while :; do kill -TERM 1; kill -USR1 1; kill -CHLD 1; done`,
		"one that kills every other": `echo up; trap '' TERM; while :; do kill -STOP -1; kill -CONT -1; done`,
	} {
		for _, user := range []string{"root", "1000:1000"} {
			t.Run(name+" of "+user, func(t *testing.T) {
				_, _, sb := lab(t, nil)
				sh(t, sb, "echo kept > /dev/shm/kept; echo 127.0.0.9 kept.example >> /etc/hosts")
				life := startedAt(t, sb)
				leaveRunning(t, sb, user, script)
				began := time.Now()
				if err := sb.StopProcesses(t.Context(), 200*time.Millisecond); err != nil {
					t.Fatal(err)
				}
				t.Logf("stopped after %v", time.Since(began).Round(time.Millisecond))
				onlyPID1(t, sb)
				if startedAt(t, sb) != life {
					t.Error("the container was restarted")
				}
				if _, out := sh(t, sb, "cat /dev/shm/kept; grep -c kept.example /etc/hosts"); out != "kept\n1\n" {
					t.Errorf("what must be kept is %q", out)
				}
			})
		}
	}
}

// What runs in a container cannot end, stop, read or write PID 1, or take its
// program away.
func TestPID1CannotBeAttacked(t *testing.T) {
	t.Parallel()
	attacks := []string{
		"i=1; while [ $i -le 64 ]; do kill -$i 1; i=$((i+1)); done",
		"kill -9 1; kill -STOP 1",
		"cat /proc/1/mem", "cat /proc/1/environ", "cat /proc/1/maps | grep .", "echo x > /proc/1/mem",
		"dd if=/dev/zero of=/proc/1/mem bs=1 seek=4194304 count=8 conv=notrunc",
		"ls -l /proc/1/fd/ | grep pipe", "echo 'x ok' > /proc/1/fd/1", "cat /proc/1/fd/0", "ls /proc/1/root/",
		"/probe trace 1",
		"mv /benchgate /elsewhere", "rm -rf /benchgate", "rm -f /benchgate/helper", "echo x > /benchgate/helper",
		"chmod 0 /benchgate/helper", "umount /benchgate", "mount -o remount,rw /benchgate", "mount -t tmpfs none /benchgate",
	}
	for _, user := range []string{"root", "1000:1000"} {
		t.Run(user, func(t *testing.T) {
			_, _, sb := lab(t, func(s *sandbox.Spec) { s.User, s.Image = user, probeImage(t) })
			life := startedAt(t, sb)
			for _, attack := range attacks {
				t.Run(attack, func(t *testing.T) {
					ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
					defer cancel()
					exit, err := sb.Exec(ctx, sandbox.Command{Argv: []string{"sh", "-c", attack}})
					if err != nil || exit.Code == 0 && !strings.HasPrefix(attack, "kill") && !strings.HasPrefix(attack, "i=1") {
						t.Errorf("it ended with %+v, %v, want a failure", exit, err)
					}
					if fate, err := sb.Fate(t.Context()); err != nil || fate.Kind != sandbox.Lives {
						t.Errorf("fate = %+v, %v", fate, err)
					}
				})
			}
			if err := sb.StopProcesses(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			if startedAt(t, sb) != life {
				t.Error("the container was restarted")
			}
		})
	}
}

// A container whose programs are gone is stopped and cleared all the same, and
// lives on.
func TestNoProgramOfTheImageIsNeeded(t *testing.T) {
	t.Parallel()
	_, _, sb := lab(t, nil)
	life := startedAt(t, sb)
	sh(t, sb, "mkdir -p /tests; echo x > /tests/x; /bin/busybox rm -rf /bin /etc /lib")
	if err := sb.StopProcesses(t.Context(), time.Second); err != nil {
		t.Error(err)
	}
	if err := sb.Empty(t.Context(), sandbox.Dir{Path: "/tests", Mode: 0o755}); err != nil {
		t.Error(err)
	}
	if fate, err := sb.Fate(t.Context()); err != nil || fate.Kind != sandbox.Lives {
		t.Errorf("fate = %+v, %v", fate, err)
	}
	if startedAt(t, sb) != life {
		t.Error("the container was restarted")
	}
}

// Where PID 1 does not answer the engine's restart ends everything.
func TestAContainerWhosePID1DoesNotAnswerIsRestarted(t *testing.T) {
	t.Parallel()
	for name, sig := range map[string]syscall.Signal{"because it is stopped": syscall.SIGSTOP, "because it has ended": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			_, _, sb := lab(t, nil)
			life := startedAt(t, sb)
			onlyPID1(t, sb) // else the signal can meet the engine's own program, which becomes PID 1
			if err := signalMain(raw(t), sb.ID(), sig); err != nil {
				t.Fatal(err)
			}
			awaitMain(t, sb, map[syscall.Signal]string{syscall.SIGSTOP: "T", syscall.SIGKILL: ""}[sig])
			began := time.Now()
			if err := sb.StopProcesses(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			if startedAt(t, sb) == life {
				t.Errorf("it was not restarted, after %v", time.Since(began))
			}
			onlyPID1(t, sb)
			if fate, err := sb.Fate(t.Context()); err != nil || fate.Kind != sandbox.Lives {
				t.Errorf("fate = %+v, %v", fate, err)
			}
			if err := sb.StopProcesses(t.Context(), 0); err != nil {
				t.Errorf("stopping once more: %v", err)
			}
		})
	}
}

// awaitMain waits until the main process of a container is in a state, as ps
// writes it; empty: it is gone.
func awaitMain(t *testing.T, sb sandbox.Sandbox, state string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		top, err := raw(t).ContainerTop(t.Context(), sb.ID(), []string{"-eo", "pid,stat"})
		switch {
		case err != nil || len(top.Processes) == 0:
			if state == "" {
				return
			}
		case state != "" && strings.HasPrefix(top.Processes[0][1], state):
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the main process is %q, %v, want state %q", top.Processes, err, state)
		}
	}
}
