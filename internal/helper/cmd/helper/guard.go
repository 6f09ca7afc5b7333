//go:build linux

package main

import (
	"bufio"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"strings"

	"github.com/benchgate/benchgate/internal/helper/guard"
	"golang.org/x/sys/unix"
)

// runGuard sets the rules for the network namespace that it is in and keeps that
// alive until TERM. Each USR1 makes it report what was refused.
func runGuard(args []string) int {
	if len(args) != 1 {
		return misused()
	}
	term, report := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(term, unix.SIGTERM, unix.SIGINT) // PID 1 gets no signal that it does not ask for
	signal.Notify(report, unix.SIGUSR1)
	f, err := setRules(args[0])
	if err != nil {
		print(guard.Report{Error: err.Error()}.String())
		return 1
	}
	print(guard.Report{}.String())
	for {
		select {
		case <-term:
			return 0
		case <-report:
			print(f.report().String())
		}
	}
}

func setRules(text string) (*filter, error) {
	rules, err := guard.Parse(text)
	if err != nil {
		return nil, err
	}
	return newFilter(rules)
}

// runFacts says what the machine is like: which name servers its containers are
// given, which addresses this network has, and, when asked to try, whether rules
// can be set in it.
func runFacts(args []string) int {
	var facts guard.Facts
	if len(args) == 1 && args[0] == "try" {
		if _, err := newFilter(guard.Rules{Public: true}); err != nil {
			facts.Error = err.Error()
		}
	}
	facts.Names = nameServers()
	addrs, _ := net.InterfaceAddrs() // without them, there are none to say
	for _, a := range addrs {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil {
			facts.Own = append(facts.Own, prefix.Addr())
		}
	}
	print(facts.String())
	return 0
}

// nameServers are those of resolv.conf(5).
func nameServers() (all []netip.Addr) {
	file, err := os.Open("/etc/resolv.conf")
	if err != nil {
		return nil
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 || fields[0] != "nameserver" {
			continue
		}
		if addr, err := netip.ParseAddr(fields[1]); err == nil {
			all = append(all, addr.WithZone(""))
		}
	}
	return all
}

func print(text string) { _, _ = os.Stdout.WriteString(text) }
