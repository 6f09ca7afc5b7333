package process

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// livingGroups returns the process groups that have a running member and are
// either among those followed or have a member whose BENCHGATE_ROOT is dir or a
// directory below it. Zombies do not count: a zombie that no process waits for
// never goes away.
func livingGroups(followed []int, dir string) []int {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil // the pattern is well-formed
	}
	own := syscall.Getpgrp()
	var groups []int
	for _, stat := range stats {
		group, alive := groupOf(stat)
		if !alive || group == own || slices.Contains(groups, group) {
			continue
		}
		if slices.Contains(followed, group) || isMarked(filepath.Dir(stat), dir) {
			groups = append(groups, group)
		}
	}
	return groups
}

// groupOf reads fields 3 and 5 of /proc/PID/stat, state and process group. They
// are counted behind the last parenthesis, because the program's name before it
// may have spaces and parentheses itself.
func groupOf(stat string) (group int, alive bool) {
	content, err := os.ReadFile(stat)
	if err != nil {
		return 0, false // it ended
	}
	text := string(content)
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(fields) < 3 {
		return 0, false
	}
	group, err = strconv.Atoi(fields[2])
	return group, err == nil && group > 1 && fields[0] != "Z" && fields[0] != "X"
}

func isMarked(proc, dir string) bool {
	environ, err := os.ReadFile(filepath.Join(proc, "environ"))
	if err != nil {
		return false // it ended, or is another user's
	}
	for entry := range bytes.SplitSeq(environ, []byte{0}) {
		root, ok := bytes.CutPrefix(entry, []byte(rootVariable+"="))
		if ok && (string(root) == dir || strings.HasPrefix(string(root), dir+"/")) {
			return true
		}
	}
	return false
}

// parents returns the parent of each process of this machine.
func parents(context.Context) (map[int]int, error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	found := make(map[int]int, len(stats))
	for _, stat := range stats {
		content, err := os.ReadFile(stat)
		if err != nil {
			continue // it ended
		}
		text := string(content)
		fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
		pid, pidErr := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
		if len(fields) < 2 || pidErr != nil {
			continue
		}
		if parent, err := strconv.Atoi(fields[1]); err == nil {
			found[pid] = parent
		}
	}
	return found, nil
}
