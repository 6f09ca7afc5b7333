//go:build linux

package main

import (
	"net/netip"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/helper/guard"
	"github.com/benchgate/benchgate/internal/realparts"
	"golang.org/x/sys/unix"
)

// inANetwork calls do in a network namespace of its own.
func inANetwork(t *testing.T, do func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		realparts.Need(t, realparts.Docker)
		realparts.Lacking(t, realparts.Docker, "a network namespace needs root")
	}
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // the thread ends with the goroutine
		err := unix.Unshare(unix.CLONE_NEWNET)
		if err == nil {
			do()
		}
		done <- err
	}()
	if err := <-done; err != nil {
		realparts.Need(t, realparts.Docker)
		realparts.Lacking(t, realparts.Docker, "a network namespace cannot be made: "+err.Error())
	}
}

func TestAnAddressIsOpenFromTheLastAnswerOn(t *testing.T) {
	inANetwork(t, func() {
		f, err := newFilter(guard.Rules{Hosts: []string{"a.example"}})
		if err != nil {
			t.Error(err)
			return
		}
		left := func() (d time.Duration, n int) {
			found, err := f.families[0].conn.GetSetElements(f.families[0].hosts)
			if err != nil {
				t.Error(err)
			}
			for _, e := range found {
				d = e.Expires
			}
			return d, len(found)
		}
		addrs := []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")}
		for _, d := range []time.Duration{time.Minute, time.Hour, time.Minute} {
			if err := f.openFor(addrs, d); err != nil {
				t.Error(err)
			}
			if got, n := left(); n != 1 || got > d || got < d-30*time.Second {
				t.Errorf("%d addresses are open, one for %s, want %s", n, got, d)
			}
		}
		if err := f.set(guard.Rules{Hosts: []string{"b.example"}}); err != nil {
			t.Error(err)
		}
		if _, n := left(); n != 0 {
			t.Errorf("%d addresses are open though the rules have changed", n)
		}
	})
}
