//go:build linux

package main

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// maxListed bounds what one answer lists, in bytes: PID 1 lives in the task's
// memory.
const maxListed = 2 << 20

// listAll has two texts for each directory: which one it is, and its names. Both
// are empty where there is no directory. Links to directories are followed.
func listAll(dirs []string) []string {
	var all []string
	room := maxListed
	for _, dir := range dirs {
		id, names := listDir(dir, &room)
		all = append(all, id, names)
	}
	return all
}

func listDir(dir string, room *int) (id, joined string) {
	var stat unix.Stat_t
	if err := unix.Stat(dir, &stat); err != nil {
		return "", ""
	}
	var names []string
	err := eachEntry(dir, func(name []byte) {
		if *room -= len(name) + 1; *room >= 0 {
			names = append(names, string(name))
		}
	})
	if err != nil {
		return "", ""
	}
	return strconv.FormatUint(stat.Dev, 10) + ":" + strconv.FormatUint(stat.Ino, 10), strings.Join(names, "/")
}
