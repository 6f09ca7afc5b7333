//go:build linux

package main

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// process is one that runs; a number alone may be another's later.
type process struct {
	parent  int
	started string // as /proc has it, in ticks since the machine's start
	zombie  bool
}

// processes returns all of the container, by number.
func processes() (map[int]process, error) {
	var numbers []int
	err := eachEntry("/proc", func(name []byte) {
		if n, err := strconv.Atoi(string(name)); err == nil {
			numbers = append(numbers, n)
		}
	})
	if err != nil {
		return nil, err
	}
	all := make(map[int]process, len(numbers))
	for _, n := range numbers {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(n) + "/stat")
		if err != nil {
			continue // it has ended
		}
		if p, ok := parseStat(string(stat)); ok {
			all[n] = p
		}
	}
	return all, nil
}

// parseStat reads fields 3, 4 and 22 of /proc/PID/stat. They are counted behind
// the last parenthesis, because the program's name before it may have spaces and
// parentheses itself.
func parseStat(stat string) (process, bool) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 20 {
		return process{}, false
	}
	parent, err := strconv.Atoi(fields[1])
	return process{parent: parent, started: fields[19], zombie: fields[0] == "Z" || fields[0] == "X"}, err == nil
}

// tree are a process and all that it started, by number, with their starts.
type tree map[int]string

// grow adds who has a member as parent, and returns the new ones.
func (t tree) grow(all map[int]process) (grown []int) {
	for more := true; more; {
		more = false
		for n, p := range all {
			if _, has := t[n]; has || n == 1 {
				continue
			}
			if parent, has := all[p.parent]; has && t[p.parent] == parent.started {
				t[n], more = p.started, true
				grown = append(grown, n)
			}
		}
	}
	return grown
}

// signal sends a signal to each member that is still the one it was, and returns
// how many those are. Zombies do not count.
func (t tree) signal(all map[int]process, sig unix.Signal) int {
	alive := 0
	for n, started := range t {
		if p := all[n]; p.started == started && !p.zombie {
			alive++
			_ = unix.Kill(n, sig)
		}
	}
	return alive
}

// stopTree ends a process and its descendants: TERM, and KILL when the process
// itself has ended or the grace has. Those that are no descendants any more, a
// service that was put into the background for one, are left alone.
func stopTree(root int, grace time.Duration) error {
	all, err := processes()
	if err != nil {
		return err
	}
	first, runs := all[root]
	if !runs || root <= 1 {
		return nil
	}
	members := tree{root: first.started}
	members.grow(all)
	if grace > 0 {
		members.signal(all, unix.SIGTERM)
	}
	for until := time.Now().Add(grace); ; time.Sleep(10 * time.Millisecond) {
		if all, err = processes(); err != nil {
			return err
		}
		members.grow(all)
		if p := all[root]; p.started != first.started || p.zombie || !time.Now().Before(until) {
			break
		}
	}
	return members.kill()
}

// kill stops the members first, so that none can start another unseen.
func (t tree) kill() error {
	for until := time.Now().Add(killTime); ; time.Sleep(time.Millisecond) {
		all, err := processes()
		if err != nil {
			return err
		}
		if grown := t.grow(all); len(grown) > 0 {
			t.signal(all, unix.SIGSTOP)
			continue
		}
		if t.signal(all, unix.SIGKILL) == 0 {
			return nil
		}
		if time.Now().After(until) {
			return errors.New("the agent's processes cannot be killed")
		}
	}
}
