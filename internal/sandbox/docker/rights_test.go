package docker_test

import (
	"bytes"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
)

// What a task may need and an agent must not have: socket(2) by its numbers.
func TestRightsOfASandbox(t *testing.T) {
	t.Parallel()
	_, _, sb := lab(t, func(s *sandbox.Spec) { s.Image = probeImage(t) })
	for _, test := range []struct {
		name, script string
		works        bool
	}{
		{"TCP", "/probe socket 2 1", true},
		{"raw sockets of IP", "/probe socket 2 3", true},
		{"ping", "ping -c 1 -W 1 127.0.0.1", true},
		{"packets of a network card: AF_PACKET", "/probe socket 17 3", false},
		{"the same without a link header", "/probe socket 17 2", false},
		{"packets of a network card: AF_XDP", "/probe socket 44 3", false},
		{"the machine's hypervisor: AF_VSOCK", "/probe socket 40 1", false},
		{"a device file", "mknod /disk b 8 0", false},
		{"a pipe's file", "mknod /pipe p", true},
		{"a mount", "mkdir /m && mount -t tmpfs none /m", false},
		{"another network namespace", "unshare -n true", false},
		{"a network card's settings", "ip link set eth0 down", false},
		{"the owner of a file", "touch /f && chown 7:7 /f", true},
	} {
		if exit, out := sh(t, sb, test.script); (exit.Code == 0) != test.works {
			t.Errorf("%s: exit %d: %s", test.name, exit.Code, out)
		}
	}
	t.Run("sudo and su work", func(t *testing.T) {
		var out bytes.Buffer
		exit, err := sb.Exec(t.Context(), sandbox.Command{Argv: []string{"/probe", "user"}, User: "1000:1000", Stdout: &out, Stderr: &out})
		if err != nil || exit.Code != 0 || out.String() != "0\n" {
			t.Errorf("a program that is root's by its mode runs as %q, %+v, %v", &out, exit, err)
		}
	})
	t.Run("no profile but Docker's with its two rules less", func(t *testing.T) {
		found, err := raw(t).ContainerInspect(t.Context(), sb.ID())
		if err != nil {
			t.Fatal(err)
		}
		if h := found.HostConfig; h.Privileged || len(h.CapAdd) > 0 || !slices.Equal(h.CapDrop, []string{"MKNOD"}) && !slices.Equal(h.CapDrop, []string{"CAP_MKNOD"}) {
			t.Errorf("privileged %t, added %v, dropped %v", h.Privileged, h.CapAdd, h.CapDrop)
		}
		for _, option := range found.HostConfig.SecurityOpt {
			if !strings.HasPrefix(option, "seccomp={") {
				t.Errorf("security option %.60q", option)
			}
		}
	})
}

// 32-bit programs make sockets by another call, whose arguments no profile sees.
func TestNoWayAroundByAnotherABI(t *testing.T) {
	t.Parallel()
	if runtime.GOARCH != "amd64" {
		t.Skipf("%s has no such second call", runtime.GOARCH)
	}
	_, _, sb := lab(t, func(s *sandbox.Spec) { s.Image = probeImageFor(t, "386") })
	if exit, out := sh(t, sb, "/probe user"); exit.Code != 0 {
		t.Skipf("the kernel runs no 32-bit programs: %s", out)
	}
	if exit, out := sh(t, sb, "/probe socket 17 3"); exit.Code == 0 {
		t.Errorf("AF_PACKET: exit %d: %s", exit.Code, out)
	}
}
