package docker_test

import (
	"context"
	"crypto/rand"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/benchgate/benchgate/internal/realparts"
)

// These use the same addresses beyond this machine, so one after the other.
func TestBeyondThisMachine(t *testing.T) {
	t.Parallel()
	t.Run("a task reaches the hosts of its list and no others", testHostsOfTheList)
	t.Run("a name opens no private address", testPrivateAddressOfAName)
	t.Run("the list cannot be gone around", testListUnderAttack)
	t.Run("many names at once", testManyNamesAtOnce)
	t.Run("what is reached changes with the phase", testAccessChanges)
	t.Run("the hosts that a sandbox asks for", testHostsAskedFor)
	t.Run("the hosts that are asked for on the public network", testHostsAskedForOnPublic)
	t.Run("a flood of names", testFloodOfNames)
}

// internet is what stands for it: a network namespace beyond this machine's, which
// has addresses that are nobody's (RFC 5737), and a private one.
type internet struct {
	t    *testing.T
	name string
}

// beyond makes one, with these addresses.
func beyond(t *testing.T, addrs ...string) *internet {
	t.Helper()
	if _, err := exec.LookPath("ip"); err != nil || os.Geteuid() != 0 {
		realparts.Lacking(t, realparts.Docker, "a network namespace needs root and the program ip (apt-get install iproute2)")
	}
	name := "bg" + strings.ToLower(rand.Text()[:8])
	i := &internet{t: t, name: name}
	t.Cleanup(func() {
		// The link first: that of a namespace goes some time after it, and has its routes until then.
		for _, args := range [][]string{{"link", "delete", name}, {"netns", "delete", name}} {
			if out, err := exec.CommandContext(context.WithoutCancel(t.Context()), "ip", args...).CombinedOutput(); err != nil {
				t.Errorf("removing the network: %v: %s", err, out)
			}
		}
	})
	i.ip("netns add " + name)
	i.ip("link add " + name + " type veth peer name eth0 netns " + name)
	i.ip("addr add 203.0.113.1/24 dev " + name)
	i.ip("link set " + name + " up")
	i.ip("-n " + name + " addr add 203.0.113.2/24 dev eth0")
	i.ip("-n " + name + " link set eth0 up")
	i.ip("-n " + name + " link set lo up")
	i.ip("-n " + name + " route add default via 203.0.113.1")
	for _, addr := range addrs {
		i.ip("-n " + name + " addr add " + addr + "/32 dev eth0")
		i.ip("route replace " + addr + "/32 via 203.0.113.2 dev " + name)
	}
	return i
}

func (i *internet) ip(args string) {
	i.t.Helper()
	if out, err := exec.CommandContext(i.t.Context(), "ip", strings.Fields(args)...).CombinedOutput(); err != nil {
		i.t.Fatalf("ip %s: %v: %s", args, err, out)
	}
}

// setns is the number of that system call, which package syscall does not have.
var setns = map[string]uintptr{"amd64": 308, "arm64": 268}[runtime.GOARCH]

// in calls do on a thread that is in the namespace: what it opens stays there.
func (i *internet) in(do func() error) {
	i.t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // the thread ends with the goroutine, so that nobody else gets it
		file, err := os.Open("/run/netns/" + i.name)
		if err != nil {
			done <- err
			return
		}
		defer file.Close()
		if _, _, errno := syscall.RawSyscall(setns, file.Fd(), syscall.CLONE_NEWNET, 0); errno != 0 {
			done <- errno
			return
		}
		done <- do()
	}()
	if err := <-done; err != nil {
		i.t.Fatalf("in the network namespace: %v", err)
	}
}

// says says a word to everyone who connects to an address.
func (i *internet) says(addr, word string) {
	i.t.Helper()
	answer(i.t, i.listen(addr), word)
}

func (i *internet) listen(addr string) (listener net.Listener) {
	i.t.Helper()
	i.in(func() (err error) {
		listener, err = net.Listen("tcp", addr)
		return err
	})
	return listener
}
