//go:build linux

package main

import (
	"strings"
	"time"

	"github.com/benchgate/benchgate/internal/helper/guard"
)

// askedNames are the names of hosts that the sandbox asked for.
type askedNames struct {
	names  []string // the first first; at most guard.MostAsked, and one for each that is wanted
	known  map[string]bool
	more   uint64
	wanted map[string]bool // hosts, and whether there was no room for one of their names any more
}

// want begins anew. The names of these hosts, and those below them, are noted however
// many others there are: one for each.
func (a *askedNames) want(hosts []string) {
	*a = askedNames{known: make(map[string]bool), wanted: make(map[string]bool)}
	for _, host := range hosts {
		a.wanted[host] = false
	}
}

func (a *askedNames) add(name string) {
	name = strings.Map(plain, name)
	switch {
	case a.known[name]:
	case len(a.names) >= guard.MostAsked && !a.wants(name):
		a.more++
	default:
		a.names, a.known[name] = append(a.names, name), true
	}
}

// wants reports whether a name is that of a host that is wanted, or below it, and the
// first beyond the others.
func (a *askedNames) wants(name string) bool {
	for host, isName := name, true; isName; _, host, isName = strings.Cut(host, ".") {
		if noted, isWanted := a.wanted[host]; isWanted {
			a.wanted[host] = true
			return !noted
		}
	}
	return false
}

// watchNames notes names until the program ends.
func (w *warden) watchNames() {
	for {
		w.watcher.wait()
		w.mu.Lock()
		packets := w.watcher.look(mostLooked, w.noteAsked)
		w.mu.Unlock()
		if packets == mostLooked {
			time.Sleep(restTime)
		}
	}
}

// noteAsked notes a name unless it is not resolved: then it is among those that are
// refused. A TLS connection is there already.
func (w *warden) noteAsked(name string, inTLS bool) {
	if inTLS || w.rules.Allows(name) {
		w.asked.add(name)
	}
}

// takeAsked says what was asked for until now, and begins anew, for these hosts first.
func (w *warden) takeAsked(wanted []string) guard.Asked {
	if w.watcher == nil {
		return guard.Asked{Error: w.unwatched}
	}
	w.watcher.look(mostAtEnd, w.noteAsked)
	said := guard.Asked{Names: w.asked.names, More: w.asked.more, Lost: w.watcher.lost()}
	w.asked.want(wanted)
	return said
}
