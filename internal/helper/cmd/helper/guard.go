//go:build linux

package main

import (
	"bufio"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"sync"

	"github.com/benchgate/benchgate/internal/helper/guard"
	"github.com/benchgate/benchgate/internal/helper/pid1"
	"golang.org/x/sys/unix"
)

// warden guards one network namespace.
type warden struct {
	mu      sync.Mutex // of what is below
	rules   guard.Rules
	filter  *filter
	refused refusedNames
	lookups map[string]*lookup // by name, since the rules were set
	asked   askedNames

	watcher   *watcher // nil: nobody sees which names are asked for
	unwatched string   // why

	*line // to benchgate
}

// runGuard sets the rules for the network namespace that it is in and keeps that
// alive until TERM. It does what benchgate asks on its standard input.
func runGuard(args []string) int {
	if len(args) != 1 {
		return misused()
	}
	term := make(chan os.Signal, 1)
	signal.Notify(term, unix.SIGTERM, unix.SIGINT) // PID 1 gets no signal that it does not ask for
	w, err := newWarden(args[0])
	if err != nil {
		print(guard.Report{Error: err.Error()}.String())
		return 1
	}
	print(guard.Report{}.String())
	go w.serve(os.Stdin, w.answer)
	<-term
	return 0
}

func newWarden(text string) (*warden, error) {
	rules, err := guard.Parse(text)
	if err != nil {
		return nil, err
	}
	f, err := newFilter(rules)
	if err != nil {
		return nil, err
	}
	w := &warden{rules: rules, filter: f, line: newLine(os.Stdout)}
	w.watch()
	if rules.Answer {
		return w, w.listen()
	}
	return w, nil
}

// watch begins to watch a network in which names can be asked for. One that cannot
// be watched is as good as any otherwise.
func (w *warden) watch() {
	if !w.rules.Public && !w.rules.Answer {
		w.unwatched = "there are no names on this network"
		return
	}
	watcher, err := newWatcher()
	if err != nil {
		w.unwatched = err.Error()
		return
	}
	w.watcher = watcher
	w.asked.want(nil)
	go w.watchNames()
}

// answer carries out what benchgate asks.
func (w *warden) answer(request pid1.Line) pid1.Line {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case request.Word == guard.AskReport:
		report := w.filter.report()
		w.refused.addTo(&report)
		return pid1.Line{ID: request.ID, Word: pid1.OK, Args: []string{report.String()}}
	case request.Word == guard.AskNames:
		return pid1.Line{ID: request.ID, Word: pid1.OK, Args: []string{w.takeAsked(request.Args).String()}}
	case request.Word == guard.SetRules && len(request.Args) == 1:
		if err := w.setRules(request.Args[0]); err != nil {
			return pid1.Line{ID: request.ID, Word: pid1.Failed, Args: []string{err.Error()}}
		}
		return pid1.Line{ID: request.ID, Word: pid1.OK}
	}
	return pid1.Line{ID: request.ID, Word: pid1.Failed, Args: []string{errUnknown.Error()}}
}

func (w *warden) setRules(text string) error {
	rules, err := guard.Parse(text)
	if err != nil {
		return err
	}
	if err := w.filter.set(rules); err != nil {
		return err
	}
	if w.watcher != nil {
		w.watcher.look(mostLooked, w.noteAsked) // by the rules that they were asked under
	}
	w.rules, w.lookups = rules, nil
	return nil
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
